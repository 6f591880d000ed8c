import { setImmediate as nextTurn } from 'node:timers/promises';

import { ManualClock } from '@millrace/testing';
import { describe, expect, test } from 'vitest';

import type { Delivery } from '../../src/delivery/delivery.js';
import type { Outcome } from '../../src/handler/outcome.js';
import { Deferred } from '../../src/internal/deferred.js';
import { QueueConsumers } from '../../src/queue/queue-consumers.js';
import { SlotPool } from '../../src/queue/slot-pool.js';
import type { Strategy } from '../../src/strategy/strategy.js';
import { EngineDriver } from '../support/engine-driver.js';
import { messages } from '../support/messages.js';
import { ordered, parallel } from '../support/strategies.js';

interface Given {
  readonly strategy?: Strategy;
  readonly slots?: SlotPool;
  /** What a handler of this offset does; asynchronous until told by default. */
  readonly handle?: (offset: number) => Promise<void> | undefined;
}

/** Queue consumers on a real engine; handlers end when the test says so. */
function setup({ strategy = parallel({ maxConcurrency: 4 }), slots, handle }: Given = {}) {
  const driver = new EngineDriver(strategy);
  driver.assign([0], { high: 1_000 });
  const clock = new ManualClock({ monotonicMs: driver.now });
  const pending = new Map<number, Deferred>();
  const ended: [number, Outcome['kind']][] = [];
  const broken: unknown[] = [];
  const consumers = new QueueConsumers({
    engine: driver.engine,
    handle: ({ message: { offset } }: Delivery) => {
      if (handle !== undefined) return handle(offset);
      const deferred = new Deferred();
      pending.set(offset, deferred);
      return deferred.promise;
    },
    decide: (error) => ({ kind: 'skip', cause: 'failed', error }),
    ended: ({ message: { offset } }, { kind }) => ended.push([offset, kind]),
    clock,
    broken: (error) => broken.push(error),
    concurrency: strategy.concurrency,
    slots,
  });
  const receive = (from: number, to: number): void => {
    driver.receive(messages(from, to));
    consumers.work(driver.now);
  };
  const finish = async (...offsets: number[]): Promise<void> => {
    for (const offset of offsets) pending.get(offset)?.resolve();
    for (const offset of offsets) pending.delete(offset);
    await nextTurn();
  };
  return { driver, clock, consumers, pending, ended, broken, receive, finish };
}

describe('queue consumers', () => {
  test('run as many handlers as they may, and take the next as soon as one ends', async () => {
    const { consumers, pending, receive, finish } = setup();
    receive(0, 9);
    expect([consumers.active, [...pending.keys()]]).toEqual([4, [0, 1, 2, 3]]);
    await finish(2);
    expect([consumers.active, [...pending.keys()]]).toEqual([4, [0, 1, 3, 4]]);
  });

  test('go home when there is no work, and come again when there is', async () => {
    const { driver, consumers, pending, receive, finish } = setup();
    receive(0, 1);
    await finish(0, 1);
    expect([consumers.active, driver.view().inFlight]).toEqual([0, 0]);
    receive(2, 2);
    expect([consumers.active, [...pending.keys()]]).toEqual([1, [2]]);
  });

  test('run synchronous handlers to the end without a promise in between', () => {
    const { driver, consumers, ended, receive } = setup({ handle: () => undefined });
    receive(0, 50);
    expect([ended.length, consumers.active, driver.view().processed.succeeded]).toEqual([51, 0, 51]);
  });

  test('give the event loop its turn when synchronous handlers take long', async () => {
    const { clock, driver, consumers, ended, receive } = setup({
      strategy: ordered({ commit: 'pipelined' }),
      handle: () => {
        clock.advance(3);
        return undefined;
      },
    });
    receive(0, 19);
    expect(ended.length).toBeLessThan(10);
    const first = ended.length;
    await nextTurn();
    await nextTurn();
    expect(ended.length).toBeGreaterThan(first);
    while (ended.length < 20) await nextTurn();
    expect([driver.view().processed.succeeded, consumers.active]).toEqual([20, 0]);
  });

  test('settle what a handler threw, at once or later, the way the policy decides', async () => {
    const { driver, ended, pending, receive } = setup({
      handle: (offset) => {
        if (offset === 0) throw new Error('at once');
        return offset === 1 ? Promise.reject(new Error('later')) : undefined;
      },
    });
    receive(0, 2);
    await nextTurn();
    expect(ended.sort()).toEqual([
      [0, 'skip'],
      [1, 'skip'],
      [2, 'success'],
    ]);
    expect([driver.view().processed, pending.size]).toEqual([
      { succeeded: 1, failed: 0, skipped: 2, deadLettered: 0 },
      0,
    ]);
  });

  test('in order, come back for the next message when the commit is acknowledged', async () => {
    const { driver, consumers, pending, receive, finish } = setup({ strategy: ordered() });
    receive(0, 2);
    await finish(0);
    expect([consumers.active, pending.size]).toEqual([0, 0]);
    driver.answerCommit();
    consumers.work(driver.now);
    expect([...pending.keys()]).toEqual([1]);
  });

  test('start nothing after a stop, and finish what runs', async () => {
    const { driver, consumers, pending, receive, finish } = setup();
    receive(0, 9);
    driver.engine.stop(driver.now);
    await finish(0, 1, 2, 3);
    expect([consumers.active, pending.size, driver.view().processed.succeeded]).toEqual([0, 0, 4]);
  });

  test('tell their owner when they themselves fail', async () => {
    const { driver, broken, consumers } = setup();
    driver.receive(messages(0, 0));
    const fault = new Error('a fault of ours');
    driver.engine.take = () => {
      throw fault;
    };
    consumers.work(driver.now);
    await nextTurn();
    expect(new Set(broken)).toEqual(new Set([fault]));
  });

  describe('that share slots with other consumers', () => {
    test('run no more handlers together than there are slots, and take turns', async () => {
      const slots = new SlotPool(3);
      const [a, b] = [setup({ slots }), setup({ slots })];
      a.receive(0, 9);
      b.receive(0, 9);
      expect([a.pending.size, b.pending.size]).toEqual([3, 0]);
      await a.finish(0);
      await a.finish(1);
      expect([a.pending.size, b.pending.size, slots.held]).toEqual([2, 1, 3]);
      for (let round = 0; round < 30; round++) {
        const running = round % 2 === 0 ? a : b;
        await running.finish([...running.pending.keys()][0] ?? -1);
        expect(a.pending.size + b.pending.size).toBeLessThanOrEqual(3);
      }
      while (a.pending.size + b.pending.size > 0) {
        await a.finish(...a.pending.keys());
        await b.finish(...b.pending.keys());
      }
      expect([a.ended.length, b.ended.length, slots.held]).toEqual([10, 10, 0]);
    });

    test('give back the slot that they find no work for', () => {
      const slots = new SlotPool(2);
      const { driver, consumers, pending } = setup({ slots });
      consumers.work(driver.now);
      expect([slots.held, pending.size]).toEqual([0, 0]);
    });

    test('do not hold up others once their own work is gone', async () => {
      const slots = new SlotPool(1);
      const [a, b, c] = [setup({ slots }), setup({ slots }), setup({ slots })];
      a.receive(0, 0);
      b.receive(0, 0);
      c.receive(0, 0);
      b.driver.rebalance('lost', [0]);
      await a.finish(0);
      expect([b.pending.size, c.pending.size, slots.held]).toEqual([0, 1, 1]);
    });
  });
});
