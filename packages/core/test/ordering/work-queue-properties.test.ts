import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Unordered } from '../../src/ordering/unordered.js';
import { type Turn, WorkQueue } from '../../src/ordering/work-queue.js';

const shape = fc.record({
  slots: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(Infinity)),
  /** Partitions by topic. */
  topics: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 }),
});

const moves = fc.array(
  fc.record({ kind: fc.constantFrom('offer', 'withdraw', 'start', 'start', 'end'), pick: fc.nat(999) }),
  {
    maxLength: 120,
  },
);

function setup(slots: number, topics: readonly number[]): { queue: WorkQueue; turns: Turn[] } {
  const queue = new WorkQueue(slots);
  const turns = topics.flatMap((partitions, topic) =>
    Array.from({ length: partitions }, (): Turn => ({
      lanes: new Unordered(),
      topicTurns: queue.join(`t${topic}`),
      held: 0,
      waitIndex: -1,
    })),
  );
  return { queue, turns };
}

const waits = (turn: Turn): boolean => turn.waitIndex >= 0;

describe('whatever is offered, taken and given back', () => {
  test('the slots are never exceeded, and only what waits is handed out', () => {
    fc.assert(
      fc.property(shape, moves, ({ slots, topics }, steps) => {
        const { queue, turns } = setup(slots, topics);
        for (const { kind, pick } of steps) {
          const turn = turns[pick % turns.length] as Turn;
          if (kind === 'offer' || kind === 'withdraw') queue.offer(turn, kind === 'offer');
          else if (kind === 'end' && turn.held > 0) queue.gaveBack(turn);
          else if (kind === 'start') {
            const next = queue.next();
            if (next === undefined) continue;
            expect(waits(next)).toBe(true);
            queue.took(next);
          }
          expect(queue.held).toBeLessThanOrEqual(slots);
          expect(queue.held).toBe(turns.reduce((sum, { held }) => sum + held, 0));
          expect(queue.hasWork).toBe(turns.some(waits));
        }
      }),
    );
  });

  test('nobody takes more than its equal part while another that waits has less', () => {
    fc.assert(
      fc.property(shape, moves, ({ slots, topics }, steps) => {
        const { queue, turns } = setup(slots, topics);
        for (const { kind, pick } of steps) {
          const turn = turns[pick % turns.length] as Turn;
          if (kind === 'offer' || kind === 'withdraw') queue.offer(turn, kind === 'offer');
          else if (kind === 'end' && turn.held > 0) queue.gaveBack(turn);
          const next = queue.next();
          if (kind !== 'start' || next === undefined) continue;
          const share = Math.max(1, Math.floor(slots / topics.length));
          const waiting = turns.filter(waits);
          const poorest = Math.min(...waiting.map(({ topicTurns }) => topicTurns.held));
          if (next.topicTurns.held >= share) expect(next.topicTurns.held).toBe(poorest);
          const siblings = waiting.filter(({ topicTurns }) => topicTurns === next.topicTurns);
          const part = Math.max(1, Math.floor((next.topicTurns.held + 1) / siblings.length));
          if (next.held >= part) expect(next.held).toBe(Math.min(...siblings.map(({ held }) => held)));
          queue.took(next);
        }
      }),
    );
  });

  test('a partition that waits is started within a bounded number of starts as long as handlers end', () => {
    fc.assert(
      fc.property(
        shape,
        fc.array(fc.nat(999), { minLength: 400, maxLength: 400 }),
        ({ slots, topics }, picks) => {
          const { queue, turns } = setup(Math.min(slots, 20), topics);
          const startedAt = new Map<Turn, number>(turns.map((turn) => [turn, 0]));
          const running: Turn[] = [];
          for (const turn of turns) queue.offer(turn, true);
          let starts = 0;
          for (const pick of picks) {
            for (let next = queue.next(); next !== undefined; next = queue.next()) {
              queue.took(next);
              running.push(next);
              startedAt.set(next, ++starts);
            }
            // the one that has run longest ends, or any other now and then
            const [ended] = running.splice(pick % 4 === 0 ? pick % running.length : 0, 1) as [Turn];
            queue.gaveBack(ended);
            if (pick % 3 === 0) {
              queue.offer(ended, false);
              queue.offer(ended, true);
            }
            for (const at of startedAt.values()) expect(starts - at).toBeLessThan(20 * (turns.length + 20));
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test('no slot stays empty while work waits, but for one share that is kept for an idle topic', () => {
    fc.assert(
      fc.property(shape, moves, ({ slots, topics }, steps) => {
        const { queue, turns } = setup(slots, topics);
        for (const { kind, pick } of steps) {
          const turn = turns[pick % turns.length] as Turn;
          if (kind === 'offer' || kind === 'withdraw') queue.offer(turn, kind === 'offer');
          else if (kind === 'end' && turn.held > 0) queue.gaveBack(turn);
          else if (kind === 'start') {
            const next = queue.next();
            if (next !== undefined) {
              queue.took(next);
              continue;
            }
            if (!turns.some(waits)) continue;
            const isIdle = (topic: Turn['topicTurns']): boolean => topic.held === 0;
            const reserve = turns.some(({ topicTurns }) => isIdle(topicTurns))
              ? Math.max(1, Math.floor(slots / topics.length))
              : 0;
            expect(queue.held).toBeGreaterThanOrEqual(slots - reserve);
          }
        }
      }),
    );
  });
});
