import { describe, expect, test } from 'vitest';

import { WorkQueueDriver } from '../support/work-queue-driver.js';

describe('the work queue', () => {
  test('has no work before somebody offers some, and none after it is withdrawn', () => {
    const { queue, turn } = new WorkQueueDriver(4);
    const a = turn('a');
    expect([queue.hasWork, queue.mayStart, queue.next()]).toEqual([false, false, undefined]);
    queue.offer(a, true);
    queue.offer(a, true);
    expect([queue.hasWork, queue.mayStart, queue.next()]).toEqual([true, true, a]);
    queue.offer(a, false);
    queue.offer(a, false);
    expect([queue.hasWork, queue.next()]).toEqual([false, undefined]);
  });

  test('never hands out more than it has slots', () => {
    const driver = new WorkQueueDriver(3);
    driver.waiting('a', 'b');
    expect(driver.startAll()).toBe(3);
    expect([driver.queue.held, driver.queue.mayStart, driver.queue.hasWork]).toEqual([3, false, true]);
  });

  test('with one slot gives partitions their turns one after the other', () => {
    const driver = new WorkQueueDriver(1);
    driver.waiting('orders/0', 'orders/1', 'orders/2');
    expect(driver.rounds(6)).toEqual({ 'orders/0': 2, 'orders/1': 2, 'orders/2': 2 });
  });

  test('with as many slots as the lanes allow starts everything that waits', () => {
    const driver = new WorkQueueDriver(Infinity);
    driver.waiting('orders/0', 'orders/1', 'mails/0');
    expect(driver.startAll(90)).toBe(90);
    expect(driver.heldBy('orders/0', 'orders/1', 'mails/0')).toEqual([
      expect.closeTo(23, -1),
      expect.closeTo(23, -1),
      expect.closeTo(45, -1),
    ]);
  });

  describe('between the partitions of one topic', () => {
    test('lets one use all slots while no other has work waiting', () => {
      const driver = new WorkQueueDriver(8);
      driver.turn('orders/1');
      driver.waiting('orders/0');
      expect(driver.startAll()).toBe(8);
    });

    test('fills the slots evenly when several wait', () => {
      const driver = new WorkQueueDriver(8);
      driver.waiting('orders/0', 'orders/1', 'orders/2', 'orders/3');
      driver.startAll();
      expect(driver.heldBy('orders/0', 'orders/1', 'orders/2', 'orders/3')).toEqual([2, 2, 2, 2]);
    });

    test('gives every slot that comes free to whoever holds least', () => {
      const driver = new WorkQueueDriver(6);
      driver.waiting('orders/0');
      driver.startAll();
      driver.waiting('orders/1');
      for (let i = 0; i < 3; i++) {
        driver.end('orders/0');
        driver.startAll();
      }
      expect(driver.heldBy('orders/0', 'orders/1')).toEqual([3, 3]);
      driver.end('orders/0');
      driver.startAll();
      expect(driver.heldBy('orders/0', 'orders/1')).toEqual([3, 3]);
    });

    test('measures equal parts by the slots that its topic holds, not by those that other topics have', () => {
      const driver = new WorkQueueDriver(16);
      driver.waiting('mails/0', 'orders/0', 'orders/1');
      driver.startAll();
      expect(driver.heldBy('mails/0', 'orders/0', 'orders/1')).toEqual([8, 4, 4]);
      // handlers of one partition never end: the other keeps its half of the topic's slots
      for (let i = 0; i < 50; i++) {
        driver.end('orders/1');
        driver.startAll();
      }
      expect(driver.heldBy('orders/0', 'orders/1')).toEqual([4, 4]);
    });
  });

  describe('between topics', () => {
    test('keeps one share in reserve for a topic that has nothing running', () => {
      const driver = new WorkQueueDriver(16);
      driver.turn('mails/0');
      driver.waiting('orders/0');
      expect(driver.startAll()).toBe(8);
      driver.waiting('mails/0');
      expect(driver.startAll()).toBe(8);
      expect(driver.heldBy('orders/0', 'mails/0')).toEqual([8, 8]);
    });

    test('keeps one share only, however many topics are idle', () => {
      const driver = new WorkQueueDriver(16);
      for (const topic of ['a', 'b', 'c']) driver.turn(`${topic}/0`);
      driver.waiting('orders/0');
      expect(driver.startAll()).toBe(12);
    });

    test('keeps nothing in reserve once every topic has something running', () => {
      const driver = new WorkQueueDriver(16);
      driver.waiting('orders/0', 'mails/0');
      driver.startOne('mails/0');
      driver.withdraw('mails/0');
      driver.startAll();
      expect(driver.heldBy('orders/0', 'mails/0')).toEqual([15, 1]);
    });

    test('gives a topic below its share precedence over one above it', () => {
      const driver = new WorkQueueDriver(8);
      driver.waiting('orders/0');
      driver.startAll(1);
      driver.turn('mails/0');
      driver.waiting('mails/0');
      driver.startOne('mails/0');
      driver.withdraw('mails/0');
      driver.startAll();
      expect(driver.heldBy('orders/0', 'mails/0')).toEqual([7, 1]);
      driver.waiting('mails/0');
      for (let i = 0; i < 3; i++) {
        driver.end('orders/0');
        driver.startAll();
      }
      expect(driver.heldBy('orders/0', 'mails/0')).toEqual([4, 4]);
    });

    test('lets a topic alone use every slot', () => {
      const driver = new WorkQueueDriver(5);
      driver.waiting('orders/0');
      expect(driver.startAll()).toBe(5);
    });

    test('starts more topics than it has slots in turns', () => {
      const driver = new WorkQueueDriver(2);
      const places = Array.from({ length: 7 }, (_, i) => `topic-${i}/0`);
      driver.waiting(...places);
      expect(Object.values(driver.rounds(14))).toEqual([2, 2, 2, 2, 2, 2, 2]);
    });
  });

  describe('when partitions come and go', () => {
    test('a topic that lost its last partition no longer takes part', () => {
      const driver = new WorkQueueDriver(16);
      driver.turn('mails/0');
      driver.waiting('orders/0');
      driver.leave('mails/0');
      expect(driver.startAll()).toBe(16);
    });

    test('a topic that lost its last partition takes part until its last handler has ended, and no longer', () => {
      const driver = new WorkQueueDriver(16);
      driver.waiting('orders/0', 'mails/0');
      driver.startOne('mails/0');
      driver.leave('mails/0');
      expect(driver.startAll()).toBe(15);
      driver.end('mails/0');
      for (let i = 0; i < 15; i++) driver.end('orders/0');
      expect(driver.startAll()).toBe(16);
    });

    test('a topic that comes back while a handler of its first life runs counts that one', () => {
      const driver = new WorkQueueDriver(4);
      driver.waiting('orders/0', 'mails/0');
      driver.startOne('mails/0');
      driver.leave('mails/0');
      driver.waiting('mails/0 again');
      driver.startAll();
      expect(driver.heldBy('orders/0', 'mails/0', 'mails/0 again')).toEqual([2, 1, 1]);
    });

    test('a partition that leaves with work waiting is not handed out', () => {
      const driver = new WorkQueueDriver(4);
      driver.waiting('orders/0', 'orders/1');
      driver.leave('orders/0');
      driver.startAll();
      expect(driver.heldBy('orders/0', 'orders/1')).toEqual([0, 4]);
    });
  });
});
