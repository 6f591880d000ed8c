import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { RingBuffer } from '../../src/internal/ring-buffer.js';

function setup(items: readonly number[] = []): RingBuffer<number> {
  const ring = new RingBuffer<number>();
  for (const item of items) ring.push(item);
  return ring;
}

function drain(ring: RingBuffer<number>): number[] {
  const items: number[] = [];
  for (let item = ring.shift(); item !== undefined; item = ring.shift()) items.push(item);
  return items;
}

describe('RingBuffer', () => {
  test('gives back in the order of arrival', () => {
    expect(drain(setup([1, 2, 3]))).toEqual([1, 2, 3]);
  });

  test('grows past its first capacity, also when it has wrapped around', () => {
    const ring = setup([0, 1, 2, 3, 4, 5]);
    ring.shift();
    ring.shift();
    for (let item = 6; item < 100; item += 1) ring.push(item);
    expect(drain(ring)).toEqual(Array.from({ length: 98 }, (_, i) => i + 2));
  });

  test('puts back in front', () => {
    const ring = setup([2, 3]);
    ring.unshift(1);
    expect(ring.peek()).toBe(1);
    expect(drain(ring)).toEqual([1, 2, 3]);
  });

  test('is empty after clear, and can be used again', () => {
    const ring = setup([1, 2, 3]);
    ring.clear();
    expect(ring.size).toBe(0);
    expect(ring.peek()).toBeUndefined();
    expect(ring.shift()).toBeUndefined();
    ring.push(4);
    expect(drain(ring)).toEqual([4]);
  });

  test('does what an array does, whatever is done to it', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('push' as const), item: fc.nat() }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('unshift' as const), item: fc.nat() }) },
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('shift' as const), item: fc.constant(0) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const), item: fc.constant(0) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
        const ring = setup();
        const model: number[] = [];
        for (const { kind, item } of steps) {
          if (kind === 'clear') {
            ring.clear();
            model.length = 0;
          } else if (kind === 'shift') {
            expect(ring.shift()).toBe(model.shift());
          } else {
            ring[kind](item);
            model[kind](item);
          }
          expect(ring.size).toBe(model.length);
          expect(ring.peek()).toBe(model[0]);
        }
        expect(drain(ring)).toEqual(model);
      }),
    );
  });
});
