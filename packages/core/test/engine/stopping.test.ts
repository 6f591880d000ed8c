import { describe, expect, test } from 'vitest';

import { EngineDriver } from '../support/engine-driver.js';
import { message, messages } from '../support/messages.js';
import { ordered, parallel } from '../support/strategies.js';

const crash = { kind: 'crash', error: new Error('handler failed') } as const;

function setup(strategy = parallel({ maxConcurrency: 4 }), partitions = [0, 1]) {
  const driver = new EngineDriver(strategy);
  driver.assign(partitions, { high: 100 });
  return driver;
}

/** The calls that matter for the way out, in order. */
const wayOut = (driver: EngineDriver): string[] =>
  driver.ports.calls.filter((call) => ['unsubscribe', 'commit', 'answer', 'close'].includes(call));

describe('a stop', () => {
  test('leaves the group first, drains inside its revoke, commits, answers, and closes last', () => {
    const driver = setup();
    driver.receive(messages(0, 9));
    driver.start();
    driver.ports.calls.length = 0;
    driver.engine.stop(driver.now);
    expect(wayOut(driver)).toEqual(['unsubscribe']);
    driver.revoke(0, 1);
    driver.settle([0, 1, 2, 3]);
    driver.acknowledgeAll();
    expect(wayOut(driver)).toEqual(['unsubscribe', 'commit', 'commit', 'answer', 'close']);
    expect(driver.ports.commits.at(-1)?.entries.map(({ offset }) => offset)).toEqual([4]);
  });

  test('starts nothing more, from the moment it is asked for', () => {
    const driver = setup();
    driver.receive(messages(0, 9));
    driver.start(1);
    driver.engine.stop(driver.now);
    expect([driver.engine.hasWork, driver.start()]).toEqual([false, []]);
    driver.settle(0);
    driver.receive(messages(10, 12));
    expect(driver.start()).toEqual([]);
  });

  test('of a consumer that owns nothing closes when the source says that it has left, and not before', () => {
    const driver = new EngineDriver(parallel());
    driver.engine.stop(driver.now);
    driver.pass(5_000);
    expect(wayOut(driver)).toEqual(['unsubscribe']);
    driver.engine.left(driver.now);
    expect(wayOut(driver)).toEqual(['unsubscribe', 'close']);
  });

  test('does not close while an assignment that was under way has not been taken back', () => {
    const driver = new EngineDriver(parallel());
    driver.engine.stop(driver.now);
    driver.rebalance('assign', [0]);
    driver.pass(1_000);
    expect(wayOut(driver)).toEqual(['unsubscribe', 'answer']);
    driver.revoke(0);
    expect(wayOut(driver)).toEqual(['unsubscribe', 'answer', 'answer', 'close']);
  });

  test('waits for the rebalance that is under way before it leaves', () => {
    const driver = setup();
    driver.receive(message(0));
    driver.start();
    driver.revoke(0);
    driver.ports.calls.length = 0;
    driver.engine.stop(driver.now);
    expect(wayOut(driver)).toEqual([]);
    driver.settle(0);
    driver.answerCommit();
    expect(wayOut(driver)).toEqual(['commit', 'answer', 'unsubscribe']);
    driver.revoke(1);
    expect(driver.ports.calls.at(-1)).toBe('close');
  });

  test('is asked for once, however often it is said', () => {
    const driver = setup();
    driver.engine.stop(driver.now);
    driver.engine.stop(driver.now);
    driver.revoke(0, 1);
    driver.engine.stop(driver.now);
    driver.pass(1_000);
    expect(driver.ports.calls.filter((call) => call === 'unsubscribe' || call === 'close')).toEqual([
      'unsubscribe',
      'close',
    ]);
  });

  test('is through also when the partitions are lost on the way', () => {
    const driver = setup();
    driver.receive(message(0));
    driver.start();
    driver.engine.stop(driver.now);
    driver.rebalance('lost', [0, 1]);
    expect(driver.ports.calls.at(-1)).toBe('close');
    driver.settle(0);
    expect(driver.ports.calls.at(-1)).toBe('close');
  });

  test('that does not get done in time abandons what runs, and says so', () => {
    const driver = setup();
    driver.receive(message(0));
    driver.start();
    driver.engine.stop(driver.now);
    driver.revoke(0, 1);
    driver.pass(20_000);
    expect(driver.ports.calls.at(-1)).toBe('close');
    expect(driver.ports.noted('partitions.revoked')).toMatchObject([{ abandoned: 1, drainedMs: 20_000 }]);
  });

  test('keeps polling until it is through: acknowledgements come no other way', () => {
    const driver = setup();
    driver.receive(message(0));
    driver.start();
    driver.engine.stop(driver.now);
    driver.revoke(0, 1);
    const before = driver.ports.polls.length;
    driver.pass(1_000);
    expect(driver.ports.polls.length).toBeGreaterThan(before + 8);
  });
});

