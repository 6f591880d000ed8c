import { describe, expect, test } from 'vitest';

import type { Delivery } from '../../src/delivery/delivery.js';
import { ByPartition } from '../../src/ordering/by-partition.js';
import { deliveries } from '../support/deliveries.js';

describe('one lane a partition', () => {
  function setup(count: number) {
    const lanes = new ByPartition();
    const all = deliveries(count);
    for (const delivery of all) lanes.admit(delivery);
    return { lanes, all };
  }

  test('lets one start, and the next only when that has let go', () => {
    const { lanes, all } = setup(3);
    expect([lanes.runnable, lanes.peek()]).toEqual([1, all[0]]);
    expect(lanes.next()).toBe(all[0]);
    expect([lanes.runnable, lanes.peek(), lanes.next()]).toEqual([0, undefined, undefined]);
    lanes.release(all[0] as Delivery);
    expect([lanes.runnable, lanes.next()]).toEqual([1, all[1]]);
  });

  test('is free and empty after the last has let go', () => {
    const { lanes, all } = setup(1);
    lanes.next();
    lanes.release(all[0] as Delivery);
    expect([lanes.runnable, lanes.peek(), lanes.next()]).toEqual([0, undefined, undefined]);
  });

  test('is not freed by one who does not hold it, such as a handler whose time was up long ago', () => {
    const { lanes, all } = setup(3);
    lanes.next();
    lanes.release(all[0] as Delivery);
    lanes.next();
    lanes.release(all[0] as Delivery);
    expect(lanes.runnable).toBe(0);
  });

  test('stays held when what waits is dropped', () => {
    const { lanes, all } = setup(3);
    lanes.next();
    const dropped: number[] = [];
    lanes.drop(0, ({ sequence }) => dropped.push(sequence));
    expect([dropped, lanes.runnable]).toEqual([[1, 2], 0]);
    lanes.release(all[0] as Delivery);
    expect(lanes.runnable).toBe(0);
  });
});
