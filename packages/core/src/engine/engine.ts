import type { Delivery } from '../delivery/delivery.js';
import { MillraceError } from '../errors.js';
import type { Outcome } from '../handler/outcome.js';
import { assertNever } from '../internal/assert-never.js';
import type { Message } from '../message/message.js';
import type { AssignmentFacts, Rebalance, TopicPartition, Watermarks } from '../source/assignment.js';
import type { CommitError } from '../source/message-source.js';
import type { EngineOptions } from './engine-options.js';
import { EngineState } from './engine-state.js';
import { type EngineView, viewOf } from './engine-view.js';
import { type OwnedPartition, partitionOf } from './owned-partition.js';
import type { Ports } from './ports.js';
import { ProgressWatchdog } from './progress-watchdog.js';
import { Rebalancing } from './rebalancing.js';

/** After the loop was away too long the client is given this long to say that the partitions are lost. */
const DOUBT_MS = 2_000;

/** Makes the object that stands for one message on its way; the consumer's own subclass of `Delivery`. */
export type DeliveryClass = new (message: Message, home: OwnedPartition, sequence: number) => Delivery;

/**
 * The synchronous heart: every decision about what starts, what is committed, what is paused and what is answered.
 * It holds no promise, timer, clock or randomness; time comes in as an argument (monotonic milliseconds), effects go
 * out through `Ports`, and their results come back as calls of its methods. Production and simulation run this class.
 *
 * Hot: `polled` (a batch), `take` and `settle` (a message each). The parts: `BackPressure` what is asked for,
 * `WorkQueue` and the lanes what starts next, `OffsetLedger` and `CommitDriver` what is committed, `Rebalancing` what
 * comes and goes, `ProgressWatchdog` whether it gets on.
 */
export class Engine {
  readonly #state: EngineState;
  readonly #rebalancing: Rebalancing;
  readonly #watchdog: ProgressWatchdog;
  readonly #Delivery: DeliveryClass;
  readonly #processed = { succeeded: 0, failed: 0, skipped: 0, deadLettered: 0 };
  /** What made the consumer stop by itself. */
  #failure: { readonly error: unknown } | undefined = undefined;
  #closed = false;

  constructor(
    options: EngineOptions,
    ports: Ports,
    make: { readonly Delivery: DeliveryClass; readonly now: number },
  ) {
    this.#state = new EngineState(options, ports, make.now);
    const giveUp =
      (code: 'PARTITION_STALLED' | 'NO_COMMITTED_OFFSET') =>
      (reason: string, now: number): void => {
        this.fail(new MillraceError(code, reason), now);
      };
    this.#rebalancing = new Rebalancing(this.#state, giveUp('NO_COMMITTED_OFFSET'));
    this.#watchdog = new ProgressWatchdog(this.#state, giveUp('PARTITION_STALLED'));
    this.#Delivery = make.Delivery;
  }

  /** The error that made it stop by itself. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** A delivery could be taken now. */
  get hasWork(): boolean {
    return this.#state.queue.mayStart && this.#state.exposed < this.#state.consumerWindow;
  }

  /** The source is open: begin to poll. */
  start(now: number): void {
    this.#state.flow.polled(0, now);
    this.#state.flow.woken();
  }

  /** A poll came back. */
  polled(batch: readonly Message[], now: number): void {
    const state = this.#state;
    const silentMs = now - state.flow.lastPolledAt;
    if (silentMs >= state.options.maxPollIntervalMs) this.#doubt(silentMs, now);
    state.flow.polled(batch.length, now);
    if (batch.length > 0) this.#receive(batch, now);
    this.#carryOn(now);
  }

