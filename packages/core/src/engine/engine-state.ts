import type { Delivery } from '../delivery/delivery.js';
import { RunningList } from '../delivery/running-list.js';
import { MillraceError } from '../errors.js';
import { CommitDriver } from '../offsets/commit-driver.js';
import { WorkQueue } from '../ordering/work-queue.js';
import { BackPressure } from './back-pressure.js';
import { DesiredPauses } from './desired-pauses.js';
import type { EngineOptions } from './engine-options.js';
import type { OwnedPartition } from './owned-partition.js';
import { PartitionTable } from './partition-table.js';
import type { Ports } from './ports.js';

/** What the parts of the engine share, with the few moves that several of them make. */
export class EngineState {
  readonly options: EngineOptions;
  readonly ports: Ports;
  readonly table = new PartitionTable();
  readonly queue: WorkQueue<OwnedPartition>;
  readonly running = new RunningList();
  /** Handlers whose time limit has passed; they hold their slots until they end. */
  readonly overdue = new RunningList();
  /** Handlers that go on although their partition is not ours any more. */
  readonly strays = new Set<Delivery>();
  readonly pauses: DesiredPauses;
  readonly flow: BackPressure;
  readonly commits: CommitDriver<OwnedPartition>;
  /** Raised at each assign of a partition. */
  epoch = 0;
  /** Started above the last acknowledged commit, over all partitions. */
  exposed = 0;
  /** Nothing new starts; the consumer is on its way out. */
  stopping = false;
  /** A rebalance waits for its answer: until then the source fetches nothing. Written by `Rebalancing`. */
  rebalancing = false;
  /** Until then the ownership of everything is in doubt: no commit, no start. 0 = it is not. */
  doubtedUntil = 0;

  constructor(options: EngineOptions, ports: Ports, now: number) {
    this.options = options;
    this.ports = ports;
    this.queue = new WorkQueue<OwnedPartition>(options.concurrency);
    this.pauses = new DesiredPauses(ports);
    this.flow = new BackPressure(options, { ports, pauses: this.pauses, table: this.table }, now);
    this.commits = new CommitDriver<OwnedPartition>(options.commit, {
      commit: (id, entries) => {
        ports.commit(id, entries);
      },
      exposed: (partition) => this.exposedOf(partition),
      acknowledged: (partition, covered) => {
        this.#acknowledged(partition, covered);
      },
      noteAcknowledged: (partitions, roundTripMs) => {
        ports.note({ type: 'commit.acknowledged', partitions, roundTripMs });
      },
      noteFailed: (partitions, { code, message }, failures) => {
        ports.note({ type: 'commit.failed', partitions, code, message, failures });
      },
    });
  }

