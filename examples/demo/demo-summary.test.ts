import { expect, test } from 'vitest';

import { type ConsumerResult, type RunResult, summarize } from './demo-summary.js';

const consumer: ConsumerResult = {
  name: 'books',
  strategy: 'in order',
  keepsOrder: true,
  handled: 100,
  committed: 100,
  duplicates: 0,
  outOfOrder: 0,
  seconds: 4,
};
const run = (changed: Partial<ConsumerResult>, result: Partial<RunResult> = {}): RunResult => ({
  wanted: 100,
  produced: 100,
  ended: undefined,
  consumers: [{ ...consumer, ...changed }],
  ...result,
});

test('a run in which everything was handled and committed is fine', () => {
  expect(summarize(run({}))).toEqual({
    ok: true,
    problems: [],
    consumers: [
      {
        name: 'books',
        strategy: 'in order',
        produced: 100,
        handled: 100,
        committed: 100,
        duplicates: 0,
        outOfOrder: 0,
        messagesPerSecond: 25,
      },
    ],
  });
});

test.for([
  ['an event that was not handled', run({ handled: 99, committed: 99 }), 'books has not handled 1 events'],
  [
    'a commit beyond what was handled',
    run({ handled: 98, committed: 99 }),
    'books has committed 1 events that it has not handled',
  ],
  [
    'a commit that is missing',
    run({ committed: 97 }),
    'books has not committed 3 events that it has handled',
  ],
  ['disorder where order was promised', run({ outOfOrder: 2 }), 'books has handled 2 events out of order'],
  ['a producer that gave up', run({}, { produced: 99 }), 'produced 99 of 100 events'],
  ['an early end', run({}, { ended: 'a consumer has failed' }), 'a consumer has failed'],
] as const)('%s is a problem', ([, result, problem]) => {
  const { ok, problems } = summarize(result);

  expect(ok).toBe(false);
  expect(problems).toContain(problem);
});

test('duplicates, and disorder where none was promised otherwise, are told and no problem', () => {
  expect(summarize(run({ duplicates: 5 })).ok).toBe(true);
  expect(summarize(run({ keepsOrder: false, outOfOrder: 50 })).ok).toBe(true);
});

test('when a run without an end is stopped, unread events are no loss', () => {
  expect(summarize(run({ handled: 60, committed: 60 }, { wanted: undefined })).ok).toBe(true);
});
