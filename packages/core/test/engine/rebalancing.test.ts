import { describe, expect, test } from 'vitest';

import { EngineDriver, TRY_AGAIN } from '../support/engine-driver.js';
import { message, messages } from '../support/messages.js';
import { ordered, parallel } from '../support/strategies.js';

function setup(settings: ConstructorParameters<typeof EngineDriver>[1] = {}, partitions = [0, 1]) {
  const driver = new EngineDriver(parallel(), settings);
  driver.assign(partitions, { high: 100 });
  return driver;
}

describe('a revoke that is drained', () => {
  test('is answered when what runs is finished and its commit acknowledged', () => {
    const driver = setup();
    driver.receive(messages(0, 9));
    driver.start(2);
    const revoke = driver.revoke(0);
    expect([driver.start(), driver.partition(0).state, driver.isAnswered(revoke)]).toEqual([
      [],
      'draining',
      false,
    ]);
    driver.settle(0);
    expect(driver.inFlight).toMatchObject([{ offset: 1 }]);
    driver.settle(1);
    expect(driver.answerCommit()).toEqual({ 'orders/0': 1 });
    expect(driver.isAnswered(revoke)).toBe(false);
    expect(driver.answerCommit()).toEqual({ 'orders/0': 2 });
    expect(driver.isAnswered(revoke)).toBe(true);
    expect(driver.ports.noted('partitions.revoked')).toMatchObject([{ abandoned: 0, drainedMs: 0 }]);
  });

  test('is answered at once when nothing runs and everything is committed', () => {
    const driver = setup();
    expect(driver.isAnswered(driver.revoke(0))).toBe(true);
    expect(driver.view().partitions.map(({ partition }) => partition)).toEqual([1]);
  });

  test('does not wait for the interval with its commit', () => {
    const driver = setup();
    driver.receive(message(0));
    driver.start();
    driver.settle(0);
    driver.pass(100);
    driver.acknowledgeAll();
    driver.receive(message(1));
    driver.start();
    driver.settle(1);
    expect(driver.inFlight).toBeUndefined();
    driver.revoke(0);
    expect(driver.inFlight).toMatchObject([{ offset: 2 }]);
  });

  test('lets what was buffered go, and lets the partitions that stay go on', () => {
    const driver = setup();
    driver.receive(messages(0, 9), messages(0, 3, { partition: 1 }));
    driver.start(1);
    driver.revoke(0);
    expect(driver.partition(0).buffered).toBe(0);
    expect(driver.start()).toEqual(['orders/1/0', 'orders/1/1', 'orders/1/2', 'orders/1/3']);
    driver.settle('orders/1/0');
    expect(driver.partition(1).inFlight).toBe(3);
  });

  test('does not take in what still comes of it', () => {
    const driver = setup();
    driver.receive(message(0));
    driver.start();
    driver.revoke(0);
    driver.receive(message(1));
    expect(driver.partition(0)).toMatchObject({ buffered: 0, position: 1 });
  });

  test('wakes the threads that fetch for the kept partitions with its answer', () => {
    const driver = setup();
    driver.revoke(0);
    expect([driver.ports.kicked.at(-1), driver.ports.calls.slice(-2)]).toEqual([
      ['orders/1'],
      ['answer', 'kick'],
    ]);
  });

  test('waits for the commit of a start position, which the next owner must find', () => {
    const driver = new EngineDriver(parallel());
    driver.assign([0], { committed: null, high: 50 });
    const revoke = driver.revoke(0);
    expect(driver.isAnswered(revoke)).toBe(false);
    driver.answerCommit();
    expect(driver.isAnswered(revoke)).toBe(true);
  });

  test('of partitions that are not owned is answered', () => {
    const driver = setup();
    expect(driver.isAnswered(driver.revoke(7, { topic: 'mails', partition: 0 }))).toBe(true);
    expect(driver.isAnswered(driver.revoke())).toBe(true);
  });
});

