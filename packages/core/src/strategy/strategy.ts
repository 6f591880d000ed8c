import type { CommitPolicy } from '../offsets/commit-policy.js';
import type { LanesFactory } from '../ordering/lanes.js';

/**
 * A named choice on ordering × concurrency × commit. A new one is a short file beside this that fills these in, and
 * whose head comment says what can be lost, repeated and reordered.
 */
export interface Strategy {
  /** Shown in snapshots, logs and metrics. */
  readonly name: string;
  readonly lanes: LanesFactory;
  /** Handlers at once; `Infinity` = as many as the lanes allow. */
  readonly concurrency: number;
  readonly commit: CommitPolicy;
}
