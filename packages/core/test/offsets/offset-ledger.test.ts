import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { OffsetLedger } from '../../src/offsets/offset-ledger.js';

describe('the offset ledger', () => {
  test('says where its epoch starts before anything is received', () => {
    const ledger = new OffsetLedger(42);
    expect([ledger.watermark, ledger.position, ledger.head, ledger.tail]).toEqual([42, 42, 0, 0]);
    expect(ledger.leaderEpochBelow(0)).toBeUndefined();
  });

  test('moves the watermark to the oldest undone message, and past the last when all are done', () => {
    const ledger = new OffsetLedger(0);
    const [a, b, c] = [5, 6, 9].map((offset) => ledger.add(offset, 1)) as [number, number, number];
    expect(ledger.watermark).toBe(5);
    expect(ledger.settle(c)).toBe(false);
    expect(ledger.settle(a)).toBe(true);
    expect([ledger.watermark, ledger.doneAboveWatermark]).toEqual([6, 1]);
    expect(ledger.settle(b)).toBe(true);
    expect([ledger.watermark, ledger.doneAboveWatermark]).toEqual([10, 0]);
  });

  test('is not held up by offsets that the log left out', () => {
    const ledger = new OffsetLedger(0);
    const sequences = [3, 100, 1_000_000].map((offset) => ledger.add(offset, undefined));
    for (const sequence of sequences) ledger.settle(sequence);
    expect(ledger.watermark).toBe(1_000_001);
  });

  test('changes nothing when a message is settled twice, or one that it does not know', () => {
    const ledger = new OffsetLedger(0);
    ledger.add(0, 1);
    ledger.add(1, 1);
    expect([ledger.settle(1), ledger.settle(1), ledger.settle(7), ledger.settle(-1)]).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect([ledger.watermark, ledger.doneAboveWatermark]).toEqual([0, 1]);
    expect([ledger.settle(0), ledger.settle(0), ledger.settle(1)]).toEqual([true, false, false]);
    expect([ledger.watermark, ledger.doneAboveWatermark]).toEqual([2, 0]);
  });

  test('grows while many are undone, and forgets nothing', () => {
    const ledger = new OffsetLedger(0);
    for (let offset = 0; offset < 5_000; offset++) ledger.add(offset, 1);
    for (let sequence = 4_999; sequence > 0; sequence--) ledger.settle(sequence);
    expect([ledger.watermark, ledger.doneAboveWatermark]).toEqual([0, 4_999]);
    ledger.settle(0);
    expect([ledger.watermark, ledger.doneAboveWatermark]).toEqual([5_000, 0]);
  });

  test('passes on the epoch of the leader that wrote the last message that a commit covers', () => {
    const ledger = new OffsetLedger(10);
    ledger.add(10, 3);
    ledger.add(11, 3);
    ledger.add(12, 4);
    ledger.add(13, undefined);
    expect([0, 1, 2, 3, 4].map((sequence) => ledger.leaderEpochBelow(sequence))).toEqual([
      undefined,
      3,
      3,
      4,
      undefined,
    ]);
  });

  test('still knows the epoch below the watermark after everything was settled', () => {
    const ledger = new OffsetLedger(0);
    for (const epoch of [1, 2, 3]) ledger.settle(ledger.add(epoch, epoch));
    expect(ledger.leaderEpochBelow(ledger.head)).toBe(3);
    ledger.add(9, 4);
    expect(ledger.leaderEpochBelow(ledger.head)).toBe(3);
  });

  test('agrees with a naive model, whatever the gaps and the order of settling', () => {
    const message = fc.record({
      gap: fc.oneof(fc.constant(0), fc.nat(50)),
      epochStep: fc.constantFrom(0, 0, 0, 1),
    });
    const step = fc.oneof(message, fc.record({ settle: fc.nat(400) }));
    fc.assert(
      fc.property(fc.nat(1_000), fc.array(step, { maxLength: 700 }), (start, steps) => {
        const ledger = new OffsetLedger(start);
        const model: { offset: number; epoch: number; done: boolean }[] = [];
        let epoch = 0;
        let position = start;
        for (const each of steps) {
          if ('gap' in each) {
            epoch += each.epochStep;
            expect(ledger.add(position + each.gap, epoch)).toBe(model.length);
            model.push({ offset: position + each.gap, epoch, done: false });
            position += each.gap + 1;
          } else {
            const before = ledger.watermark;
            const moved = ledger.settle(each.settle);
            const slot = model[each.settle];
            if (slot !== undefined) slot.done = true;
            expect(moved).toBe(ledger.watermark !== before);
          }
          const undone = model.findIndex(({ done }) => !done);
          const head = undone < 0 ? model.length : undone;
          expect(ledger.watermark).toBe(undone < 0 ? position : model[undone]?.offset);
          expect([ledger.head, ledger.tail, ledger.position]).toEqual([head, model.length, position]);
          expect(ledger.doneAboveWatermark).toBe(model.slice(head).filter(({ done }) => done).length);
          expect(ledger.leaderEpochBelow(head)).toBe(model[head - 1]?.epoch);
          expect(ledger.leaderEpochBelow(model.length)).toBe(model.at(-1)?.epoch);
        }
      }),
      { numRuns: 60 },
    );
  });
});
