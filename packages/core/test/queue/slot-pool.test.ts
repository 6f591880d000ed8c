import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { SlotPool, type SlotWaiter } from '../../src/queue/slot-pool.js';

/** A consumer that wants `wanted` slots, one after the other or at once, and takes what it is offered. */
class Runner implements SlotWaiter {
  held = 0;
  told = 0;
  wanted: number;
  readonly #pool: SlotPool;
  readonly #name: string;
  readonly #turns: string[];

  constructor(pool: SlotPool, name: string, wanted: number, turns: string[] = []) {
    this.#pool = pool;
    this.#name = name;
    this.wanted = wanted;
    this.#turns = turns;
  }

  slotFreed(): void {
    this.told += 1;
    if (this.wanted === 0) this.#pool.forget(this);
    else this.take();
  }

  /** As many as it wants and gets. */
  take(): void {
    while (this.wanted > 0 && this.#pool.tryTake(this)) {
      this.wanted -= 1;
      this.held += 1;
      this.#turns.push(this.#name);
    }
  }

  finish(): void {
    this.held -= 1;
    this.#pool.release();
  }
}

describe('a slot pool', () => {
  test('gives out no more slots than there are', () => {
    const pool = new SlotPool(3);
    const runner = new Runner(pool, 'a', 5);
    runner.take();
    expect([runner.held, pool.held]).toEqual([3, 3]);
  });

  test('offers a freed slot to whoever has waited longest', () => {
    const pool = new SlotPool(1);
    const turns: string[] = [];
    const before = new Runner(pool, 'before', 1);
    before.take();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => new Runner(pool, name, 3, turns)) as [
      Runner,
      Runner,
      Runner,
    ];
    for (const runner of [a, b, c]) runner.take();
    before.finish();
    for (let turn = 0; turn < 8; turn += 1) [a, b, c].find(({ held }) => held > 0)?.finish();
    expect(turns.join('')).toBe('abcabcabc');
  });

  test('lets no newcomer pass those who wait', () => {
    const pool = new SlotPool(1);
    const hesitant: SlotWaiter = { slotFreed: () => undefined };
    expect(pool.tryTake({ slotFreed: () => undefined })).toBe(true);
    expect(pool.tryTake(hesitant)).toBe(false);
    pool.release();
    expect(pool.tryTake({ slotFreed: () => undefined })).toBe(false);
    expect(pool.tryTake(hesitant)).toBe(true);
  });

  test('offers what is left to the next when the first of the waiting took one of several free slots', () => {
    const pool = new SlotPool(2);
    const busy = new Runner(pool, 'busy', 2);
    busy.take();
    const hesitant: SlotWaiter = { slotFreed: () => undefined };
    const next = new Runner(pool, 'next', 1);
    pool.tryTake(hesitant);
    next.take();
    busy.finish();
    busy.finish();
    expect(next.held).toBe(0);
    pool.tryTake(hesitant);
    expect([next.held, pool.held]).toEqual([1, 2]);
  });

  test('passes a slot on when the first of the waiting no longer wants one', () => {
    const pool = new SlotPool(1);
    const busy = new Runner(pool, 'busy', 1);
    const stopped = new Runner(pool, 'stopped', 1);
    const next = new Runner(pool, 'next', 1);
    for (const runner of [busy, stopped, next]) runner.take();
    stopped.wanted = 0;
    busy.finish();
    expect([stopped.told, next.held]).toEqual([1, 1]);
  });

  test('passes a slot on when the first of the waiting forgets it later', () => {
    const pool = new SlotPool(1);
    const busy = new Runner(pool, 'busy', 1);
    const hesitant: SlotWaiter = { slotFreed: () => undefined };
    const next = new Runner(pool, 'next', 1);
    busy.take();
    pool.tryTake(hesitant);
    next.take();
    busy.finish();
    expect(next.held).toBe(0);
    pool.forget(hesitant);
    expect(next.held).toBe(1);
  });

  test('tells nobody when somebody is forgotten who did not wait, or no slot is free', () => {
    const pool = new SlotPool(1);
    const [busy, first, next] = [1, 2, 3].map(() => new Runner(pool, 'x', 1)) as [Runner, Runner, Runner];
    for (const runner of [busy, first, next]) runner.take();
    pool.forget(busy);
    pool.forget(first);
    expect([first.told, next.told]).toEqual([0, 0]);
    busy.finish();
    expect([first.told, next.held]).toEqual([0, 1]);
  });

  test('loses no wake-up and starves nobody, whatever the order of ends', () => {
    const consumers = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        consumers,
        fc.integer({ min: 1, max: 4 }),
        fc.infiniteStream(fc.nat()),
        (wants, limit, choices) => {
          const pool = new SlotPool(limit);
          const runners = wants.map((wanted, index) => new Runner(pool, String(index), wanted));
          for (const runner of runners) runner.take();
          for (const choice of choices) {
            const busy = runners.filter(({ held }) => held > 0);
            const idle = limit - pool.held;
            const waiting = runners.reduce((sum, { wanted }) => sum + wanted, 0);
            if (idle > 0 && waiting > 0) return false;
            if (busy.length === 0) return waiting === 0;
            busy[choice % busy.length]?.finish();
          }
          return false;
        },
      ),
    );
  });
});