describe('giving up', () => {
  test('drops everything and closes at once', () => {
    const driver = setup();
    driver.receive(messages(0, 2));
    driver.start();
    driver.settle(0);
    driver.ports.calls.length = 0;
    const error = new Error('the client is broken');
    driver.engine.giveUp(error);
    driver.engine.giveUp(new Error('again'));
    expect([wayOut(driver), driver.engine.failure]).toEqual([['close'], { error }]);
    expect(driver.runs(1).abortReason?.message).toBe('the consumer stops');
    driver.settle([1, 2]);
    driver.pass(10_000);
    expect(wayOut(driver)).toEqual(['close']);
  });

  test('without an error is no failure', () => {
    const driver = setup();
    driver.engine.giveUp(undefined);
    expect(driver.engine.failure).toBeUndefined();
  });
});

describe('a failing handler under crash', () => {
  test('leaves its message and all above it in its partition uncommitted, and commits what is settled elsewhere', () => {
    const driver = setup();
    driver.receive(messages(0, 2), messages(0, 1, { partition: 1 }));
    driver.start(4);
    expect([...driver.running.keys()].sort()).toEqual([
      'orders/0/0',
      'orders/0/1',
      'orders/1/0',
      'orders/1/1',
    ]);
    driver.settle(0);
    driver.settle(1, crash);
    expect(driver.engine.failure).toEqual({ error: crash.error });
    driver.settle(['orders/1/0', 'orders/1/1']);
    expect(driver.start()).toEqual([]);
    driver.revoke(0, 1);
    driver.acknowledgeAll();
    const committed = Object.assign(
      {},
      ...driver.ports.commits.map(({ entries }) =>
        Object.fromEntries(entries.map((e) => [e.partition, e.offset])),
      ),
    ) as object;
    expect(committed).toEqual({ 0: 1, 1: 2 });
    expect(driver.ports.calls.at(-1)).toBe('close');
  });

  test('commits nothing above the failed message, though it was settled', () => {
    const driver = setup(parallel(), [0]);
    driver.receive(messages(0, 5));
    driver.start();
    driver.settle(2, crash);
    driver.settle([0, 1, 3, 4, 5]);
    driver.revoke(0);
    driver.acknowledgeAll();
    expect(driver.ports.commits.map(({ entries }) => entries[0]?.offset)).toEqual([2]);
  });

  test('lets handlers that run finish, for as long as a drain may take', () => {
    const driver = setup();
    driver.receive(messages(0, 1));
    driver.start();
    driver.settle(0, crash);
    const revoke = driver.revoke(0, 1);
    expect(driver.isAnswered(revoke)).toBe(false);
    driver.settle(1);
    expect([driver.isAnswered(revoke), driver.ports.commits]).toEqual([true, []]);
  });

  test('keeps the first of several errors', () => {
    const driver = setup();
    driver.receive(messages(0, 1));
    driver.start();
    driver.settle(0, crash);
    driver.settle(1, { kind: 'crash', error: new Error('another') });
    expect(driver.engine.failure?.error).toBe(crash.error);
  });

  test('of a partition that is no longer ours stops nobody', () => {
    const driver = setup();
    driver.receive(message(0));
    driver.start();
    driver.rebalance('lost', [0]);
    driver.settle(0, crash);
    expect([driver.engine.failure, driver.view().processed.failed]).toEqual([undefined, 1]);
  });

  test('during a revoke is answered by that revoke, and then the consumer leaves', () => {
    const driver = setup(ordered());
    driver.receive(message(0));
    driver.start();
    const revoke = driver.revoke(0);
    driver.settle(0, crash);
    expect(driver.isAnswered(revoke)).toBe(true);
    expect(driver.ports.calls.at(-1)).toBe('unsubscribe');
  });
});
