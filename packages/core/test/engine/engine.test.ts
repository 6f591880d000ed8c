import { describe, expect, test } from 'vitest';

import { EngineDriver } from '../support/engine-driver.js';
import { message, messages } from '../support/messages.js';
import { ordered, parallel } from '../support/strategies.js';

describe('the engine', () => {
  test('asks for messages as soon as the source is open', () => {
    const driver = new EngineDriver(parallel(), { pollSize: 7 });
    expect(driver.ports.calls).toEqual(['poll']);
    expect(driver.ports.polls).toEqual([7]);
  });

  test('says that there is work when there is, and hands it out', () => {
    const driver = new EngineDriver(parallel());
    driver.assign([0]);
    expect([driver.engine.hasWork, driver.engine.take(driver.now)]).toEqual([false, undefined]);
    const before = driver.ports.wakes;
    driver.receive(message(0));
    expect([driver.engine.hasWork, driver.ports.wakes > before]).toEqual([true, true]);
    const delivery = driver.engine.take(driver.now);
    expect(delivery).toMatchObject({
      message: message(0),
      startedAt: driver.now,
      attempt: 1,
      home: { topic: 'orders', partition: 0 },
    });
    expect(driver.engine.hasWork).toBe(false);
  });

  test('hands on the very object that the source gave it', () => {
    const driver = new EngineDriver(parallel());
    driver.assign([0]);
    const given = message(0);
    driver.receive(given);
    expect(driver.engine.take(driver.now)?.message).toBe(given);
  });

  test('drops what comes twice within an assignment, and says so', () => {
    const driver = new EngineDriver(parallel());
    driver.assign([0]);
    driver.receive(message(0), message(1), message(0));
    driver.receive(message(1), message(2));
    expect(driver.start()).toEqual(['orders/0/0', 'orders/0/1', 'orders/0/2']);
    expect(driver.ports.noted('message.duplicated').map(({ offset }) => offset)).toEqual([0, 1]);
  });

  test('drops what comes of partitions that it does not own', () => {
    const driver = new EngineDriver(parallel());
    driver.assign([0]);
    driver.receive(message(0, { partition: 3 }), message(0, { topic: 'mails' }), message(4));
    expect(driver.start()).toEqual(['orders/0/4']);
    expect(driver.partition(0).buffered).toBe(0);
  });

  test('counts outcomes', () => {
    const driver = new EngineDriver(parallel());
    driver.assign([0]);
    driver.receive(messages(0, 3));
    driver.start();
    driver.settle(0);
    driver.settle([1, 2], { kind: 'skip', cause: 'invalid', error: undefined });
    driver.settle(3, { kind: 'crash', error: new Error('no') });
    expect(driver.view().processed).toEqual({ succeeded: 1, failed: 1, skipped: 2, deadLettered: 0 });
  });

  test('shows where each partition stands', () => {
    const driver = new EngineDriver(parallel({ maxConcurrency: 2 }));
    driver.assign([0], { committed: 10, high: 30 });
    driver.receive(messages(10, 14));
    driver.start();
    driver.settle(11);
    driver.freeze(40);
    expect(driver.partition(0)).toEqual({
      topic: 'orders',
      partition: 0,
      state: 'active',
      reason: undefined,
      position: 15,
      committed: 10,
      highWater: 30,
      lag: 20,
      buffered: 3,
      inFlight: 1,
      doneAboveWatermark: 1,
    });
    expect(driver.view()).toMatchObject({ inFlight: 1, oldestHandlerMs: 40, problems: [] });
  });

  test('calls a commit without an answer a problem, and commits that keep failing', () => {
    const driver = new EngineDriver(ordered());
    driver.assign([0], { high: 10 });
    driver.receive(message(0));
    driver.start();
    driver.settle(0);
    driver.pass(30_100);
    expect(driver.view().problems).toEqual(['a commit has had no answer for 30 s']);
    for (let i = 0; i < 5; i++) {
      driver.answerCommit({ kind: 'retry', code: 'NOT_COORDINATOR', message: 'moved' });
      driver.pass(5_000);
    }
    expect(driver.view().problems).toEqual(['5 commits in a row were not acknowledged']);
    driver.answerCommit();
    expect(driver.view().problems).toEqual([]);
  });
});

