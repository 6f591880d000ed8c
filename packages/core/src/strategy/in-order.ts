import { ByPartition } from '../ordering/by-partition.js';
import type { Strategy } from './strategy.js';

/** What an in-order consumer can choose. */
export interface InOrderChoice {
  /** `each`: acknowledged before the next message. `pipelined`: one commit always in flight. `interval`: in the background. */
  readonly commit: 'each' | 'pipelined' | 'interval';
  /** `consumer`: one message at a time. `partition`: one a partition, partitions side by side. */
  readonly lanes: 'consumer' | 'partition';
  /** Milliseconds, for `interval`. */
  readonly intervalMs: number;
  /** Most messages above the last acknowledged commit, for all but `each`. */
  readonly window: number;
}

/**
 * One message at a time, in the order of the log.
 *
 * Lost: nothing. Repeated after a crash: with `each` at most one message (one a lane), with `pipelined` what was
 * handled during two commit round trips, with `interval` at most the window. Reordered: nothing within a partition.
 *
 * `each` is a window of one: the next message starts when the acknowledged commit covers the one before.
 */
export function inOrder(choice: InOrderChoice): Strategy {
  const perPartition = choice.lanes === 'partition';
  return {
    name: `in-order (commit ${choice.commit}, lanes ${choice.lanes})`,
    lanes: () => new ByPartition(),
    concurrency: perPartition ? Infinity : 1,
    commit: {
      covers: 'settled',
      pace: choice.commit === 'interval' ? 'interval' : 'eager',
      intervalMs: choice.intervalMs,
      window: choice.commit === 'each' ? 1 : choice.window,
      scope: perPartition ? 'partition' : 'consumer',
    },
  };
}