describe('a revoke that cannot be drained', () => {
  test('is answered at its deadline; what runs is told, and what it does later counts for nothing', () => {
    const driver = setup({ drainTimeoutMs: 2_000 });
    driver.receive(messages(0, 1));
    driver.start();
    const hanging = driver.runs(0);
    const revoke = driver.revoke(0);
    driver.settle(1);
    driver.pass(1_950);
    expect([driver.isAnswered(revoke), hanging.abortReason]).toEqual([false, undefined]);
    driver.pass(50);
    expect([driver.isAnswered(revoke), hanging.abortReason?.message]).toEqual([
      true,
      'the partition was revoked',
    ]);
    expect(driver.ports.noted('partitions.revoked')).toMatchObject([{ abandoned: 1, drainedMs: 2_000 }]);
    const commits = driver.ports.commits.length;
    driver.settle(0);
    driver.pass(20_000);
    expect([driver.ports.commits.length, driver.view().inFlight]).toEqual([commits, 0]);
  });

  test('because commits fail is answered at its deadline too', () => {
    const driver = setup({ drainTimeoutMs: 2_000 });
    driver.receive(message(0));
    driver.start();
    driver.settle(0);
    const revoke = driver.revoke(0);
    for (let i = 0; i < 3; i++) {
      driver.answerCommit(TRY_AGAIN);
      driver.pass(450);
    }
    expect([driver.isAnswered(revoke), driver.inFlight]).toEqual([
      false,
      [expect.objectContaining({ offset: 1 })],
    ]);
    driver.pass(650);
    expect(driver.isAnswered(revoke)).toBe(true);
    driver.answerCommit();
    expect(driver.view().partitions).toHaveLength(1);
  });

  test('goes on when a commit that failed is acknowledged at the second attempt', () => {
    const driver = setup();
    driver.receive(message(0));
    driver.start();
    driver.settle(0);
    const revoke = driver.revoke(0);
    driver.answerCommit(TRY_AGAIN);
    driver.pass(100);
    driver.answerCommit();
    expect(driver.isAnswered(revoke)).toBe(true);
  });

  test.each([
    ['rejected', 'UNKNOWN_TOPIC_OR_PART'],
    ['not-owned', 'UNKNOWN_MEMBER_ID'],
  ] as const)(
    'because the broker refuses the commit for good (%s) is answered without waiting',
    (kind, code) => {
      const driver = setup();
      driver.receive(message(0));
      driver.start();
      driver.settle(0);
      const revoke = driver.revoke(0);
      driver.answerCommit({ kind, code, message: '' });
      expect([driver.isAnswered(revoke), driver.now]).toEqual([true, 1_000]);
    },
  );

  test('a commit that was refused before the revoke is tried once more during it', () => {
    const driver = setup();
    driver.receive(message(0));
    driver.start();
    driver.settle(0);
    driver.pass(5_000);
    driver.answerCommit({ kind: 'rejected', code: 'UNKNOWN_TOPIC_OR_PART', message: '' });
    const revoke = driver.revoke(0);
    expect(driver.isAnswered(revoke)).toBe(false);
    driver.answerCommit();
    expect(driver.isAnswered(revoke)).toBe(true);
  });
});

describe('a hand-over', () => {
  test('tells what runs, commits what is settled, and answers without waiting for handlers', () => {
    const driver = setup({ onRevoke: 'hand-over' });
    driver.receive(messages(0, 3));
    driver.start();
    driver.settle([0, 1]);
    const revoke = driver.revoke(0);
    expect([driver.runs(2).abortReason?.message, driver.isAnswered(revoke)]).toEqual([
      'the partition is handed over',
      false,
    ]);
    expect(driver.answerCommit()).toEqual({ 'orders/0': 2 });
    expect(driver.isAnswered(revoke)).toBe(true);
    driver.settle([2, 3]);
    driver.pass(10_000);
    expect(driver.inFlight).toBeUndefined();
  });

  test('waits for its commit at most 5 s', () => {
    const driver = setup({ onRevoke: 'hand-over', drainTimeoutMs: 60_000 });
    driver.receive(message(0));
    driver.start();
    driver.settle(0);
    const revoke = driver.revoke(0);
    driver.pass(4_950);
    expect(driver.isAnswered(revoke)).toBe(false);
    driver.pass(50);
    expect(driver.isAnswered(revoke)).toBe(true);
  });

  test('does not tell the handlers of partitions that stay', () => {
    const driver = setup({ onRevoke: 'hand-over' });
    driver.receive(message(0), message(0, { partition: 1 }));
    driver.start();
    driver.revoke(0);
    expect(driver.runs('orders/1/0').abortReason).toBeUndefined();
  });
});

