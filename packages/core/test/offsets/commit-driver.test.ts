import { describe, expect, test } from 'vitest';

import { CommitDriverBench, RETRY, TestPartition } from '../support/commit-driver-bench.js';

describe('the commit driver', () => {
  test('sends what is settled, with epoch and metadata of the partition', () => {
    const bench = new CommitDriverBench();
    const orders = new TestPartition('orders', 3);
    orders.metadata.set('n', 'c');
    bench.progress(orders);
    expect(bench.sent).toEqual([
      {
        id: 1,
        entries: [{ topic: 'orders', partition: 3, offset: 1, leaderEpoch: 7, metadata: 'MR1|n:c|~' }],
      },
    ]);
  });

  test('has one commit in flight, and sends the newest position once it is acknowledged', () => {
    const bench = new CommitDriverBench();
    const orders = new TestPartition('orders');
    for (let i = 0; i < 5; i++) bench.progress(orders);
    expect([bench.sent.length, bench.last]).toEqual([1, { 'orders/0': 1 }]);
    bench.answer();
    bench.driver.advance(bench.now);
    expect([bench.sent.length, bench.last]).toEqual([2, { 'orders/0': 5 }]);
  });

  test('takes nothing for acknowledged before the answer', () => {
    const bench = new CommitDriverBench();
    const orders = new TestPartition('orders');
    bench.progress(orders);
    expect([orders.committed, orders.acknowledgedSequence, bench.driver.isCurrent(orders)]).toEqual([
      0,
      0,
      false,
    ]);
    bench.answer();
    expect([orders.committed, orders.acknowledgedSequence, bench.driver.isCurrent(orders)]).toEqual([
      1,
      1,
      true,
    ]);
    expect(bench.acknowledged).toEqual([['orders/0', 1]]);
  });

  test('counts as acknowledged what the commit said, not what was settled meanwhile', () => {
    const bench = new CommitDriverBench();
    const orders = new TestPartition('orders');
    bench.progress(orders);
    bench.progress(orders);
    bench.answer();
    expect([orders.committed, orders.acknowledgedSequence]).toEqual([1, 1]);
  });

  test('puts all partitions with something new into one commit, and no others', () => {
    const bench = new CommitDriverBench({ pace: 'interval' });
    const [a, b, idle] = [
      new TestPartition('orders', 0),
      new TestPartition('mails', 1),
      new TestPartition('orders', 2),
    ];
    bench.driver.touch(idle);
    bench.driver.hurry();
    a.settle();
    bench.driver.touch(a);
    bench.progress(b);
    expect(bench.last).toEqual({ 'orders/0': 1, 'mails/1': 1 });
  });

  test('ignores answers to other commits than the one in flight', () => {
    const bench = new CommitDriverBench();
    const orders = new TestPartition('orders');
    bench.progress(orders);
    bench.driver.answered(99, undefined, bench.now);
    expect([orders.committed, bench.driver.inFlightSince]).toEqual([0, bench.now]);
    bench.answer();
    bench.answer(RETRY);
    expect([orders.committed, bench.driver.failures, bench.driver.inFlightSince]).toEqual([1, 0, undefined]);
  });

  test('commits a start position though the offset has not moved, once', () => {
    const bench = new CommitDriverBench();
    const fresh = new TestPartition('orders');
    fresh.mustCommit = true;
    bench.driver.touch(fresh);
    bench.driver.advance(bench.now);
    expect(bench.last).toEqual({ 'orders/0': 0 });
    expect(bench.sent[0]?.entries[0]?.leaderEpoch).toBeUndefined();
    bench.answer();
    bench.driver.touch(fresh);
    bench.driver.advance(bench.now);
    expect([bench.sent.length, bench.driver.isCurrent(fresh)]).toEqual([1, true]);
  });

  test('does not commit a partition that is gone, and hears no answer for it', () => {
    const bench = new CommitDriverBench();
    const [orders, mails] = [new TestPartition('orders'), new TestPartition('mails')];
    bench.progress(orders);
    orders.phase = 'gone';
    bench.answer();
    expect([orders.committed, bench.acknowledged]).toEqual([0, []]);
    bench.progress(orders, mails);
    expect(bench.last).toEqual({ 'mails/0': 1 });
  });

  test('says up to where a commit under way reaches', () => {
    const bench = new CommitDriverBench();
    const orders = new TestPartition('orders');
    bench.progress(orders);
    orders.settle(3);
    expect(bench.driver.sentSequence(orders)).toBe(1);
    bench.answer();
    expect(bench.driver.sentSequence(orders)).toBe(1);
  });

  describe('at the pace of an interval', () => {
    test('waits for it', () => {
      const bench = new CommitDriverBench({ pace: 'interval', intervalMs: 500 });
      const orders = new TestPartition('orders');
      bench.progress(orders);
      bench.answer();
      bench.progress(orders);
      expect(bench.sent.length).toBe(1);
      expect(bench.waitForCommit()).toBe(500);
      expect(bench.last).toEqual({ 'orders/0': 2 });
    });

    test('does not wait when half of the window is used up', () => {
      const bench = new CommitDriverBench({ pace: 'interval', intervalMs: 60_000, window: 10 });
      const orders = new TestPartition('orders');
      bench.progress(orders);
      bench.answer();
      orders.exposed = 4;
      bench.progress(orders);
      expect(bench.sent.length).toBe(1);
      orders.exposed = 5;
      bench.driver.advance(bench.now);
      expect(bench.last).toEqual({ 'orders/0': 2 });
    });

    test('does not wait after it was told that somebody waits', () => {
      const bench = new CommitDriverBench({ pace: 'interval', intervalMs: 60_000 });
      const orders = new TestPartition('orders');
      bench.progress(orders);
      bench.answer();
      bench.progress(orders);
      bench.driver.hurry();
      bench.driver.advance(bench.now);
      expect(bench.sent.length).toBe(2);
      bench.answer();
      bench.progress(orders);
      expect(bench.sent.length).toBe(2);
    });
  });

  describe('where a commit covers what was received', () => {
    test('it says the position, done or not', () => {
      const bench = new CommitDriverBench({ covers: 'received' });
      const orders = new TestPartition('orders');
      orders.receive(4);
      bench.driver.touch(orders);
      bench.driver.advance(bench.now);
      expect(bench.last).toEqual({ 'orders/0': 4 });
      bench.answer();
      expect(orders.acknowledgedSequence).toBe(4);
    });

    test('nothing more is covered of a partition that is being given back', () => {
      const bench = new CommitDriverBench({ covers: 'received' });
      const orders = new TestPartition('orders');
      orders.receive();
      orders.phase = 'draining';
      bench.driver.touch(orders);
      bench.driver.advance(bench.now);
      expect(bench.sent).toEqual([]);
    });
  });

  test('where commits cover nothing everything is always current', () => {
    const bench = new CommitDriverBench({ covers: 'nothing' });
    const orders = new TestPartition('orders');
    orders.settle(5);
    expect(bench.driver.isCurrent(orders)).toBe(true);
  });
});
