import type { Delivery } from '../../../src/delivery/delivery.js';
import type { EngineEvent } from '../../../src/engine/engine-event.js';
import type { EngineOptions } from '../../../src/engine/engine-options.js';
import type { EngineView } from '../../../src/engine/engine-view.js';
import type { Message } from '../../../src/message/message.js';
import { ByPartition } from '../../../src/ordering/by-partition.js';
import type { Rebalance, TopicPartition } from '../../../src/source/assignment.js';
import type { CommitEntry, CommitError } from '../../../src/source/message-source.js';
import { nameOf } from '../messages.js';
import { placeOf } from '../recording-ports.js';
import type { ModelBroker } from './model-broker.js';

/** A full consumer asks for one message each 100 ms for a second; then partitions that hold next to nothing may still add their bit. */
const SLACK = { messages: 15, part: 1 / 8 };

/** One partition from its assignment until it is given up. */
interface Ownership {
  /** One above the highest offset that was handed over. */
  received: number;
  /** Offsets that were started, in order. */
  readonly started: number[];
  /** A handler has failed, so the rest may well repeat. */
  hasFailed: boolean;
  /** Those of them that no acknowledged commit covers. */
  exposed: number[];
}

/** What is looked at of the client. */
interface CheckedClient {
  readonly closed: boolean;
  readonly assigned: { has(place: string): boolean };
  readonly rebalancing: Rebalance | undefined;
  readonly inFlight: object | undefined;
}

/** Watches one process: after every step the invariants of the design hold, or the run fails with the name of the first that does not. */
export class Checker {
  /** Names of what has happened at least once, so that a batch of seeds can prove that it reaches the corners. */
  readonly seen: Set<string>;
  readonly #broker: ModelBroker;
  readonly #options: EngineOptions;
  readonly #owned = new Map<string, Ownership>();
  readonly #running: ReadonlySet<Delivery>;
  #sent:
    { readonly entries: readonly CommitEntry[]; readonly ownerships: (Ownership | undefined)[] } | undefined =
    undefined;
  /** The group has given this member's partitions to others, and the member has not heard of it yet. */
  isFenced = false;
  isStopping = false;
  /** Whether this process has given up on handlers. */
  hasAbandoned = false;
  #revokedAt = 0;
  #commitFailedAt = -Infinity;

  constructor(parts: {
    broker: ModelBroker;
    options: EngineOptions;
    running: ReadonlySet<Delivery>;
    seen: Set<string>;
  }) {
    this.#broker = parts.broker;
    this.#options = parts.options;
    this.#running = parts.running;
    this.seen = parts.seen;
  }

  fail(invariant: string, detail: string): never {
    throw new Error(`${invariant}: ${detail}`);
  }

  polled(asked: number | undefined, max: number, closed: boolean): void {
    if (asked !== undefined) this.fail('one poll at a time', `${max} asked while ${asked} are asked`);
    if (!(max >= 1)) this.fail('a poll asks for something', String(max));
    if (closed) this.fail('G13', 'polled after close');
  }

  delivered(batch: Message[], client: CheckedClient): Message[] {
    for (const message of batch) {
      const ownership = this.#owned.get(placeOf(message));
      if (ownership === undefined || !client.assigned.has(placeOf(message)))
        this.fail('model', `${nameOf(message)} is not owned`);
      ownership.received = Math.max(ownership.received, message.offset + 1);
    }
    return batch;
  }

  /** One above the highest offset that this ownership was handed. */
  receivedOf(place: TopicPartition): number {
    return this.#owned.get(placeOf(place))?.received ?? 0;
  }

  /** The reader has come to the end of a log: all that lies below is known. */
  readTo(place: TopicPartition, offset: number): void {
    const ownership = this.#owned.get(placeOf(place));
    if (ownership !== undefined) ownership.received = Math.max(ownership.received, offset);
  }

