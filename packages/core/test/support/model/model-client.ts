import { abortDelivery, type Delivery } from '../../../src/delivery/delivery.js';
import type { Engine } from '../../../src/engine/engine.js';
import type { EngineEvent } from '../../../src/engine/engine-event.js';
import type { Ports } from '../../../src/engine/ports.js';
import type { Message } from '../../../src/message/message.js';
import type { PartitionStart, Rebalance, TopicPartition } from '../../../src/source/assignment.js';
import type { CommitEntry, CommitError } from '../../../src/source/message-source.js';
import { placeOf } from '../recording-ports.js';
import type { Chance } from './chance.js';
import type { Checker } from './checker.js';
import type { ModelBroker } from './model-broker.js';

/** What waits in the client's one queue. Only a poll serves it, and only an *empty* one wakes anybody. */
type Op =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'end'; readonly place: TopicPartition; readonly offset: number }
  | { readonly kind: 'acknowledgement'; readonly id: number; readonly error: CommitError | undefined }
  | { readonly kind: 'rebalance'; readonly rebalance: Rebalance };

interface Fetcher extends TopicPartition {
  /** Offset from which it fetches next. */
  position: number;
  /** It does not fetch any more, and nobody says so. */
  isStalled: boolean;
  /** The end of the log that it has told of. */
  toldEnd: number;
}

/** One client of the group, with the habits of the real one that matter: see the design notes on back-pressure and pauses. */
export class ModelClient implements Ports {
  engine!: Engine;
  /** Set when the engine says that there is work. */
  workSignal = false;
  asked: number | undefined = undefined;
  closed = false;
  readonly assigned = new Map<string, Fetcher>();
  /** A pause outlives a revoke, as it does in the real client. */
  readonly paused = new Set<string>();
  /** A rebalance that has no answer yet, delivered or not. */
  rebalancing: Rebalance | undefined = undefined;
  inFlight: { readonly id: number; readonly entries: readonly CommitEntry[] } | undefined = undefined;
  /** Calls that come in a later turn. */
  readonly later: ((now: number) => void)[] = [];
  readonly #broker: ModelBroker;
  readonly #chance: Chance;
  readonly #checker: Checker;
  #queue: Op[] = [];
  readonly #now: () => number;
  /** It commits by itself what it has handed over. */
  readonly #commits: boolean;
  #rebalances = 0;
  #membership: 'joined' | 'leaving' | 'rejoining' | 'left' = 'joined';

  constructor(parts: {
    broker: ModelBroker;
    chance: Chance;
    checker: Checker;
    now: () => number;
    commits: boolean;
  }) {
    this.#broker = parts.broker;
    this.#chance = parts.chance;
    this.#checker = parts.checker;
    this.#now = parts.now;
    this.#commits = parts.commits;
  }

  get mayRebalance(): boolean {
    return !this.closed && this.rebalancing === undefined && this.#membership === 'joined';
  }

  get isLeaving(): boolean {
    return this.#membership === 'leaving' || this.#membership === 'left';
  }

  // ---- what the engine asks for

  wake(): void {
    this.workSignal = true;
  }

  poll(max: number): void {
    this.#checker.polled(this.asked, max, this.closed);
    this.asked = max;
  }