describe('a loss', () => {
  test('is answered at once, tells what runs, and nothing of it is committed any more', () => {
    const driver = setup();
    driver.receive(messages(0, 2), message(0, { partition: 1 }));
    driver.start();
    driver.settle(0);
    const lost = driver.rebalance('lost', [0]);
    expect([driver.isAnswered(lost), driver.runs(1).abortReason?.message]).toEqual([
      true,
      'the partition was lost',
    ]);
    expect(driver.ports.noted('partitions.lost')).toMatchObject([{ abandoned: 2 }]);
    driver.settle([1, 2]);
    driver.settle('orders/1/0');
    driver.pass(5_000);
    expect(driver.answerCommit()).toEqual({ 'orders/1': 1 });
  });

  test('makes an acknowledgement that was on its way mean nothing', () => {
    const driver = new EngineDriver(ordered());
    driver.assign([0]);
    driver.receive(messages(0, 3));
    driver.start();
    driver.settle(0);
    driver.rebalance('lost', [0]);
    driver.assign([0], { committed: 0 });
    driver.receive(messages(0, 3));
    driver.answerCommit();
    expect(driver.partition(0).committed).toBe(0);
    expect(driver.start()).toEqual(['orders/0/0']);
  });
});

describe('a partition that comes back', () => {
  test('starts where its commit says, under a new epoch', () => {
    const driver = setup({ drainTimeoutMs: 100 });
    driver.receive(messages(0, 1));
    driver.start();
    const old = driver.runs(0).home;
    driver.revoke(0);
    driver.pass(100);
    driver.assign([0], { committed: 0, high: 100 });
    driver.receive(messages(0, 1));
    driver.settle([0, 1]);
    expect(driver.start()).toEqual(['orders/0/0', 'orders/0/1']);
    expect(driver.runs(0).home.epoch).toBeGreaterThan(old.epoch);
    driver.settle([0, 1]);
    driver.pass(5_000);
    expect(driver.answerCommit()).toEqual({ 'orders/0': 2 });
  });

  test('never runs a message while its handler of the last assignment still runs', () => {
    const driver = setup({ drainTimeoutMs: 100 }, [0]);
    driver.receive(messages(0, 1));
    driver.start();
    driver.revoke(0);
    driver.pass(100);
    driver.assign([0], { committed: 0, high: 100 });
    driver.receive(messages(0, 2));
    expect(driver.start()).toEqual([]);
    expect(driver.partition(0).reason).toBe('a handler of its last assignment still runs the next message');
    driver.settle(0);
    expect(driver.start()).toEqual(['orders/0/0']);
    driver.settle(1);
    expect(driver.start()).toEqual(['orders/0/1', 'orders/0/2']);
  });

  test('is resumed first, because a pause outlives a revoke in the client', () => {
    const driver = new EngineDriver(parallel(), { limits: { messages: 10, bytes: 1_000_000 } });
    driver.assign([0], { high: 100 });
    driver.receive(messages(0, 9));
    driver.pass(1_100);
    expect(driver.ports.paused).toEqual([['orders/0']]);
    driver.revoke(0);
    driver.assign([0], { high: 100 });
    expect(driver.ports.resumed.at(-1)).toEqual(['orders/0']);
    expect([driver.ports.paused.length, driver.partition(0).state]).toEqual([1, 'active']);
  });

  test('without ever having been revoked ends its first life', () => {
    const driver = setup({}, [0]);
    driver.receive(message(0));
    driver.start();
    driver.assign([0], { committed: 0, high: 100 });
    driver.settle(0);
    driver.pass(10_000);
    expect([driver.inFlight, driver.view().partitions.length]).toEqual([undefined, 1]);
  });
});
