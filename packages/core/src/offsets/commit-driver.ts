import type { CommitEntry, CommitError } from '../source/message-source.js';
import { encodeMetadata, type MetadataSections } from './commit-metadata.js';
import type { CommitPolicy } from './commit-policy.js';
import type { OffsetLedger } from './offset-ledger.js';

/** A partition as the commit driver sees it. */
export interface Committable {
  readonly topic: string;
  readonly partition: number;
  readonly phase: string;
  readonly ledger: OffsetLedger;
  readonly metadata: MetadataSections;
  /** The acknowledged next offset, and the sequence up to which it covers. Written by the driver. */
  committed: number | undefined;
  acknowledgedSequence: number;
  /** Written by the driver. */
  dirty: boolean;
  /** Commit even though the offset has not moved. Cleared by the driver at the acknowledgement. */
  mustCommit: boolean;
  /** The last commit was refused in a way that waiting does not cure: nobody should wait for the next. Written by the driver. */
  commitRefused: boolean;
}

/** What the driver needs of the engine. */
export interface CommitPorts<P extends Committable> {
  commit(id: number, entries: readonly CommitEntry[]): void;
  /** How much of the window that this partition is subject to is used up, in messages. */
  exposed(partition: P): number;
  /** The broker has acknowledged a new position of this partition. */
  acknowledged(partition: P, newlyCovered: number): void;
  noteAcknowledged(partitions: number, roundTripMs: number): void;
  noteFailed(partitions: number, error: CommitError, failures: number): void;
}

/** What a commit covers: for each entry its partition and the sequence up to which it counts. */
interface Collected<P> {
  readonly entries: CommitEntry[];
  readonly points: { readonly partition: P; readonly sequence: number }[];
}

interface InFlight<P> extends Collected<P> {
  readonly id: number;
  readonly sentAt: number;
}

/** A topic whose last commit failed. */
interface Suspect {
  failures: number;
  retryAt: number;
}

const RETRY_FIRST_MS = 100;
const RETRY_MOST_MS = 5_000;

/**
 * The only one who commits. One commit is in flight until the broker has acknowledged it, so a newer one is never
 * overtaken by an older one that the client retries; a failed one is not sent again, the *then newest* positions are.
 * Only partitions with something new are looked at. An error of a commit that covers several topics may be one topic's
 * fault (a deleted topic fails the whole for ever), so every topic of a failed commit goes alone, each with its own
 * backoff, until a commit of it is acknowledged: one that always fails holds up no other.
 */
export class CommitDriver<P extends Committable> {
  readonly #policy: CommitPolicy;
  readonly #ports: CommitPorts<P>;
  #dirty: P[] = [];
  #inFlight: InFlight<P> | undefined = undefined;
  #nextId = 1;
  #lastSentAt = 0;
  #urgent = false;
  /** Topics that go alone. */
  readonly #suspects = new Map<string, Suspect>();

  constructor(policy: CommitPolicy, ports: CommitPorts<P>) {
    this.#policy = policy;
    this.#ports = ports;
  }