  commit(id: number, entries: readonly CommitEntry[]): void {
    this.#checker.commitSent(entries, this);
    this.inFlight = { id, entries };
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const place of partitions) this.paused.add(placeOf(place));
    this.#purge((place) => this.paused.has(place));
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const place of partitions) this.paused.delete(placeOf(place));
  }

  kick(): void {
    // this model's fetchers never sleep
  }

  locate(rebalanceId: number, partitions: readonly TopicPartition[]): void {
    this.later.push((now) => {
      this.engine.located(rebalanceId, this.#broker.facts(partitions), now);
    });
  }

  query(partitions: readonly TopicPartition[]): void {
    this.later.push((now) => {
      this.engine.watermarks(this.#broker.ends(partitions), now);
    });
  }

  answer(rebalance: Rebalance, starts: readonly PartitionStart[]): void {
    if (this.#commits && rebalance.kind === 'revoke') this.#commitReceived(rebalance.partitions);
    this.#checker.answered(rebalance, this, this.#now());
    this.rebalancing = undefined;
    if (rebalance.kind === 'assign') {
      for (const { topic, partition, offset } of starts) {
        const position = offset ?? this.#broker.log({ topic, partition }).committed?.offset ?? 0;
        this.assigned.set(placeOf({ topic, partition }), {
          topic,
          partition,
          position,
          isStalled: false,
          toldEnd: -1,
        });
      }
    } else {
      this.#concludeCommit();
      for (const place of rebalance.partitions) this.assigned.delete(placeOf(place));
    }
    this.#purge((place) => !this.assigned.has(place));
    this.#goOnLeaving();
  }

  abort(delivery: Delivery, reason: Error): void {
    abortDelivery(delivery, reason);
  }

  unsubscribe(): void {
    this.#membership = 'leaving';
    this.#goOnLeaving();
  }

  resubscribe(): void {
    if (this.#membership === 'joined') this.#membership = 'rejoining';
    this.#goOnLeaving();
  }

  close(): void {
    this.#checker.closed(this.closed);
    this.closed = true;
  }

  note(event: EngineEvent): void {
    this.#checker.noted(event);
  }

  // ---- what the world does

  /** Begins a rebalance; it reaches the engine with a poll. */
  beginRebalance(kind: Rebalance['kind'], partitions: readonly TopicPartition[]): void {
    this.rebalancing = { id: ++this.#rebalances, kind, partitions };
    // the client drops what is prefetched, of all partitions, and fetches nothing before the answer
    this.#purge(() => true);
    this.#enqueue({ kind: 'rebalance', rebalance: this.rebalancing }, 'back');
  }

  get fetchable(): Fetcher[] {
    if (this.closed || this.rebalancing !== undefined) return [];
    return [...this.assigned.values()].filter((fetcher) => {
      const { end } = this.#broker.log(fetcher);
      const hasNews = fetcher.position < end || fetcher.toldEnd !== end;
      return hasNews && !fetcher.isStalled && !this.paused.has(placeOf(fetcher));
    });
  }

  fetch(fetcher: Fetcher, count: number): void {
    const { messages, end } = this.#broker.log(fetcher);
    const fresh = messages.filter(({ offset }) => offset >= fetcher.position).slice(0, count);
    for (const message of fresh) this.#enqueue({ kind: 'message', message }, 'back');
    const last = fresh.at(-1);
    fetcher.position = last === undefined || last === messages.at(-1) ? end : last.offset + 1;
    if (fetcher.position !== end) return;
    fetcher.toldEnd = end;
    this.#enqueue({ kind: 'end', place: fetcher, offset: end }, 'back');
  }

  /** Hands over once more what this partition has had already. */
  repeat(fetcher: Fetcher): void {
    const had = this.#broker.log(fetcher).messages.findLast(({ offset }) => offset < fetcher.position);
    if (had !== undefined && had.offset < this.#checker.receivedOf(fetcher))
      this.#enqueue({ kind: 'message', message: had }, 'back');
  }

  /** The broker's answer is on its way. */
  reply(error: CommitError | undefined): void {
    const { id } = this.inFlight as { id: number };
    this.inFlight = undefined;
    this.#enqueue({ kind: 'acknowledgement', id, error }, 'front');
  }

  /** Serves the queue to the outstanding poll. Callbacks may come before or after the messages of the same poll. */
  servePoll(now: number): void {
    const max = this.asked as number;
    const batch: Message[] = [];
    const after: (() => void)[] = [];
    while (batch.length < max) {
      const op = this.#queue.shift();
      if (op === undefined) break;
      if (op.kind === 'message') batch.push(op.message);
      else if (op.kind === 'end') after.push(() => this.#tellEnd(op.place, op.offset, now));
      else if (this.#chance.happens(0.5)) this.#deliver(op, now);
      // what a frozen member has to hear does not wait for another turn
      else if (this.#checker.isFenced) after.push(() => this.#deliver(op, now));
      else this.later.push((later) => this.#deliver(op, later));
      if (this.closed) return;
    }
    this.asked = undefined;
    this.engine.polled(this.#checker.delivered(batch, this), now);
    for (const deliver of after) if (!this.closed) deliver();
  }

  #tellEnd(place: TopicPartition, offset: number, now: number): void {
    this.#checker.readTo(place, offset);
    this.engine.endOfPartition(place, offset, now);
  }

  #deliver(op: Exclude<Op, { kind: 'message' | 'end' }>, now: number): void {
    if (op.kind === 'rebalance') {
      this.#checker.rebalanceBegun(op.rebalance, now);
      this.engine.rebalance(op.rebalance, now);
    } else {
      this.#checker.acknowledged(op.error, now);
      this.engine.committed(op.id, op.error, now);
    }
  }

  #enqueue(op: Op, end: 'front' | 'back'): void {
    if (end === 'front') this.#queue.unshift(op);
    else this.#queue.push(op);
    if (this.#queue.length === 1) {
      this.later.push(() => {
        this.engine.wake();
      });
    }
  }

  /** Throws prefetched messages away; their partitions fetch them again. */
  #purge(whose: (place: string) => boolean): void {
    this.#queue = this.#queue.filter((op) => {
      if (op.kind !== 'message' && op.kind !== 'end') return true;
      const place = placeOf(op.kind === 'end' ? op.place : op.message);
      if (!whose(place)) return true;
      const fetcher = this.assigned.get(place);
      if (fetcher === undefined) return false;
      if (op.kind === 'message') fetcher.position = Math.min(fetcher.position, op.message.offset);
      fetcher.toldEnd = -1;
      return false;
    });
  }

  #commitReceived(places: readonly TopicPartition[]): void {
    for (const place of places) {
      if (!this.assigned.has(placeOf(place))) continue;
      this.#broker.apply({
        ...place,
        offset: this.#checker.receivedOf(place),
        leaderEpoch: undefined,
        metadata: '',
      });
    }
  }

  /** A commit on its way arrives before the partitions are given up, or never. */
  #concludeCommit(): void {
    if (this.inFlight === undefined) return;
    const arrives = !this.#checker.isFenced && this.#chance.happens(0.5);
    if (arrives) this.#checker.applied(this.inFlight.entries);
    this.reply(arrives ? undefined : { kind: 'retry', code: 'REBALANCE_IN_PROGRESS', message: 'too late' });
  }

  #goOnLeaving(): void {
    if (this.#membership === 'joined' || this.#membership === 'left' || this.rebalancing !== undefined)
      return;
    if (this.assigned.size > 0)
      this.beginRebalance(
        'revoke',
        [...this.assigned.values()].map(({ topic, partition }) => ({ topic, partition })),
      );
    else if (this.#membership === 'rejoining') this.#membership = 'joined';
    else {
      this.#membership = 'left';
      this.later.push((now) => {
        this.engine.left(now);
      });
    }
  }
}