  /** Tells the work queue whether the partition has something that may start now. Cheap; call it whenever that may have changed. */
  refresh(partition: OwnedPartition): void {
    this.queue.offer(partition, this.#mayStart(partition));
  }

  /** Whether work stands still only because an acknowledgement is outstanding. */
  get isAckAwaited(): boolean {
    if (this.commits.inFlightSince === undefined) return false;
    return (
      this.exposed >= this.consumerWindow || (!this.queue.hasWork && this.flow.messages > this.queue.held)
    );
  }

  /** How much of the window is used up that this partition is subject to. */
  exposedOf(partition: OwnedPartition): number {
    return this.options.commit.scope === 'consumer' ? this.exposed : partition.exposed;
  }

  /** W over the whole consumer; `Infinity` where it counts per partition. */
  get consumerWindow(): number {
    const { commit } = this.options;
    return commit.scope === 'consumer' && commit.covers === 'settled' ? commit.window : Infinity;
  }

  /** Sends a commit if one is due, unless ownership is in doubt. */
  advanceCommits(now: number): void {
    if (!this.isDoubtful(now)) this.commits.advance(now);
  }

  /** Whether the loop has been away so long that the group may have moved on: known at once, not only with the next poll. */
  isDoubtful(now: number): boolean {
    return now < this.doubtedUntil || now - this.flow.lastPolledAt >= this.options.maxPollIntervalMs;
  }

  /** Whether messages of this partition are taken in. On the way out they are left for the next owner, unless the client has already committed them. */
  mayReceive(partition: OwnedPartition): boolean {
    if (this.options.commit.covers === 'nothing') return partition.phase !== 'gone';
    return !this.stopping && (partition.phase === 'active' || partition.phase === 'opening');
  }

  /** Takes what has not been started out of a partition that is given up; what the commit policy owes a run stays. */
  dropWaiting(partition: OwnedPartition): void {
    const { covers } = this.options.commit;
    const from =
      covers === 'settled' ? 0 : covers === 'received' ? this.commits.sentSequence(partition) : Infinity;
    partition.lanes.drop(from, (delivery) => {
      this.letGo(partition, delivery.message.size);
    });
    this.refresh(partition);
  }

  /** Nothing of the partition is handled any more, though it is ours. What waits goes: the others have use for its room. */
  halt(partition: OwnedPartition, reason: string): void {
    const { topic, partition: number } = partition;
    partition.phase = 'halted';
    partition.haltReason = reason;
    partition.lanes.drop(0, (delivery) => {
      this.letGo(partition, delivery.message.size);
    });
    this.refresh(partition);
    this.pauses.pause([partition], 'halted');
    this.ports.note({ type: 'partition.halted', topic, partition: number, reason });
  }

  /** A message is held no longer. */
  letGo(partition: OwnedPartition, size: number): void {
    partition.count--;
    partition.bytes -= size;
    this.flow.released(1, size);
  }

  /**
   * The partition is not ours any more: whatever still runs of it is told, and changes nothing from now on. Returns how
   * many run, and how many a commit already covers that will not run any more.
   */
  abandonPartition(partition: OwnedPartition, why: string): number {
    this.dropWaiting(partition);
    partition.phase = 'gone';
    let owed = 0;
    partition.lanes.drop(0, () => {
      owed++;
    });
    this.queue.leave(partition);
    this.flow.released(partition.count, partition.bytes);
    partition.count = partition.bytes = 0;
    this.exposed -= partition.exposed;
    this.pauses.forget(partition);
    this.table.remove(partition);
    for (const list of [this.running, this.overdue]) {
      for (const delivery of list) if (delivery.home === partition) this.strays.add(delivery);
    }
    return owed + this.abort((delivery) => delivery.home === partition, why);
  }

  /** The handler of a partition that is gone has ended; the partition may have come back and waited for this. */
  strayEnded(delivery: Delivery): void {
    this.strays.delete(delivery);
    const successor = this.table.find(delivery.home.topic, delivery.home.partition);
    if (successor !== undefined) this.refresh(successor);
  }

  /** Whether the message that would start next is still being handled, for an earlier assignment of its partition. */
  isHeldByStray(partition: OwnedPartition): boolean {
    if (this.strays.size === 0) return false;
    const next = partition.lanes.peek()?.message.offset;
    for (const { home, message } of this.strays) {
      if (message.offset === next && home.partition === partition.partition && home.topic === partition.topic)
        return true;
    }
    return false;
  }

  /** Fires the signals of running deliveries. Returns how many. */
  abort(which: (delivery: Delivery) => boolean, why: string): number {
    let count = 0;
    for (const delivery of this.running) {
      if (!which(delivery)) continue;
      count++;
      this.ports.abort(delivery, new MillraceError('PARTITION_LOST', why));
    }
    return count;
  }

  #mayStart(partition: OwnedPartition): boolean {
    if (partition.lanes.runnable === 0 || this.isHeldByStray(partition)) return false;
    const { commit } = this.options;
    switch (partition.phase) {
      case 'active':
        // on its way out only what a commit already covers is still owed a run
        if (this.stopping && commit.covers === 'settled') return false;
        break;
      case 'draining':
        if (commit.covers === 'settled') return false;
        break;
      case 'opening':
      case 'halted':
      case 'gone':
        return false;
    }
    switch (commit.covers) {
      case 'settled':
        return commit.scope === 'consumer' || partition.exposed < commit.window;
      case 'received':
        return (partition.lanes.peek()?.sequence ?? Infinity) < partition.acknowledgedSequence;
      case 'nothing':
        return true;
    }
  }

  #acknowledged(partition: OwnedPartition, covered: number): void {
    this.exposed -= covered;
    if (partition.phase === 'opening') partition.phase = 'active';
    this.refresh(partition);
  }
}
