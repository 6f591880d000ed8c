import type { CommitPolicy } from '../offsets/commit-policy.js';
import { Unordered } from '../ordering/unordered.js';
import type { Strategy } from './strategy.js';

/** What a fast consumer can choose. */
export interface FastChoice {
  readonly maxConcurrency: number;
  readonly delivery: 'at-least-once' | 'at-most-once' | 'baseplate';
  /** Milliseconds between background commits. */
  readonly intervalMs: number;
  /** Most messages above the last acknowledged commit, per partition. */
  readonly window: number;
}

const COVERS: Record<FastChoice['delivery'], CommitPolicy['covers']> = {
  'at-least-once': 'settled',
  'at-most-once': 'received',
  baseplate: 'nothing',
};

/**
 * Many messages at once, in any order.
 *
 * Reordered: always. `at-least-once`: nothing lost; after a crash at most the window repeats in each partition, since a
 * commit only ever covers what is done. `at-most-once`: nothing repeated; a crash loses what was committed and not yet
 * handled (what is in flight and buffered). `baseplate`: the client commits by itself what it has handed over: both
 * loses and repeats, as the ancestor does, but for a clean stop, which drains.
 */
export function fast(choice: FastChoice): Strategy {
  return {
    name: `fast (${choice.delivery})`,
    lanes: () => new Unordered(),
    concurrency: choice.maxConcurrency,
    commit: {
      covers: COVERS[choice.delivery],
      pace: choice.delivery === 'at-most-once' ? 'eager' : 'interval',
      intervalMs: choice.intervalMs,
      window: choice.window,
      scope: 'partition',
    },
  };
}
