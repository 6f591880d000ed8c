import { describe, expect, test } from 'vitest';

import { Delivery } from '../../src/delivery/delivery.js';
import type { EngineEvent } from '../../src/engine/engine-event.js';
import { Deferred } from '../../src/internal/deferred.js';
import { PumpWorker } from '../../src/pump/pump-worker.js';
import { message } from '../support/messages.js';
import { RecordingSource } from '../support/recording-source.js';

function setup() {
  const source = new RecordingSource();
  const notes: EngineEvent[] = [];
  const polls: number[] = [];
  const closed = new Deferred<unknown>();
  const pump = new PumpWorker(source, {
    polling: () => polls.push(source.calls.length),
    note: (event) => notes.push(event),
    closed: (error) => closed.resolve(error),
  });
  return { source, pump, notes, polls, closed };
}

const places = [{ topic: 'orders', partition: 3 }];

describe('the pump worker', () => {
  test('carries out each order of the engine with one call of the source, arguments unchanged', () => {
    const { source, pump } = setup();
    const rebalance = { id: 4, kind: 'assign', partitions: places } as const;
    const starts = [{ topic: 'orders', partition: 3, offset: 9 }];
    const entries = [{ topic: 'orders', partition: 3, offset: 9, leaderEpoch: 1, metadata: 'MR1|~' }];
    pump.poll(7);
    pump.commit(2, entries);
    pump.pause(places);
    pump.resume(places);
    pump.kick(places);
    pump.locate(4, places);
    pump.query(places, true);
    pump.answer(rebalance, starts);
    pump.unsubscribe();
    pump.resubscribe();
    expect(source.calls).toEqual([
      ['poll', 7],
      ['commit', 2, entries],
      ['pause', places],
      ['resume', places],
      ['kick', places],
      ['locate', 4, places],
      ['query', places, true],
      ['answer', rebalance, starts],
      ['unsubscribe'],
      ['resubscribe'],
    ]);
  });

  test('tells its owner of a poll before the source is asked', () => {
    const { pump, polls } = setup();
    pump.poll(1);
    expect(polls).toEqual([0]);
  });

  test('remembers that there is work until somebody has looked', () => {
    const { pump } = setup();
    expect(pump.takeWorkSignal()).toBe(false);
    pump.wake();
    pump.wake();
    expect([pump.takeWorkSignal(), pump.takeWorkSignal()]).toEqual([true, false]);
  });

  test('fires the signal of a delivery that should give up', () => {
    const { pump } = setup();
    const delivery = new Delivery(message(0), { topic: 'orders', partition: 0, epoch: 1 }, 0);
    const reason = new Error('lost');
    pump.abort(delivery, reason);
    pump.abort(delivery, new Error('later'));
    expect(delivery.abortReason).toBe(reason);
  });

  test('passes on what the engine tells', () => {
    const { pump, notes } = setup();
    const event = { type: 'partition.resumed', topic: 'orders', partition: 3 } as const;
    pump.note(event);
    expect(notes).toEqual([event]);
  });

  test('closes the source once, and says when that is through', async () => {
    const { source, pump, closed } = setup();
    expect(pump.isClosing).toBe(false);
    pump.close(true);
    pump.close(true);
    expect(pump.isClosing).toBe(true);
    expect(await closed.promise).toBeUndefined();
    expect(source.calls).toEqual([['close']]);
  });

  test('hands on the error of a source that does not close in order', async () => {
    const { source, pump, closed } = setup();
    const error = new Error('it hangs');
    source.closing = Promise.reject(error);
    pump.close(true);
    expect(await closed.promise).toBe(error);
  });
});