  commitSent(entries: readonly CommitEntry[], client: CheckedClient): void {
    if (client.inFlight !== undefined || this.#sent !== undefined)
      this.fail('one commit in flight', JSON.stringify(entries));
    if (client.closed) this.fail('G13', 'committed after close');
    if (this.isFenced) this.fail('G3', 'committed while the group has moved on');
    if (this.#options.commit.covers === 'nothing') this.fail('covers nothing', 'but commits');
    const ownerships = entries.map((entry) => {
      const ownership = this.#owned.get(placeOf(entry));
      if (ownership === undefined) this.fail('G3', `commit of ${placeOf(entry)}, which is not owned`);
      if (!Number.isSafeInteger(entry.offset) || entry.offset < 0) this.fail('G5', `offset ${entry.offset}`);
      if (entry.offset > ownership.received)
        this.fail('G5', `offset ${entry.offset} above the position ${ownership.received}`);
      if (entry.metadata.length > 4_095) this.fail('G5', 'metadata too long');
      return ownership;
    });
    this.#sent = { entries, ownerships };
  }

  /** The broker takes the commit in. This is the moment at which a loss would happen. */
  applied(entries: readonly CommitEntry[]): void {
    for (const entry of entries) {
      const { committed } = this.#broker.log(entry);
      if (committed !== undefined && entry.offset < committed.offset) {
        this.fail('G4', `${placeOf(entry)} goes back from ${committed.offset} to ${entry.offset}`);
      }
      if (this.#options.commit.covers === 'settled') {
        const unsettled = this.#broker.firstUnsettled(entry) ?? Infinity;
        if (unsettled < entry.offset)
          this.fail('G1', `commit ${entry.offset} covers ${unsettled} of ${placeOf(entry)}`);
      }
      this.#broker.apply(entry);
    }
  }

  /** The engine is about to hear. */
  acknowledged(error: CommitError | undefined, now: number): void {
    const sent = this.#sent;
    this.#sent = undefined;
    if (error !== undefined) {
      this.#commitFailedAt = now;
      return;
    }
    sent?.entries.forEach((entry, i) => {
      const ownership = sent.ownerships[i];
      if (ownership === undefined || this.#owned.get(placeOf(entry)) !== ownership) return;
      ownership.exposed = ownership.exposed.filter((offset) => offset >= entry.offset);
    });
  }

  rebalanceBegun(rebalance: Rebalance, now: number): void {
    // an orderly revoke; one that comes late for a frozen member is a loss by another name
    this.#revokedAt = this.isFenced ? -Infinity : now;
    if (rebalance.kind !== 'assign') this.isFenced = false;
  }

  answered(rebalance: Rebalance, client: CheckedClient, now: number): void {
    if (client.closed) this.fail('G13', 'answered after close');
    if (client.rebalancing !== rebalance)
      this.fail('one answer a rebalance', `${rebalance.kind} ${rebalance.id}`);
    for (const place of rebalance.partitions) {
      if (rebalance.kind === 'assign') {
        const start = this.#broker.log(place).committed?.offset ?? this.#broker.log(place).start;
        this.#owned.set(placeOf(place), { received: start, started: [], exposed: [], hasFailed: false });
      } else {
        if (rebalance.kind === 'revoke') this.#drained(placeOf(place), now);
        this.#owned.delete(placeOf(place));
      }
    }
  }

  /** A handler begins. Called before it is counted as running. */
  starts({ message }: Delivery): void {
    const place = placeOf(message);
    const name = nameOf(message);
    const { commit, concurrency } = this.#options;
    const ownership = this.#owned.get(place);
    if (ownership === undefined) this.fail('G3', `${name} starts and is not owned`);
    if (this.isStopping && commit.covers === 'settled') this.fail('G13', `${name} starts after stop`);
    if (this.#running.size >= concurrency) this.fail('G8', `more than ${concurrency} handlers`);
    for (const other of this.#running)
      if (nameOf(other.message) === name) this.fail('G6', `${name} runs twice at once`);
    if (this.#isOrdered) this.#startsInOrder(place, message.offset, ownership);
    ownership.started.push(message.offset);
    ownership.exposed.push(message.offset);
    if (commit.covers === 'nothing') return;
    const committed = this.#broker.log(message).committed?.offset;
    if (committed === undefined)
      this.fail('start position first', `${name} starts before the start is committed`);
    if (commit.covers === 'received') {
      if (committed <= message.offset) this.fail('at most once', `${name} starts uncommitted`);
      if (this.seen.has(`started ${name}`)) this.fail('at most once', `${name} starts again`);
      this.seen.add(`started ${name}`);
    } else this.#withinWindow();
  }

  /** A handler has not done its work, or too late. */
  failed(place: TopicPartition): void {
    const ownership = this.#owned.get(placeOf(place));
    if (ownership !== undefined) ownership.hasFailed = true;
  }

  /** After every step. */
  stands(view: EngineView): void {
    let held = 0;
    for (const { buffered, inFlight, position } of view.partitions) {
      held += buffered + inFlight;
      if (position === undefined) this.fail('model', 'a position is always known');
    }
    if (held > this.#options.limits.messages * (1 + SLACK.part) + SLACK.messages)
      this.fail('G8', `${held} messages are held`);
    if (view.inFlight !== this.#running.size)
      this.fail('G19', `${view.inFlight} in flight, ${this.#running.size} run`);
  }

  /** After a clean stop. */
  closesClean(view: EngineView): void {
    if (view.partitions.length > 0) this.fail('G13', 'partitions are owned after the close');
    if (view.inFlight > 0 && !this.hasAbandoned) this.fail('G13', 'handlers run after the close');
  }

  closed(before: boolean): void {
    if (before) this.fail('G13', 'closed twice');
  }

  noted(event: EngineEvent): void {
    this.seen.add(event.type);
    if (event.type === 'partitions.revoked' && event.abandoned > 0) {
      this.seen.add('a drain that ran out of time');
      this.hasAbandoned = true;
    }
  }

  get #isOrdered(): boolean {
    return this.#options.lanes() instanceof ByPartition;
  }

  #startsInOrder(place: string, offset: number, { started }: Ownership): void {
    const last = started.at(-1);
    if (last !== undefined && offset <= last) this.fail('G7', `${place}: ${offset} starts after ${last}`);
    if (this.#options.releaseKeyOnTimeout) return;
    for (const { message, home } of this.#running) {
      if (placeOf(message) === place && (home as { phase?: string }).phase !== 'gone') {
        this.fail('G7', `${place}: ${offset} starts while ${message.offset} runs`);
      }
    }
  }

  #withinWindow(): void {
    const { scope, window } = this.#options.commit;
    let total = 0;
    for (const [place, { exposed }] of this.#owned) {
      const isFull = scope === 'partition' && exposed.length > window;
      if (isFull) this.fail('G8', `${exposed.length} exposed in ${place}, the window is ${window}`);
      total += exposed.length;
    }
    if (scope === 'consumer' && total > window) this.fail('G8', `${total} exposed, the window is ${window}`);
    if (total >= window) this.seen.add('a full window');
  }

  /** A revoke that was drained in time, with no commit refused meanwhile, leaves nothing to repeat. */
  #drained(place: string, now: number): void {
    const { onRevoke, drainTimeoutMs, commit } = this.#options;
    const ownership = this.#owned.get(place);
    const inTime = now - this.#revokedAt < drainTimeoutMs && this.#commitFailedAt < this.#revokedAt;
    if (
      ownership === undefined ||
      ownership.hasFailed ||
      onRevoke !== 'drain' ||
      commit.covers !== 'settled' ||
      !inTime
    )
      return;
    const [topic, partition] = place.split('/') as [string, string];
    const { committed } = this.#broker.log({ topic, partition: Number(partition) });
    const unsettled = this.#broker.firstUnsettled({ topic, partition: Number(partition) }) ?? Infinity;
    for (const offset of ownership.started) {
      const isUncovered = (committed?.offset ?? 0) <= offset && offset < unsettled;
      if (isUncovered)
        this.fail('G9', `${place}/${offset} was settled, the revoke was drained, and it repeats`);
    }
  }
}
