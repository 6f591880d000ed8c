import { ManualClock } from '@millrace/testing';
import { describe, expect, test } from 'vitest';

import { Delivery } from '../../src/delivery/delivery.js';
import { Engine } from '../../src/engine/engine.js';
import { EngineFeed } from '../../src/pump/engine-feed.js';
import { PumpWorker } from '../../src/pump/pump-worker.js';
import { engineOptions } from '../support/engine-driver.js';
import { message } from '../support/messages.js';
import { RecordingSource } from '../support/recording-source.js';
import { parallel } from '../support/strategies.js';

/** A feed between a silent source and a real engine; its owner writes down what it is told. */
function setup() {
  const source = new RecordingSource();
  const clock = new ManualClock();
  const told: string[] = [];
  const pump = new PumpWorker(source, {
    polling: () => undefined,
    note: () => undefined,
    closed: () => told.push('closed'),
  });
  const options = engineOptions(parallel(), { maxPollIntervalMs: 10_000 });
  const engine = new Engine(options, pump, { Delivery, now: clock.monotonic() });
  const feed = new EngineFeed({
    engine,
    pump,
    clock,
    owner: {
      work: () => told.push(`work, ${engine.view(clock.monotonic()).partitions[0]?.buffered ?? 0} waiting`),
      ticked: (now) => told.push(`ticked ${now}`),
      received: (batch) =>
        told.push(`received ${batch.length}, ${engine.view(0).partitions[0]?.buffered ?? 0} waiting`),
      reachable: (yes, detail) => told.push(`reachable ${String(yes)} ${detail}`),
      failed: (error) => told.push(String(error)),
    },
  });
  return { source, clock, told, pump, engine, feed };
}

function started() {
  const parts = setup();
  parts.feed.start();
  const rebalance = { id: 1, kind: 'assign', partitions: [{ topic: 'orders', partition: 0 }] } as const;
  parts.feed.rebalance(rebalance);
  parts.feed.located(1, {
    partitions: [
      { topic: 'orders', partition: 0, committed: { offset: 0, metadata: undefined }, low: 0, high: 5 },
    ],
    topics: [{ topic: 'orders', partitionCount: 1, metadata: [] }],
  });
  parts.told.length = 0;
  return parts;
}

describe('the engine feed', () => {
  test('polls when it is started, and ticks every 50 ms from then on', () => {
    const { source, clock, told, feed } = setup();
    expect(clock.pending).toBe(0);
    feed.start();
    expect(source.calls).toEqual([['poll', 100]]);
    clock.advance(150);
    expect(told).toEqual(['ticked 0', 'ticked 50', 'ticked 100', 'ticked 150']);
    expect(clock.pending).toBe(1);
  });

  test('shows a batch to its owner first, then to the engine, and lets runners come last', () => {
    const { told, feed } = started();
    feed.polled([message(0), message(1)]);
    expect(told).toEqual(['received 2, 0 waiting', 'work, 2 waiting']);
  });

  test('shows no empty batch', () => {
    const { told, feed } = started();
    feed.polled([]);
    expect(told).toEqual([]);
  });

  test('gives the engine the monotonic time: a loop that stood still is noticed', () => {
    const { clock, feed, engine } = started();
    feed.polled([message(0)]);
    feed.polled([]);
    clock.advance(40);
    expect(engine.view(clock.monotonic()).lastPolledAt).toBe(0);
    feed.polled([]);
    expect(engine.view(clock.monotonic()).lastPolledAt).toBe(40);
  });

  test('tells the engine of ends, and its owner of reachability and failures', () => {
    const { told, feed, engine } = started();
    feed.endOfPartition({ topic: 'orders', partition: 0 }, 9);
    feed.reachable(false, 'no broker');
    feed.failed(new Error('broken'));
    expect(told).toEqual(['reachable false no broker', 'Error: broken']);
    expect(engine.view(0).partitions[0]?.highWater).toBe(9);
  });

  test('lets nothing through once the pump closes', () => {
    const { source, told, pump, feed } = started();
    pump.close(true);
    source.calls.length = 0;
    feed.polled([message(0)]);
    feed.wake();
    feed.rebalance({ id: 2, kind: 'revoke', partitions: [{ topic: 'orders', partition: 0 }] });
    feed.left();
    feed.start();
    expect([source.calls, told]).toEqual([[], []]);
  });

  test('leaves no timer behind after a stop', () => {
    const { clock, feed } = started();
    feed.call((engine, now) => engine.stop(now));
    feed.rebalance({ id: 2, kind: 'revoke', partitions: [{ topic: 'orders', partition: 0 }] });
    expect(clock.pending).toBe(0);
  });

  test('leaves no timer behind when the consumer is given up outside of a call', () => {
    const { clock, engine } = started();
    engine.giveUp(undefined);
    clock.advance(60);
    expect(clock.pending).toBe(0);
  });
});
