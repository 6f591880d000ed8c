import type { CommitPolicy } from '../offsets/commit-policy.js';
import type { LanesFactory } from '../ordering/lanes.js';

/** Resolved settings of one engine. All times in milliseconds. */
export interface EngineOptions {
  /** Handlers at once; `Infinity` = as many as the lanes allow. */
  readonly concurrency: number;
  /** Makes the lanes of each newly assigned partition: the ordering. */
  readonly lanes: LanesFactory;
  readonly commit: CommitPolicy;
  /** Most that is held between receipt and settling, over all partitions; a little more for a moment, see `back-pressure.ts`. */
  readonly limits: { readonly messages: number; readonly bytes: number };
  /** Most messages asked for in one poll. */
  readonly pollSize: number;
  /** What a partition without a commit starts at. */
  readonly autoOffsetReset: 'latest' | 'earliest' | 'error';
  /** What happens to a committed offset that the log no longer has. */
  readonly onOutOfRange: 'error' | 'earliest' | 'latest';
  readonly onRevoke: 'drain' | 'hand-over';
  readonly drainTimeoutMs: number;
  readonly handlerTimeoutMs: number | undefined;
  readonly releaseKeyOnTimeout: boolean;
  /** How long the group tolerates a member that does not poll. */
  readonly maxPollIntervalMs: number;
  /** How long a partition that has something to read may stay silent before it is looked into. */
  readonly stallMs: number;
}