  /** Consecutive commits that were not acknowledged, of the topic with the most. */
  get failures(): number {
    let most = 0;
    for (const { failures } of this.#suspects.values()) most = Math.max(most, failures);
    return most;
  }

  /** Monotonic milliseconds at which the commit in flight was sent; undefined = none is. */
  get inFlightSince(): number | undefined {
    return this.#inFlight?.sentAt;
  }

  /** Something of this partition may be new. O(1). */
  touch(partition: P): void {
    if (!partition.dirty) {
      partition.dirty = true;
      this.#dirty.push(partition);
    }
  }

  /** Do not wait for the interval: somebody waits for this commit. */
  hurry(): void {
    this.#urgent = true;
  }

  /** A drain begins: what has failed is tried again at once, with a new chance. */
  retryNow(): void {
    for (const suspect of this.#suspects.values()) suspect.retryAt = 0;
    for (const partition of this.#dirty) partition.commitRefused = false;
  }

  /** Whether everything that may be committed of this partition is acknowledged. */
  isCurrent(partition: P): boolean {
    if (this.#policy.covers === 'nothing') return true;
    return !partition.mustCommit && partition.committed === this.#target(partition);
  }

  /** Sequence below which everything is covered by a commit that is acknowledged or under way. */
  sentSequence(partition: P): number {
    const point = this.#inFlight?.points.find((sent) => sent.partition === partition);
    return point?.sequence ?? partition.acknowledgedSequence;
  }

  /** Sends a commit if one is due and none is in flight. */
  advance(now: number): void {
    while (this.#inFlight === undefined && this.#dirty.length > 0) {
      const alone = this.#suspects.size === 0 ? undefined : this.#dueSuspect(now);
      if (alone === undefined && !this.#isDue(now)) return;
      const collected = this.#collect(alone);
      if (alone === undefined) this.#urgent = false;
      if (collected.entries.length > 0) this.#send(collected, now);
      // nothing of it is left to commit: its partitions are gone
      else if (alone !== undefined) this.#suspects.delete(alone);
      else return;
    }
  }

  /** The answer to a commit has come. Answers to others than the one in flight change nothing. */
  answered(id: number, error: CommitError | undefined, now: number): void {
    const sent = this.#inFlight;
    if (sent?.id !== id) return;
    this.#inFlight = undefined;
    if (error === undefined) this.#acknowledge(sent, now);
    else this.#failed(sent, error, now);
  }

  /** A topic that goes alone, has something new, and has waited long enough. */
  #dueSuspect(now: number): string | undefined {
    for (const { topic } of this.#dirty) {
      const suspect = this.#suspects.get(topic);
      if (suspect !== undefined && now >= suspect.retryAt) return topic;
    }
    return undefined;
  }

  /** Takes what is new of the topic that goes alone, or of all that do not, off the list. */
  #collect(alone: string | undefined): Collected<P> {
    const collected: Collected<P> = { entries: [], points: [] };
    const rest: P[] = [];
    for (const partition of this.#dirty) {
      if (alone === undefined ? this.#suspects.has(partition.topic) : partition.topic !== alone) {
        rest.push(partition);
        continue;
      }
      partition.dirty = false;
      if (!this.#mayCommit(partition) || this.isCurrent(partition)) continue;
      const sequence = this.#policy.covers === 'received' ? partition.ledger.tail : partition.ledger.head;
      collected.points.push({ partition, sequence });
      collected.entries.push({
        topic: partition.topic,
        partition: partition.partition,
        offset: this.#target(partition),
        leaderEpoch: partition.ledger.leaderEpochBelow(sequence),
        metadata: encodeMetadata(partition.metadata),
      });
    }
    this.#dirty = rest;
    return collected;
  }

  #send(collected: Collected<P>, now: number): void {
    this.#lastSentAt = now;
    const id = this.#nextId++;
    this.#inFlight = { id, sentAt: now, ...collected };
    this.#ports.commit(id, collected.entries);
  }

  #acknowledge(sent: InFlight<P>, now: number): void {
    if (this.#suspects.size > 0) for (const { topic } of sent.entries) this.#suspects.delete(topic);
    this.#ports.noteAcknowledged(sent.entries.length, now - sent.sentAt);
    sent.points.forEach(({ partition, sequence }, i) => {
      if (partition.phase === 'gone') return;
      const covered = sequence - partition.acknowledgedSequence;
      partition.committed = (sent.entries[i] as CommitEntry).offset;
      partition.acknowledgedSequence = sequence;
      partition.mustCommit = false;
      partition.commitRefused = false;
      this.#ports.acknowledged(partition, covered);
    });
  }

  #failed(sent: InFlight<P>, error: CommitError, now: number): void {
    const isOneTopics = sent.entries.every((entry) => entry.topic === sent.entries[0]?.topic);
    const concerned = new Set<string>();
    for (const { partition } of sent.points) {
      if (partition.phase === 'gone') continue;
      partition.commitRefused = error.kind === 'not-owned' || (error.kind === 'rejected' && isOneTopics);
      this.touch(partition);
      concerned.add(partition.topic);
    }
    for (const topic of concerned) {
      const failures = (this.#suspects.get(topic)?.failures ?? 0) + 1;
      // alone it may work at once
      const waitMs = isOneTopics
        ? Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** Math.min(failures - 1, 10))
        : 0;
      this.#suspects.set(topic, { failures, retryAt: now + waitMs });
    }
    this.#ports.noteFailed(sent.entries.length, error, this.failures);
  }

  #isDue(now: number): boolean {
    const { pace, intervalMs, window } = this.#policy;
    if (this.#urgent || pace === 'eager' || now - this.#lastSentAt >= intervalMs) return true;
    return this.#dirty.some((partition) => this.#ports.exposed(partition) * 2 >= window);
  }

  #mayCommit(partition: P): boolean {
    // what was received and not covered when the partition was revoked belongs to the next owner
    return (
      partition.phase !== 'gone' && !(this.#policy.covers === 'received' && partition.phase === 'draining')
    );
  }

  #target(partition: P): number {
    return this.#policy.covers === 'received' ? partition.ledger.position : partition.ledger.watermark;
  }
}
