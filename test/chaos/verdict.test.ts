import { expect, test } from 'vitest';

import type { Run } from './ledger.js';
import { type Circumstances, judge } from './verdict.js';

const PLACE = 't[0]';

/** A run of message `offset` in process `pid` from `startedAt`; it takes 1 ms unless it never ends. */
const run = (
  pid: number,
  offset: number,
  startedAt: number,
  endedAt: number | undefined = startedAt + 1,
): Run => ({
  pid,
  topic: 't',
  partition: 0,
  offset,
  id: offset,
  startedAt,
  endedAt,
});
const unended = (pid: number, offset: number, startedAt: number): Run => ({
  ...run(pid, offset, startedAt),
  endedAt: undefined,
});
const circumstances = (end: number, own: Partial<Circumstances> = {}): Circumstances => ({
  kills: [],
  ends: new Map([[PLACE, end]]),
  committed: new Map([[PLACE, end]]),
  ordered: true,
  ...own,
});

test('finds nothing wrong with messages handled once and in order', () => {
  const verdict = judge([run(1, 0, 0), run(1, 1, 2), run(2, 2, 4)], circumstances(3));
  expect(verdict).toEqual({
    messages: 3,
    runs: 3,
    lost: [],
    phantoms: [],
    duplicatesPerKill: [],
    mostDuplicatesInPartition: 0,
    unexplained: [],
    overlaps: [],
    disordered: [],
    uncommitted: [],
  });
});

test('counts what was repeated after a kill for that kill', () => {
  const kills = [{ pid: 1, at: 10 }];
  const runs = [run(1, 0, 0), run(1, 1, 2), unended(1, 2, 4), run(2, 1, 20), run(2, 2, 22)];
  const verdict = judge(runs, circumstances(3, { kills }));
  expect(verdict.duplicatesPerKill).toEqual([2]);
  expect(verdict.mostDuplicatesInPartition).toBe(2);
  expect(verdict.unexplained).toEqual([]);
  expect(verdict.disordered).toEqual([]);
});

test.each([
  ['lost', [run(1, 0, 0), unended(1, 1, 2)], { kills: [{ pid: 1, at: 9 }] }],
  ['lost', [run(1, 0, 0)], {}],
  ['phantoms', [run(1, 0, 0), run(1, 1, 2), run(1, 2, 4)], {}],
  ['unexplained', [run(1, 0, 0), run(1, 1, 2), run(2, 1, 4)], {}],
  ['overlaps', [run(1, 0, 0), run(1, 1, 2, 9), run(2, 1, 4)], { ordered: false }],
  ['overlaps', [run(1, 0, 0, 9), run(1, 1, 2)], {}],
  ['disordered', [run(1, 1, 0), run(1, 0, 2)], {}],
  ['uncommitted', [run(1, 0, 0), run(1, 1, 2)], { committed: new Map([[PLACE, 1]]) }],
] as const)('finds what is %s', (kind, runs, own) => {
  expect(judge(runs, circumstances(2, own))[kind]).not.toEqual([]);
});
