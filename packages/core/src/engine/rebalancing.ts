import { decodeMetadata, withPartitionCount } from '../offsets/commit-metadata.js';
import type {
  AssignmentFacts,
  PartitionFacts,
  PartitionStart,
  Rebalance,
  TopicFacts,
} from '../source/assignment.js';
import type { EngineState } from './engine-state.js';
import { OwnedPartition, partitionOf } from './owned-partition.js';
import { decideStart, recordedCount, type StartDecision } from './start-position.js';

/** With `hand-over` the answer waits for the acknowledgement of what is settled, but not longer than this. */
const HAND_OVER_MS = 5_000;

interface Pending {
  readonly rebalance: Rebalance;
  readonly since: number;
  /** What is drained; empty while an assignment is looked up. */
  readonly draining: readonly OwnedPartition[];
  readonly deadline: number;
}

/** `leaving`: unsubscribed, the last revoke is still to come. `left`: nothing is owned, and nothing comes any more. */
type Membership = 'joined' | 'leaving' | 'left';

/**
 * What happens when partitions come and go. An assign is answered when it is known where each partition starts; a
 * revoke when what runs of these partitions is finished and its commit acknowledged, or the time is up; a loss at once.
 * Stopping is a revoke of everything, there is no other way out.
 */
export class Rebalancing {
  readonly #state: EngineState;
  /** A start position could not be decided: the consumer must fail with this reason. */
  readonly #refuse: (reason: string, now: number) => void;
  #pending: Pending | undefined = undefined;
  #membership: Membership = 'joined';

  constructor(state: EngineState, refuse: (reason: string, now: number) => void) {
    this.#state = state;
    this.#refuse = refuse;
  }

  /** A rebalance waits for its answer. */
  get isPending(): boolean {
    return this.#pending !== undefined;
  }

  get hasLeft(): boolean {
    return this.#membership === 'left';
  }

  begin(rebalance: Rebalance, now: number): void {
    const state = this.#state;
    const { onRevoke, drainTimeoutMs, commit } = state.options;
    state.rebalancing = true;
    // our own clock may know better than the client that the group has moved on
    const kind = rebalance.kind === 'revoke' && state.isDoubtful(now) ? 'lost' : rebalance.kind;
    switch (kind) {
      case 'assign':
        this.#pending = { rebalance, since: now, draining: [], deadline: Infinity };
        if (state.stopping || commit.covers === 'nothing' || rebalance.partitions.length === 0)
          this.#assignUnseen(now);
        else state.ports.locate(rebalance.id, rebalance.partitions);
        return;
      case 'revoke': {
        const draining = state.table.select(rebalance.partitions);
        for (const partition of draining) {
          if (partition.phase !== 'halted') partition.phase = 'draining';
          state.dropWaiting(partition);
          state.commits.touch(partition);
        }
        state.commits.retryNow();
        if (onRevoke === 'hand-over')
          state.abort((d) => draining.includes(partitionOf(d)), 'the partition is handed over');
        const patience = onRevoke === 'hand-over' ? Math.min(HAND_OVER_MS, drainTimeoutMs) : drainTimeoutMs;
        this.#pending = { rebalance, since: now, draining, deadline: now + patience };
        this.advance(now);
        return;
      }
      case 'lost': {
        const lost = state.table.select(rebalance.partitions);
        let abandoned = 0;
        for (const partition of lost)
          abandoned += state.abandonPartition(partition, 'the partition was lost');
        state.ports.note({ type: 'partitions.lost', partitions: rebalance.partitions, abandoned });
        this.#answer(rebalance, []);
      }
    }
  }

