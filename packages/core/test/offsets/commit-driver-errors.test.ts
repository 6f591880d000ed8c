import { describe, expect, test } from 'vitest';

import {
  CommitDriverBench,
  NOT_OWNED,
  REJECTED,
  RETRY,
  TestPartition,
} from '../support/commit-driver-bench.js';

describe('a commit that fails', () => {
  test('is not sent again: the newest position goes, after a wait', () => {
    const bench = new CommitDriverBench();
    const orders = new TestPartition('orders');
    bench.progress(orders);
    bench.progress(orders);
    bench.answer(RETRY);
    expect(bench.driver.failures).toBe(1);
    bench.driver.advance(bench.now);
    expect(bench.sent.length).toBe(1);
    expect(bench.waitForCommit()).toBe(100);
    expect(bench.last).toEqual({ 'orders/0': 2 });
    bench.answer();
    expect([bench.driver.failures, orders.committed]).toEqual([0, 2]);
  });

  test('is tried again with growing waits, at most 5 s apart, for ever', () => {
    const bench = new CommitDriverBench();
    bench.progress(new TestPartition('orders'));
    const waits = Array.from({ length: 9 }, () => {
      bench.answer(RETRY);
      return bench.waitForCommit();
    });
    expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
    expect(bench.failures.at(-1)).toEqual({
      partitions: 1,
      code: 'COORDINATOR_LOAD_IN_PROGRESS',
      failures: 9,
    });
  });

  test('does not wait for the interval: whoever waited still does', () => {
    const bench = new CommitDriverBench({ pace: 'interval', intervalMs: 60_000 });
    bench.progress(new TestPartition('orders'));
    bench.answer(RETRY);
    expect(bench.waitForCommit()).toBe(100);
  });

  test('is tried again at once when a drain begins', () => {
    const bench = new CommitDriverBench();
    const orders = new TestPartition('orders');
    bench.progress(orders);
    bench.answer(REJECTED);
    expect(orders.commitRefused).toBe(true);
    bench.driver.retryNow();
    expect(orders.commitRefused).toBe(false);
    bench.driver.advance(bench.now);
    expect(bench.sent.length).toBe(2);
  });

  test('of several topics is split, without a wait: each topic goes alone', () => {
    const bench = new CommitDriverBench();
    const [orders, other, mails] = [
      new TestPartition('orders', 0),
      new TestPartition('orders', 1),
      new TestPartition('mails'),
    ];
    bench.driver.hurry();
    for (const partition of [orders, other]) {
      partition.settle();
      bench.driver.touch(partition);
    }
    bench.progress(mails);
    bench.answer(REJECTED);
    expect([orders.commitRefused, mails.commitRefused]).toEqual([false, false]);
    bench.driver.advance(bench.now);
    expect(bench.last).toEqual({ 'orders/0': 1, 'orders/1': 1 });
    bench.answer(REJECTED);
    bench.driver.advance(bench.now);
    expect(bench.last).toEqual({ 'mails/0': 1 });
    expect([orders.commitRefused, other.commitRefused, mails.commitRefused]).toEqual([true, true, false]);
    bench.answer();
    expect(mails.committed).toBe(1);
  });

  test('for good of one topic never holds up the others, however often it is tried', () => {
    const bench = new CommitDriverBench();
    const [deleted, mails, orders] = ['deleted', 'mails', 'orders'].map(
      (topic) => new TestPartition(topic),
    ) as [TestPartition, TestPartition, TestPartition];
    bench.progress(deleted);
    bench.answer(REJECTED);
    for (let i = 0; i < 400; i++) {
      bench.now += 50;
      bench.progress(mails, orders, deleted);
      if (bench.driver.inFlightSince !== undefined)
        bench.answer(bench.last['deleted/0'] === undefined ? undefined : REJECTED);
    }
    expect([
      mails.ledger.watermark - (mails.committed ?? 0),
      orders.ledger.watermark - (orders.committed ?? 0),
    ]).toEqual([
      expect.toSatisfy((behind: number) => behind <= 2),
      expect.toSatisfy((behind: number) => behind <= 2),
    ]);
    const attempts = bench.sent.filter(({ entries }) => entries.some(({ topic }) => topic === 'deleted'));
    expect(attempts.length).toBeLessThan(15);
    expect(attempts.every(({ entries }) => entries.length === 1)).toBe(true);
    expect(bench.driver.failures).toBe(attempts.length);
  });

  test('joins the others again as soon as one of its commits is acknowledged', () => {
    const bench = new CommitDriverBench();
    const [orders, mails] = [new TestPartition('orders'), new TestPartition('mails')];
    bench.progress(orders);
    bench.answer(RETRY);
    bench.waitForCommit();
    bench.answer();
    orders.settle();
    bench.driver.touch(orders);
    bench.progress(mails);
    expect(bench.last).toEqual({ 'orders/0': 2, 'mails/0': 1 });
  });

  test('because the group has moved on is nothing to wait for', () => {
    const bench = new CommitDriverBench();
    const [orders, mails] = [new TestPartition('orders'), new TestPartition('mails')];
    orders.settle();
    bench.driver.touch(orders);
    bench.progress(mails);
    bench.answer(NOT_OWNED);
    expect([orders.commitRefused, mails.commitRefused]).toEqual([true, true]);
  });

  test('leaves nothing behind when its partitions go', () => {
    const bench = new CommitDriverBench();
    const [orders, mails] = [new TestPartition('orders'), new TestPartition('mails')];
    bench.progress(orders);
    bench.answer(RETRY);
    orders.phase = 'gone';
    bench.now += 10_000;
    bench.progress(mails);
    expect([bench.last, bench.driver.failures]).toEqual([{ 'mails/0': 1 }, 0]);
  });

  test('after its partitions went concerns nobody', () => {
    const bench = new CommitDriverBench();
    const orders = new TestPartition('orders');
    bench.progress(orders);
    orders.phase = 'gone';
    bench.answer(RETRY);
    expect([bench.driver.failures, bench.waitForCommit(10_000)]).toEqual([0, 10_000]);
  });
});
