import { describe, expect, test } from 'vitest';

import { Unordered } from '../../src/ordering/unordered.js';
import { deliveries } from '../support/deliveries.js';

describe('unordered lanes', () => {
  function setup(count: number) {
    const lanes = new Unordered();
    const all = deliveries(count);
    for (const delivery of all) lanes.admit(delivery);
    return { lanes, all };
  }

  test('let everything start at once, oldest first', () => {
    const { lanes, all } = setup(3);
    expect(lanes.runnable).toBe(3);
    expect(lanes.peek()).toBe(all[0]);
    expect([lanes.next(), lanes.next(), lanes.next(), lanes.next()]).toEqual([...all, undefined]);
    expect([lanes.runnable, lanes.peek()]).toEqual([0, undefined]);
  });

  test('have nothing to let go of', () => {
    const { lanes, all } = setup(2);
    lanes.next();
    lanes.release();
    expect(lanes.peek()).toBe(all[1]);
  });

  test('drop what waits from a sequence on', () => {
    const { lanes } = setup(4);
    lanes.next();
    const dropped: number[] = [];
    lanes.drop(2, ({ sequence }) => dropped.push(sequence));
    expect([dropped, lanes.runnable, lanes.next()?.sequence]).toEqual([[2, 3], 1, 1]);
  });
});
