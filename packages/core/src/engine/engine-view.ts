import type { PartitionSnapshot } from '../inspection/snapshot.js';
import type { EngineState } from './engine-state.js';
import type { OwnedPartition } from './owned-partition.js';

/** Consecutive failed commits after which the consumer counts as unhealthy. */
const COMMIT_FAILURES = 5;
/** Age in milliseconds of an unanswered commit after which it counts as unhealthy. */
const COMMIT_AGE_MS = 30_000;

/** Where an engine stands, for snapshots and health. */
export interface EngineView {
  readonly partitions: readonly PartitionSnapshot[];
  readonly inFlight: number;
  readonly oldestHandlerMs: number;
  readonly processed: {
    readonly succeeded: number;
    readonly failed: number;
    readonly skipped: number;
    readonly deadLettered: number;
  };
  /** Monotonic milliseconds at which a poll last came back. */
  readonly lastPolledAt: number;
  readonly problems: readonly string[];
}

interface Seen {
  readonly processed: EngineView['processed'];
  readonly inFlight: number;
  readonly oldestHandlerMs: number;
  readonly problems: readonly string[];
  readonly now: number;
}

export function viewOf(state: EngineState, seen: Seen): EngineView {
  const problems = [...seen.problems];
  const { failures, inFlightSince } = state.commits;
  if (failures >= COMMIT_FAILURES)
    problems.push(`${String(failures)} commits in a row were not acknowledged`);
  if (inFlightSince !== undefined && seen.now - inFlightSince > COMMIT_AGE_MS)
    problems.push('a commit has had no answer for 30 s');
  const partitions = [...state.table.all()].map((partition) => partitionView(state, partition));
  for (const partition of state.table.all()) {
    if (partition.phase === 'halted')
      problems.push(
        `${partition.topic}[${String(partition.partition)}]: ${partition.haltReason ?? 'halted'}`,
      );
  }
  return {
    partitions,
    inFlight: seen.inFlight,
    oldestHandlerMs: seen.oldestHandlerMs,
    processed: seen.processed,
    lastPolledAt: state.flow.lastPolledAt,
    problems: [...new Set(problems)],
  };
}

function partitionView(state: EngineState, partition: OwnedPartition): PartitionSnapshot {
  const { committed, highWater, ledger } = partition;
  return {
    topic: partition.topic,
    partition: partition.partition,
    state: phaseOf(state, partition),
    reason: reasonOf(state, partition),
    position: ledger.position,
    committed,
    highWater,
    lag: highWater === undefined || committed === undefined ? undefined : Math.max(0, highWater - committed),
    // a handler whose time was up holds its slot, while its message is settled
    buffered: Math.max(0, partition.count - partition.held),
    inFlight: partition.held,
    doneAboveWatermark: ledger.doneAboveWatermark,
  };
}

function phaseOf(state: EngineState, partition: OwnedPartition): PartitionSnapshot['state'] {
  switch (partition.phase) {
    case 'opening':
    case 'active':
      return state.pauses.isPaused(partition) ? 'paused' : 'active';
    case 'draining':
    case 'gone':
      return 'draining';
    case 'halted':
      return 'halted';
  }
}

function reasonOf(state: EngineState, partition: OwnedPartition): string | undefined {
  if (partition.phase === 'halted') return partition.haltReason;
  if (partition.phase === 'opening') return 'its start position is being committed';
  if (state.isHeldByStray(partition)) return 'a handler of its last assignment still runs the next message';
  const { commit } = state.options;
  if (commit.covers === 'settled' && commit.scope === 'partition' && partition.exposed >= commit.window) {
    return `${String(partition.exposed)} messages are started above the acknowledged commit: the window is used up`;
  }
  return state.pauses.reasonFor(partition);
}
