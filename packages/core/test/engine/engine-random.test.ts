import { expect, test } from 'vitest';

import { ModelRun } from '../support/model/model-run.js';

/** `MILLRACE_ENGINE_SEEDS=from:count` tries others. */
const [from = 1, count = 2_000] = (process.env['MILLRACE_ENGINE_SEEDS'] ?? '')
  .split(':')
  .filter(Boolean)
  .map(Number);

/** Corners that a batch of this size must have reached; otherwise the runs have gone blunt. */
const CORNERS = [
  'a full window',
  'a kill',
  'a frozen loop',
  'a lost answer',
  'a drain that ran out of time',
  'commit.failed',
  'handler.timed-out',
  'message.duplicated',
  'ownership.doubted',
  'partition.paused',
  'partition.resumed',
  'partitions.lost',
  'partition.stalled',
  'start.decided',
];

test(`no schedule of ${count} breaks a guarantee`, { timeout: 60_000 + 50 * count }, () => {
  const seen = new Set<string>();
  for (let seed = from; seed < from + count; seed++) {
    const marks = new Set<string>();
    try {
      new ModelRun(seed, marks).run();
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
    for (const mark of marks) seen.add(mark);
  }
  if (count >= 2_000) expect(CORNERS.filter((corner) => !seen.has(corner))).toEqual([]);
});
