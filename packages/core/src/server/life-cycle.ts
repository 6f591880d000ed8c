import type { ConsumerSnapshot } from '../inspection/snapshot.js';
import { type LegalMoves, StateTable } from '../internal/state-table.js';

/** States of a consumer, and of the server around it. */
export type LifeCycleState = ConsumerSnapshot['state'];

/** Every state with what may follow it. It only goes forward: what has ended is never started again. */
export const lifeCycleMoves: LegalMoves<LifeCycleState> = {
  /** Made, and perhaps about to connect; no message is handled yet. */
  starting: ['running', 'draining', 'stopped', 'failed'],
  /** Connected; messages are handled as they come. */
  running: ['draining', 'stopped', 'failed'],
  /** No new message starts; what runs is finished and committed. */
  draining: ['stopped', 'failed'],
  /** It was told to end, and everything is closed. */
  stopped: [],
  /** It ended because of an error, and everything is closed. */
  failed: [],
};

/** The one place that holds the state of a consumer or a server. */
export type LifeCycle = StateTable<LifeCycleState>;

/** @param moved - told after each move, never of `starting` */
export function lifeCycle(moved: (state: LifeCycleState, before: LifeCycleState) => void): LifeCycle {
  return new StateTable(lifeCycleMoves, 'starting', moved);
}