describe('a handler that has used up its time', () => {
  const skip = { kind: 'skip', cause: 'failed', error: new Error('late') } as const;
  const reason = new Error('time is up');

  function setup(
    settings: { releaseKeyOnTimeout?: boolean } = {},
    strategy = ordered({ lanes: 'partition' }),
  ) {
    const driver = new EngineDriver(strategy, { handlerTimeoutMs: 1_000, ...settings });
    driver.assign([0]);
    driver.receive(messages(0, 2));
    driver.start();
    return driver;
  }

  test('is pointed out, the oldest first, and not before', () => {
    const driver = setup();
    driver.freeze(999);
    expect(driver.engine.overdue(driver.now)).toBeUndefined();
    driver.freeze(1);
    expect(driver.engine.overdue(driver.now)).toBe(driver.runs(0));
  });

  test('is told, counts as ended the way the policy says, and is committed so', () => {
    const driver = setup();
    driver.freeze(1_000);
    driver.engine.abandon(driver.runs(0), reason, skip, driver.now);
    expect([driver.runs(0).abortReason, driver.engine.overdue(driver.now)]).toEqual([reason, undefined]);
    expect(driver.answerCommit()).toEqual({ 'orders/0': 1 });
    expect(driver.ports.noted('handler.timed-out')).toMatchObject([{ offset: 0, afterMs: 1_000 }]);
    expect(driver.view()).toMatchObject({ inFlight: 1, oldestHandlerMs: 1_000, processed: { skipped: 1 } });
    expect(driver.partition(0)).toMatchObject({ inFlight: 1, buffered: 1 });
  });

  test('keeps its lane until it ends, and what it returns then counts for nothing', () => {
    const driver = setup();
    driver.freeze(1_000);
    driver.engine.abandon(driver.runs(0), reason, skip, driver.now);
    driver.acknowledgeAll();
    expect(driver.start()).toEqual([]);
    driver.settle(0, { kind: 'crash', error: new Error('much later') });
    expect([driver.start(), driver.engine.failure]).toEqual([['orders/0/1'], undefined]);
    expect(driver.view().processed).toEqual({ succeeded: 0, failed: 0, skipped: 1, deadLettered: 0 });
  });

  test('lets go of its lane where that was chosen, but not of its slot', () => {
    const driver = setup({ releaseKeyOnTimeout: true });
    driver.freeze(1_000);
    driver.engine.abandon(driver.runs(0), reason, skip, driver.now);
    driver.acknowledgeAll();
    expect(driver.start()).toEqual(['orders/0/1']);
    expect(driver.view().inFlight).toBe(2);
    driver.settle([0, 1]);
    driver.acknowledgeAll();
    expect(driver.start()).toEqual(['orders/0/2']);
  });

  test('stops the consumer where the policy says crash, and its message stays uncommitted', () => {
    const driver = setup();
    driver.freeze(1_000);
    driver.engine.abandon(driver.runs(0), reason, { kind: 'crash', error: reason }, driver.now);
    expect([driver.engine.failure, driver.ports.commits, driver.ports.calls.at(-1)]).toEqual([
      { error: reason },
      [],
      'unsubscribe',
    ]);
  });

  test('is waited for by a revoke, because the next owner would run beside it', () => {
    const driver = setup();
    driver.freeze(1_000);
    driver.engine.abandon(driver.runs(0), reason, skip, driver.now);
    driver.acknowledgeAll();
    const revoke = driver.revoke(0);
    expect(driver.isAnswered(revoke)).toBe(false);
    driver.settle(0);
    expect(driver.isAnswered(revoke)).toBe(true);
  });

  test('that belongs to a lost partition is told again and changes nothing', () => {
    const driver = setup();
    driver.rebalance('lost', [0]);
    driver.freeze(1_000);
    driver.engine.abandon(driver.runs(0), reason, skip, driver.now);
    driver.settle(0);
    driver.pass(1_000);
    expect([driver.ports.commits, driver.view().inFlight]).toEqual([[], 0]);
  });

  test('never times out without a limit', () => {
    const driver = new EngineDriver(ordered());
    driver.assign([0]);
    driver.receive(message(0));
    driver.start();
    driver.freeze(1e9);
    expect(driver.engine.overdue(driver.now)).toBeUndefined();
  });
});

describe('after the loop has stood still for longer than the group allows', () => {
  function frozen() {
    const driver = new EngineDriver(ordered({ commit: 'pipelined' }), { maxPollIntervalMs: 10_000 });
    driver.assign([0, 1], { high: 100 });
    driver.receive(messages(0, 5), messages(0, 5, { partition: 1 }));
    driver.start();
    driver.freeze(10_000);
    return driver;
  }

  test('nothing is committed and nothing starts, not even before the next poll', () => {
    const driver = frozen();
    driver.settle('orders/0/0');
    driver.engine.tick(driver.now);
    expect([driver.ports.commits, driver.start()]).toEqual([[], []]);
    driver.receive();
    expect([driver.ports.commits, driver.start()]).toEqual([[], []]);
    expect(driver.ports.noted('ownership.doubted')).toEqual([
      { type: 'ownership.doubted', silentMs: 10_000 },
    ]);
  });

  test('everything goes on when the client has not said within 2 s that partitions are lost', () => {
    const driver = frozen();
    driver.settle('orders/0/0');
    driver.receive();
    driver.pass(1_950);
    expect(driver.ports.commits).toEqual([]);
    driver.pass(50);
    expect(driver.answerCommit()).toEqual({ 'orders/0': 1 });
    expect(driver.start()).toHaveLength(1);
  });

  test.each([
    ['with the poll that follows', true],
    ['before that poll has come back', false],
  ])('a revoke that comes %s is a loss: nothing is committed', (_, polled) => {
    const driver = frozen();
    driver.settle('orders/0/0');
    if (polled) driver.receive();
    const revoke = driver.revoke(0, 1);
    expect([driver.isAnswered(revoke), driver.ports.commits]).toEqual([true, []]);
    expect(driver.ports.noted('partitions.lost')).toHaveLength(1);
    driver.pass(20_000);
    expect(driver.ports.commits).toEqual([]);
  });

  test('a consumer that owns nothing has nothing to doubt', () => {
    const driver = new EngineDriver(ordered(), { maxPollIntervalMs: 10_000 });
    driver.freeze(20_000);
    driver.receive();
    expect(driver.ports.noted('ownership.doubted')).toEqual([]);
  });
});
