import { Delivery } from '../../src/delivery/delivery.js';
import { Engine } from '../../src/engine/engine.js';
import type { EngineOptions } from '../../src/engine/engine-options.js';
import type { EngineView } from '../../src/engine/engine-view.js';
import { type Outcome, SUCCESS } from '../../src/handler/outcome.js';
import type { PartitionSnapshot } from '../../src/inspection/snapshot.js';
import type { Message } from '../../src/message/message.js';
import type { PartitionFacts, Rebalance, TopicPartition } from '../../src/source/assignment.js';
import type { CommitEntry, CommitError } from '../../src/source/message-source.js';
import type { Strategy } from '../../src/strategy/strategy.js';
import { nameOf, TOPIC } from './messages.js';
import { placeOf, RecordingPorts } from './recording-ports.js';

/** How often the feed ticks. */
const TICK_MS = 50;

type Settings = Partial<Omit<EngineOptions, 'concurrency' | 'lanes' | 'commit'>>;

/** What an assignment finds of a partition; offset 0 is committed unless told. */
export interface Found {
  readonly committed?: number | null;
  readonly metadata?: string;
  readonly low?: number;
  readonly high?: number;
}

export function engineOptions(
  { lanes, concurrency, commit }: Strategy,
  settings: Settings = {},
): EngineOptions {
  return {
    lanes,
    concurrency,
    commit,
    limits: { messages: 1_000, bytes: 1_000_000 },
    pollSize: 100,
    autoOffsetReset: 'latest',
    onOutOfRange: 'error',
    onRevoke: 'drain',
    drainTimeoutMs: 20_000,
    handlerTimeoutMs: undefined,
    releaseKeyOnTimeout: false,
    maxPollIntervalMs: 300_000,
    stallMs: 30_000,
    ...settings,
  };
}

/** An engine on recording ports, with the moves that its source and its queue consumers would make, one at a time. */
export class EngineDriver {
  readonly ports = new RecordingPorts();
  readonly engine: Engine;
  /** What runs, by `nameOf`. */
  readonly running = new Map<string, Delivery>();
  /** Everything that was started, by `nameOf`, in order. */
  readonly started: string[] = [];
  now = 1_000;
  #rebalances = 0;
  #polls = 0;
  #answered = 0;

  constructor(strategy: Strategy, settings: Settings = {}) {
    this.engine = new Engine(engineOptions(strategy, settings), this.ports, { Delivery, now: this.now });
    this.engine.start(this.now);
  }

  /** Assigns partitions of `orders` by number, or any by place, and answers the look-up. */
  assign(partitions: readonly (number | TopicPartition)[], found: Found = {}): void {
    const places = partitions.map(placeFor);
    const rebalance = this.rebalance('assign', places);
    if (this.ports.located.at(-1)?.id === rebalance.id) this.locate(rebalance, found);
  }

  locate(rebalance: Rebalance, { committed = 0, metadata, low = 0, high = 0 }: Found = {}): void {
    const partitions: PartitionFacts[] = rebalance.partitions.map(({ topic, partition }) => ({
      topic,
      partition,
      committed: committed === null ? undefined : { offset: committed, metadata },
      low,
      high,
    }));
    const topics = [...new Set(rebalance.partitions.map(({ topic }) => topic))];
    this.engine.located(
      rebalance.id,
      {
        partitions,
        topics: topics.map((topic) => ({
          topic,
          partitionCount: 12,
          metadata: metadata === undefined ? [] : [metadata],
        })),
      },
      this.now,
    );
  }

  rebalance(kind: Rebalance['kind'], partitions: readonly (number | TopicPartition)[]): Rebalance {
    const rebalance = { id: ++this.#rebalances, kind, partitions: partitions.map(placeFor) };
    this.engine.rebalance(rebalance, this.now);
    return rebalance;
  }

  revoke(...partitions: (number | TopicPartition)[]): Rebalance {
    return this.rebalance('revoke', partitions);
  }

  /** Whether this rebalance has had its answer. */
  isAnswered(rebalance: Rebalance): boolean {
    return this.ports.answers.some((answer) => answer.rebalance === rebalance);
  }

  /** Answers the outstanding poll with these messages. */
  receive(...batch: (Message | readonly Message[])[]): void {
    this.#polls++;
    this.engine.polled(batch.flat(), this.now);
  }

  /** Polls that have had no answer: 0 or 1. */
  get outstandingPolls(): number {
    return this.ports.polls.length - this.#polls;
  }

  /** Starts everything that may start now, and returns the names of what it started. */
  start(most = Infinity): string[] {
    const fresh: string[] = [];
    while (fresh.length < most) {
      const delivery = this.engine.take(this.now);
      if (delivery === undefined) break;
      const name = nameOf(delivery.message);
      this.running.set(name, delivery);
      this.started.push(name);
      fresh.push(name);
    }
    return fresh;
  }

  /** Ends the handlers of these offsets; partition 0 of `orders` unless the name says more. */
  settle(names: number | string | readonly (number | string)[], outcome: Outcome = SUCCESS): void {
    for (const given of [names].flat()) {
      const name = typeof given === 'number' ? `${TOPIC}/0/${given}` : given;
      this.engine.settle(this.runs(name), outcome, this.now);
      this.running.delete(name);
    }
  }

  runs(name: number | string): Delivery {
    const delivery = this.running.get(typeof name === 'number' ? `${TOPIC}/0/${name}` : name);
    if (delivery === undefined) throw new Error(`${name} does not run`);
    return delivery;
  }

  /** The commit that waits for its answer. */
  get inFlight(): readonly CommitEntry[] | undefined {
    return this.ports.commits.length > this.#answered ? this.ports.commits.at(-1)?.entries : undefined;
  }

  /** Answers the commit in flight, and returns what it said. */
  answerCommit(error?: CommitError): Record<string, number> {
    const commit = this.ports.commits[this.#answered];
    if (commit === undefined) throw new Error('no commit is in flight');
    this.#answered++;
    this.engine.committed(commit.id, error, this.now);
    return offsetsOf(commit.entries);
  }

  /** Answers commits as long as some are in flight. */
  acknowledgeAll(): void {
    while (this.inFlight !== undefined) this.answerCommit();
  }

  /** Time goes by, with the feed's ticks; polls that are outstanding come back empty. */
  pass(ms: number): void {
    const end = this.now + ms;
    while (this.now < end) {
      this.now = Math.min(end, this.now + TICK_MS);
      if (this.outstandingPolls > 0) this.receive();
      this.engine.tick(this.now);
    }
  }

  /** Time goes by, and the loop stands still. */
  freeze(ms: number): void {
    this.now += ms;
  }

  view(): EngineView {
    return this.engine.view(this.now);
  }

  partition(number: number, topic = TOPIC): PartitionSnapshot {
    const found = this.view().partitions.find((seen) => seen.partition === number && seen.topic === topic);
    if (found === undefined) throw new Error(`${topic}/${number} is not owned`);
    return found;
  }
}

/** `{ 'orders/0': 5 }` */
export function offsetsOf(entries: readonly CommitEntry[]): Record<string, number> {
  return Object.fromEntries(entries.map((entry) => [placeOf(entry), entry.offset]));
}

export const TRY_AGAIN: CommitError = {
  kind: 'retry',
  code: 'REQUEST_TIMED_OUT',
  message: 'no answer in time',
};

function placeFor(place: number | TopicPartition): TopicPartition {
  return typeof place === 'number' ? { topic: TOPIC, partition: place } : place;
}