  /** The facts for a pending assignment have come. */
  located(rebalanceId: number, facts: AssignmentFacts, now: number): void {
    const pending = this.#pending;
    if (pending?.rebalance.id !== rebalanceId || pending.rebalance.kind !== 'assign') return;
    const topics = new Map(facts.topics.map((topic) => [topic.topic, topic]));
    for (const topic of facts.topics) this.#countForeign(topic);
    const starts: PartitionStart[] = [];
    const assigned: OwnedPartition[] = [];
    let refusal: string | undefined;
    for (const partition of facts.partitions) {
      const topic = topics.get(partition.topic) ?? {
        topic: partition.topic,
        partitionCount: 0,
        metadata: [],
      };
      const decision = decideStart(partition, topic, this.#state.options);
      if (decision.kind === 'refuse') refusal ??= decision.reason;
      assigned.push(this.#own(partition, topic, decision, now));
      starts.push({
        topic: partition.topic,
        partition: partition.partition,
        offset: explicitOffset(partition, decision),
      });
    }
    this.#assigned(pending.rebalance, starts, assigned);
    if (refusal !== undefined) this.#refuse(refusal, now);
    this.#state.advanceCommits(now);
  }

  /** Leaves the group: at once, or when the rebalance that waits is answered. A look-up whose result nobody needs is not waited for. */
  leave(now: number): void {
    if (this.#pending?.rebalance.kind === 'assign') this.#assignUnseen(now);
    if (this.#membership !== 'joined' || this.isPending) return;
    this.#membership = 'leaving';
    this.#state.ports.unsubscribe();
  }

  /** `unsubscribe` went through and nothing was assigned. */
  left(): void {
    if (this.#membership === 'leaving') this.#membership = 'left';
  }

  /** Answers a revoke when it is drained or its time is up. */
  advance(now: number): void {
    const pending = this.#pending;
    if (pending === undefined || pending.rebalance.kind === 'assign') return;
    const state = this.#state;
    if (now < pending.deadline && !pending.draining.every((partition) => this.#isDrained(partition))) {
      state.commits.hurry();
      state.advanceCommits(now);
      return;
    }
    let abandoned = 0;
    for (const partition of pending.draining)
      abandoned += state.abandonPartition(partition, 'the partition was revoked');
    state.ports.note({
      type: 'partitions.revoked',
      partitions: pending.rebalance.partitions,
      drainedMs: now - pending.since,
      abandoned,
    });
    this.#answer(pending.rebalance, []);
  }

  #isDrained(partition: OwnedPartition): boolean {
    const { onRevoke } = this.#state.options;
    // partitions that a loss took away meanwhile have nothing left to do
    if (partition.phase === 'gone') return true;
    if (partition.held > 0 && onRevoke === 'drain') return false;
    const { commits, options } = this.#state;
    if (options.commit.covers === 'received')
      return partition.waitIndex < 0 && commits.sentSequence(partition) === partition.acknowledgedSequence;
    return partition.waitIndex < 0 && (commits.isCurrent(partition) || partition.commitRefused);
  }

  /** Assigns without a look-up: the client alone knows where it starts, or it does not matter any more. */
  #assignUnseen(now: number): void {
    const { rebalance } = this.#pending as Pending;
    const assigned = this.#state.stopping
      ? []
      : rebalance.partitions.map((place) => {
          const owned = this.#make(place.topic, place.partition, 0, now);
          owned.phase = 'active';
          return owned;
        });
    this.#assigned(
      rebalance,
      rebalance.partitions.map(({ topic, partition }) => ({ topic, partition, offset: undefined })),
      assigned,
    );
  }

  #assigned(
    rebalance: Rebalance,
    starts: readonly PartitionStart[],
    assigned: readonly OwnedPartition[],
  ): void {
    const { ports, pauses } = this.#state;
    ports.note({ type: 'partitions.assigned', partitions: rebalance.partitions });
    this.#answer(rebalance, starts);
    pauses.reapply(assigned);
    for (const partition of assigned)
      if (partition.haltReason !== undefined) this.#state.halt(partition, partition.haltReason);
  }

  #answer(rebalance: Rebalance, starts: readonly PartitionStart[]): void {
    const { ports, table } = this.#state;
    this.#pending = undefined;
    this.#state.rebalancing = false;
    if (rebalance.kind !== 'assign' && this.#membership === 'leaving' && table.size === 0)
      this.#membership = 'left';
    ports.answer(rebalance, starts);
    // the client has stopped fetching for all of them meanwhile, and its threads may sleep on
    const kept = [...table.all()];
    if (kept.length > 0) ports.kick(kept);
  }

  #make(topic: string, partition: number, start: number, now: number): OwnedPartition {
    const state = this.#state;
    const old = state.table.find(topic, partition);
    // a source that assigns what it never took back: the old life must not go on beside the new one
    if (old !== undefined) state.abandonPartition(old, 'the partition was assigned anew');
    const place = { topic, partition, epoch: ++state.epoch, start };
    const owned = new OwnedPartition(place, state.options.lanes(), state.queue.join(topic));
    owned.heardAt = now;
    state.table.add(owned);
    return owned;
  }

  #own(facts: PartitionFacts, topic: TopicFacts, decision: StartDecision, now: number): OwnedPartition {
    const { ports, commits } = this.#state;
    const start = decision.kind === 'refuse' ? facts.low : decision.offset;
    const count = recordedCount(topic) ?? topic.partitionCount;
    const owned = this.#make(facts.topic, facts.partition, start, now);
    owned.low = facts.low;
    owned.highWater = facts.high;
    switch (decision.kind) {
      case 'committed':
        owned.phase = 'active';
        owned.committed = decision.offset;
        owned.metadata = withPartitionCount(decision.metadata, count);
        break;
      case 'explicit':
        owned.metadata = withPartitionCount(new Map(), count);
        owned.mustCommit = true;
        commits.touch(owned);
        commits.hurry();
        ports.note({
          type: 'start.decided',
          topic: facts.topic,
          partition: facts.partition,
          offset: start,
          because: decision.because,
          before: decision.before,
        });
        break;
      case 'halt':
      case 'refuse':
        owned.committed = start;
        owned.haltReason = decision.reason;
        break;
    }
    return owned;
  }

  #countForeign(topic: TopicFacts): void {
    const count = topic.metadata.filter((text) => text !== '' && decodeMetadata(text) === undefined).length;
    if (count > 0) this.#state.ports.note({ type: 'metadata.ignored', topic: topic.topic, count });
  }
}

/** A halted partition must be assigned all the same: somewhere harmless, and paused. */
function explicitOffset(facts: PartitionFacts, decision: StartDecision): number | undefined {
  switch (decision.kind) {
    case 'committed':
      return undefined;
    case 'explicit':
      return decision.offset;
    case 'halt':
    case 'refuse':
      return facts.high;
  }
}
