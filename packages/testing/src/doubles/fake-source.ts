import {
  type CommitEntry,
  type CommitError,
  type Message,
  type MessageSource,
  MillraceError,
  type PartitionStart,
  type Rebalance,
  type SourceListener,
  type SourceSystem,
  type TopicPartition,
} from '@millrace/core';

import type { FakeGroup, FakeMember } from './fake-group.js';
import type { FakeLog } from './fake-log.js';

/** Runs something in a later turn. */
export type Defer = (run: () => void) => void;

export interface FakeSourceOptions {
  readonly log: FakeLog;
  readonly groupId: string;
  readonly topics: readonly (string | RegExp)[];
  /** @defaultValue `'fake'` */
  readonly clientId?: string;
  /** It commits by itself what it has handed over, and decides by itself where to start. @defaultValue `false` */
  readonly clientCommits?: boolean;
  /** Where it starts without a commit, if it decides. @defaultValue `'latest'` */
  readonly autoOffsetReset?: 'earliest' | 'latest';
  /** @defaultValue `setImmediate` */
  readonly defer?: Defer;
}

interface Reader extends TopicPartition {
  /** Offset that is read next; undefined = nobody has said, so nothing is read. */
  position: number | undefined;
  /** The end that was told last. */
  toldEnd: number;
  /** It is being taken away. */
  isStopped: boolean;
}

/** A member of a group on a {@link FakeLog}: a source for tests, whose acknowledgements can be held back or refused. */
export class FakeSource implements MessageSource, FakeMember {
  readonly system: SourceSystem;
  readonly #options: FakeSourceOptions;
  readonly #group: FakeGroup;
  readonly #defer: Defer;
  #state: 'new' | 'open' | 'leaving' | 'rejoining' | 'left' | 'closed' = 'new';
  #listener: SourceListener | undefined = undefined;
  readonly #readers = new Map<string, Reader>();
  /** Since it began to leave, everything was taken back from it. */
  #gaveBack = false;
  /** As in real clients a pause outlives a revoke. */
  readonly #paused = new Set<string>();
  #asked: number | undefined = undefined;
  #failures: CommitError[] = [];
  /** Commits that wait for `releaseCommits`; undefined = they are answered as they come. */
  #held: (() => void)[] | undefined = undefined;

  constructor(options: FakeSourceOptions) {
    this.#options = options;
    this.#group = options.log.group(options.groupId);
    this.#defer = options.defer ?? ((run) => void setImmediate(run));
    const { clientId = 'fake' } = options;
    this.system = { name: 'fake', attributePrefix: 'messaging.fake', clientId, server: undefined };
  }

  // ---- what a test does with it

  /** Answers no commit from now on. */
  holdCommits(): void {
    this.#held ??= [];
  }