  /** The source says that there may be something to poll for. */
  wake(): void {
    if (!this.#closed) this.#state.flow.woken();
  }

  /** The next delivery whose handler may start, or undefined. It holds a slot until `settle`. */
  take(now: number): Delivery | undefined {
    const state = this.#state;
    if (state.exposed >= state.consumerWindow || state.isDoubtful(now)) return undefined;
    const partition = state.queue.next();
    if (partition === undefined) return undefined;
    const delivery = partition.lanes.next() as Delivery;
    partition.started++;
    state.exposed++;
    state.queue.took(partition);
    state.running.add(delivery);
    delivery.startedAt = now;
    state.refresh(partition);
    return delivery;
  }

  /** The handler of a delivery has ended. */
  settle(delivery: Delivery, outcome: Outcome, now: number): void {
    const state = this.#state;
    const partition = partitionOf(delivery);
    state.queue.gaveBack(partition);
    if (delivery.abandoned) {
      state.overdue.remove(delivery);
      if (!state.options.releaseKeyOnTimeout) partition.lanes.release(delivery);
    } else {
      state.running.remove(delivery);
      this.#conclude(delivery, partition, outcome, now);
      partition.lanes.release(delivery);
    }
    if (partition.phase === 'gone') {
      state.strayEnded(delivery);
      return;
    }
    state.refresh(partition);
    state.flow.review(state.isAckAwaited, now);
    if (partition.phase !== 'draining') return;
    this.#rebalancing.advance(now);
    this.#leaveWhenStopping(now);
  }

  /** A handler that has used up its time limit, oldest first; undefined = none. The caller classifies it and calls `abandon`. */
  overdue(now: number): Delivery | undefined {
    const { handlerTimeoutMs } = this.#state.options;
    const first = this.#state.running.first;
    if (handlerTimeoutMs === undefined || first === undefined || now - first.startedAt < handlerTimeoutMs)
      return undefined;
    return first;
  }

  /** The failure policy has spoken about an overdue delivery: its signal fires, it counts as ended this way, and what the handler returns later counts for nothing. */
  abandon(delivery: Delivery, reason: Error, outcome: Outcome, now: number): void {
    const state = this.#state;
    const partition = partitionOf(delivery);
    state.running.remove(delivery);
    state.overdue.add(delivery);
    delivery.abandoned = true;
    const { topic, partition: number, offset } = delivery.message;
    state.ports.note({
      type: 'handler.timed-out',
      topic,
      partition: number,
      offset,
      afterMs: now - delivery.startedAt,
    });
    state.ports.abort(delivery, reason);
    this.#conclude(delivery, partition, outcome, now);
    if (state.options.releaseKeyOnTimeout) partition.lanes.release(delivery);
    state.refresh(partition);
    this.#carryOn(now);
  }

  /** The broker has acknowledged or refused a commit. */
  committed(id: number, error: CommitError | undefined, now: number): void {
    this.#state.commits.answered(id, error, now);
    this.#rebalancing.advance(now);
    this.#state.advanceCommits(now);
    this.#carryOn(now);
  }

  /** Partitions come or go. */
  rebalance(rebalance: Rebalance, now: number): void {
    this.#rebalancing.begin(rebalance, now);
    this.#carryOn(now);
  }

  located(rebalanceId: number, facts: AssignmentFacts, now: number): void {
    this.#rebalancing.located(rebalanceId, facts, now);
    this.#carryOn(now);
  }

  watermarks(ends: readonly Watermarks[], now: number): void {
    this.#watchdog.watermarks(ends, now);
  }

  /** The reader has come to the end of the log: nothing more is there to read for now. */
  endOfPartition(place: TopicPartition, offset: number, now: number): void {
    this.#watchdog.endOfPartition(place, offset, now);
    const state = this.#state;
    const owned = state.table.find(place.topic, place.partition);
    // of one on its way out the end does not count: messages below it may have been dropped
    if (owned === undefined || !state.mayReceive(owned) || state.options.commit.covers === 'nothing') return;
    owned.ledger.skipTo(offset);
    state.commits.touch(owned);
  }

  /** `unsubscribe` went through and nothing was assigned. */
  left(now: number): void {
    this.#rebalancing.left();
    this.#carryOn(now);
  }

  /** Time has passed. Call it every 50 ms or so. */
  tick(now: number): void {
    if (this.#closed) return;
    const state = this.#state;
    if (state.doubtedUntil !== 0 && now >= state.doubtedUntil) state.doubtedUntil = 0;
    this.#rebalancing.advance(now);
    state.advanceCommits(now);
    this.#watchdog.tick(now);
    state.flow.tick(now);
    this.#carryOn(now);
  }

  /** Begins to drain: what runs is finished and committed, then the group is left and the source closed. */
  stop(now: number): void {
    const state = this.#state;
    if (state.stopping) return;
    state.stopping = true;
    for (const partition of state.table.all()) state.refresh(partition);
    this.#leaveWhenStopping(now);
  }

  /** Stops because of an error. The first one counts. */
  fail(error: unknown, now: number): void {
    this.#failure ??= { error };
    this.stop(now);
  }

  /** The source is broken for good, or patience is at its end: everything is dropped, nothing more is committed. */
  giveUp(error: unknown): void {
    if (error !== undefined) this.#failure ??= { error };
    this.#state.stopping = true;
    for (const partition of [...this.#state.table.all()])
      this.#state.abandonPartition(partition, 'the consumer stops');
    this.#close(error !== undefined);
  }

  /** A read-only view of where things stand. */
  view(now: number): EngineView {
    const state = this.#state;
    const oldest = Math.min(state.running.first?.startedAt ?? now, state.overdue.first?.startedAt ?? now);
    return viewOf(state, {
      processed: { ...this.#processed },
      inFlight: state.running.size + state.overdue.size,
      oldestHandlerMs: now - oldest,
      problems: this.#watchdog.problems,
      now,
    });
  }

  #receive(batch: readonly Message[], now: number): void {
    const state = this.#state;
    const { table } = state;
    const { covers } = state.options.commit;
    let messages = 0;
    let bytes = 0;
    let largest = 0;
    // `i < length` and one variable for the last partition: this loop runs for every message there is
    for (let i = 0; i < batch.length; i++) {
      const message = batch[i] as Message;
      const partition = table.find(message.topic, message.partition);
      // of a partition that was just taken away, or from which nothing may be handled
      if (partition === undefined || !state.mayReceive(partition)) continue;
      if (message.offset < partition.ledger.position) {
        this.#duplicate(message);
        continue;
      }
      const sequence = partition.ledger.add(message.offset, message.leaderEpoch);
      const { size } = message;
      partition.count++;
      partition.bytes += size;
      partition.heardAt = now;
      messages++;
      bytes += size;
      if (size > largest) largest = size;
      partition.lanes.admit(new this.#Delivery(message, partition, sequence));
      if (covers === 'received') state.commits.touch(partition);
      // it had nothing that could start; cold but for the first message of a run
      if (partition.waitIndex < 0) state.refresh(partition);
    }
    state.flow.received(messages, bytes, largest);
    if (covers === 'received') state.advanceCommits(now);
  }

  #conclude(delivery: Delivery, partition: OwnedPartition, outcome: Outcome, now: number): void {
    this.#count(outcome);
    // a late result of an older epoch: whoever owns the partition now runs it again
    if (partition.phase === 'gone') return;
    if (outcome.kind === 'crash') {
      this.fail(outcome.error, now);
      return;
    }
    const state = this.#state;
    const moved = partition.ledger.settle(delivery.sequence);
    state.letGo(partition, delivery.message.size);
    if (moved && state.options.commit.covers === 'settled') this.#progressed(partition, now);
    if (state.pauses.isPaused(partition)) state.flow.relieve(partition, now);
  }

  #progressed(partition: OwnedPartition, now: number): void {
    const state = this.#state;
    const { pace, window } = state.options.commit;
    state.commits.touch(partition);
    if (pace === 'eager' || state.exposedOf(partition) * 2 >= window) state.advanceCommits(now);
  }

  #count(outcome: Outcome): void {
    switch (outcome.kind) {
      case 'success':
        this.#processed.succeeded++;
        return;
      case 'skip':
        this.#processed.skipped++;
        return;
      case 'crash':
        this.#processed.failed++;
        return;
      default:
        assertNever(outcome);
    }
  }

  #duplicate(message: Message): void {
    const { topic, partition, offset } = message;
    this.#state.ports.note({ type: 'message.duplicated', topic, partition, offset });
  }

  /** What follows from almost everything: room may be there, and work. */
  #carryOn(now: number): void {
    if (this.#closed) return;
    const state = this.#state;
    state.flow.review(state.isAckAwaited, now);
    this.#leaveWhenStopping(now);
    if (this.hasWork) state.ports.wake();
  }

  #doubt(silentMs: number, now: number): void {
    if (this.#state.table.size === 0) return;
    this.#state.doubtedUntil = now + DOUBT_MS;
    this.#state.ports.note({ type: 'ownership.doubted', silentMs });
  }

  /** Once stopping, leaves the group as soon as no rebalance waits, and closes when that is through. */
  #leaveWhenStopping(now: number): void {
    if (!this.#state.stopping || this.#closed) return;
    this.#rebalancing.leave(now);
    if (this.#rebalancing.hasLeft) this.#close(true);
  }

  #close(inOrder: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#state.ports.close(inOrder);
  }
}