  /** Answers the commits that were held, and those to come. */
  releaseCommits(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const answer of held) answer();
  }

  /** Refuses the next commits. */
  failCommits(error: CommitError, times = 1): void {
    this.#failures.push(...Array<CommitError>(times).fill(error));
  }

  /** The group has moved on without this member; it loses what it owns and joins again. */
  loseMembership(): void {
    this.#group.expel(this);
  }

  /** The log can be reached, or not. */
  reach(yes: boolean, detail = ''): void {
    this.#tell((listener) => listener.reachable(yes, detail));
  }

  /** Breaks for good. */
  breakDown(error: unknown): void {
    this.#tell((listener) => listener.failed(error));
  }

  // ---- the port

  async open(listener: SourceListener): Promise<void> {
    if (this.#state !== 'new') throw new MillraceError('STATE_INVALID', `the source is ${this.#state}`);
    await new Promise<void>((resolve) => this.#defer(resolve));
    if (this.#isClosed) throw new MillraceError('STATE_INVALID', 'the source was closed while it opened');
    const missing = this.#options.topics.find(
      (topic) => typeof topic === 'string' && !this.#options.log.topics.includes(topic),
    );
    if (missing !== undefined)
      throw new MillraceError('TOPIC_MISSING', `there is no topic ${String(missing)}`);
    this.#state = 'open';
    this.#listener = listener;
    this.#tell((open) => open.reachable(true, ''));
    this.#group.join(this);
  }

  poll(max: number): void {
    if (this.#asked !== undefined) throw new MillraceError('STATE_INVALID', 'a poll is outstanding');
    this.#asked = max;
    this.#tell((listener) => {
      this.#asked = undefined;
      const batch = this.#read(max);
      listener.polled(batch);
      this.#tellEnds(listener);
    });
  }

  commit(id: number, entries: readonly CommitEntry[]): void {
    const answer = (): void => {
      this.#tell((listener) => {
        listener.committed(id, this.#commit(entries));
      });
    };
    if (this.#held === undefined) answer();
    else this.#held.push(answer);
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const place of partitions) this.#paused.add(placeOf(place));
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const place of partitions) this.#paused.delete(placeOf(place));
    this.#tell((listener) => listener.wake());
  }

  kick(): void {
    // nothing here ever sleeps
  }

  locate(rebalanceId: number, partitions: readonly TopicPartition[]): void {
    const { log } = this.#options;
    this.#tell((listener) => {
      const topics = [...new Set(partitions.map(({ topic }) => topic))].map((topic) =>
        this.#group.topicFacts(topic),
      );
      const facts = partitions.map((place) => ({
        ...log.ends(place),
        committed: this.#group.committed(place.topic, place.partition),
      }));
      listener.located(rebalanceId, { partitions: facts, topics });
    });
  }

  query(partitions: readonly TopicPartition[]): void {
    this.#tell((listener) => listener.watermarks(partitions.map((place) => this.#options.log.ends(place))));
  }

  answer(rebalance: Rebalance, starts: readonly PartitionStart[]): void {
    if (this.#isClosed) return;
    if (rebalance.kind === 'assign') for (const start of starts) this.#begin(start);
    else {
      for (const place of rebalance.partitions) {
        if (rebalance.kind === 'revoke') this.#commitHandedOver(place);
        this.#readers.delete(placeOf(place));
      }
    }
    this.#group.answered(this, rebalance);
    this.#goOnLeaving();
    this.#tell((listener) => listener.wake());
  }

  unsubscribe(): void {
    if (this.#state !== 'open' && this.#state !== 'rejoining') return;
    this.#state = 'leaving';
    this.#leave();
  }

  resubscribe(): void {
    if (this.#state !== 'open') return;
    this.#state = 'rejoining';
    this.#leave();
  }

  close(): Promise<void> {
    if (!this.#isClosed) {
      this.#state = 'closed';
      this.#listener = undefined;
      this.#readers.clear();
      this.#group.remove(this);
    }
    return Promise.resolve();
  }

  // ---- as the group sees it

  subscribes(topic: string): boolean {
    return this.#options.topics.some((wanted) =>
      typeof wanted === 'string' ? wanted === topic : wanted.test(topic),
    );
  }

  rebalance(rebalance: Rebalance): void {
    if (rebalance.kind !== 'assign') {
      this.#gaveBack = true;
      for (const place of rebalance.partitions) {
        const reader = this.#readers.get(placeOf(place));
        if (reader !== undefined) reader.isStopped = true;
      }
    }
    this.#tell((listener) => listener.rebalance(rebalance));
  }

  appended(place: TopicPartition): void {
    if (this.#readers.has(placeOf(place))) this.#tell((listener) => listener.wake());
  }

  // ---- inside

  /** In a later turn, unless it is closed by then. */
  #tell(what: (listener: SourceListener) => void): void {
    this.#defer(() => {
      if (this.#listener !== undefined) what(this.#listener);
    });
  }

  get #isClosed(): boolean {
    return this.#state === 'closed';
  }

  #begin({ topic, partition, offset }: PartitionStart): void {
    const { log, clientCommits = false, autoOffsetReset = 'latest' } = this.#options;
    const { low, high } = log.ends({ topic, partition });
    const reset = clientCommits ? (autoOffsetReset === 'latest' ? high : low) : undefined;
    const start = offset ?? this.#group.committed(topic, partition)?.offset ?? reset;
    // a position that the log does not have: a real client reads nothing, and mostly says nothing
    const position = start !== undefined && start >= low && start <= high ? start : undefined;
    this.#readers.set(placeOf({ topic, partition }), {
      topic,
      partition,
      position,
      toldEnd: -1,
      isStopped: false,
    });
  }

  /** Takes turns between partitions, so that none of them waits for another. */
  #read(max: number): Message[] {
    const flowing = [...this.#flowing()];
    const part = Math.max(1, Math.ceil(max / Math.max(1, flowing.length)));
    const batch: Message[] = [];
    for (const reader of flowing) {
      const most = Math.min(part, max - batch.length);
      if (most <= 0) break;
      const { messages, next } = this.#options.log.read(reader, reader.position ?? 0, most);
      batch.push(...messages);
      reader.position = next;
      // whoever was read goes to the end of the line
      this.#readers.delete(placeOf(reader));
      this.#readers.set(placeOf(reader), reader);
    }
    return batch;
  }

  #tellEnds(listener: SourceListener): void {
    for (const reader of this.#flowing()) {
      const { high } = this.#options.log.ends(reader);
      if (reader.position !== high || reader.toldEnd === high) continue;
      reader.toldEnd = high;
      listener.endOfPartition({ topic: reader.topic, partition: reader.partition }, high);
    }
  }

  *#flowing(): Generator<Reader> {
    for (const [place, reader] of this.#readers) {
      if (reader.position !== undefined && !reader.isStopped && !this.#paused.has(place)) yield reader;
    }
  }

  #commit(entries: readonly CommitEntry[]): CommitError | undefined {
    const failure = this.#failures.shift();
    if (failure !== undefined) return failure;
    if (!this.#group.accepts(this))
      return { kind: 'not-owned', code: 'UNKNOWN_MEMBER_ID', message: 'not a member' };
    for (const entry of entries) this.#group.commit(entry);
    return undefined;
  }

  #commitHandedOver(place: TopicPartition): void {
    const position = this.#readers.get(placeOf(place))?.position;
    if (this.#options.clientCommits === true && position !== undefined)
      this.#group.commit({ ...place, offset: position });
  }

  #leave(): void {
    this.#gaveBack = false;
    this.#group.leave(this);
    this.#goOnLeaving();
  }

  /** Once nothing is owned any more, it has left, or joins again. */
  #goOnLeaving(): void {
    if (this.#state !== 'leaving' && this.#state !== 'rejoining') return;
    if (this.#group.isBusyWith(this)) return;
    const isBack = this.#state === 'rejoining';
    this.#state = isBack ? 'open' : 'left';
    this.#group.remove(this);
    if (isBack) this.#group.join(this);
    else if (!this.#gaveBack) this.#tell((listener) => listener.left());
  }
}

function placeOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
