import assert from 'node:assert/strict';

import type {
  AssignmentFacts,
  CommitEntry,
  CommitError,
  Message,
  MessageSource,
  PartitionFacts,
  PartitionStart,
  Rebalance,
  SourceListener,
  TopicPartition,
  Watermarks,
} from '@millrace/core';

/** How often an idle probe polls, beside the source's wake-ups. */
const POLL_EVERY_MS = 20;

/**
 * A listener that behaves as the engine does: polls on wake-ups and a timer, looks assignments up, starts at the commit or
 * else at the beginning, and gives back what is revoked. It writes down what it hears, and what no source may do.
 */
export class SourceProbe implements SourceListener {
  readonly source: MessageSource;
  readonly messages: Message[] = [];
  readonly rebalances: Rebalance[] = [];
  readonly ends: { readonly place: string; readonly offset: number; readonly seen: number }[] = [];
  readonly looked: AssignmentFacts[] = [];
  readonly owned = new Map<string, TopicPartition>();
  readonly acknowledgements = new Map<number, CommitError | undefined>();
  readonly highWaters = new Map<string, Watermarks>();
  hasLeft = false;
  /** Whether rebalances are answered as they come. */
  answers: boolean;
  /** Messages asked for at once. */
  pollSize = 50;
  readonly #patienceMs: number;
  readonly #faults: string[] = [];
  readonly #waiting = new Set<() => void>();
  #asked: number | undefined = undefined;
  #inCall = false;
  #open: Rebalance | undefined = undefined;
  #commits = 0;
  #timer: NodeJS.Timeout | undefined = undefined;
  #isSilent = false;

  constructor(source: MessageSource, options: { readonly answers: boolean; readonly patienceMs: number }) {
    this.source = source;
    this.answers = options.answers;
    this.#patienceMs = options.patienceMs;
  }

  /** Opens the source and begins to poll. */
  async open(): Promise<void> {
    await this.source.open(this);
    this.#timer = setInterval(() => this.poll(), POLL_EVERY_MS);
    this.poll();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.source.close();
    this.#isSilent = true;
  }

  /** What no source may do has not happened. */
  assertSound(): void {
    assert.deepEqual(this.#faults, []);
  }

  // ---- moves of a check

  poll(): void {
    if (this.#asked !== undefined || this.#isSilent) return;
    this.#asked = this.pollSize;
    this.call((source) => source.poll(this.pollSize));
  }

  /** Calls the source. An answer inside the call is a fault. */
  call(run: (source: MessageSource) => void): void {
    this.#inCall = true;
    try {
      run(this.source);
    } finally {
      this.#inCall = false;
    }
  }

  /** Commits these offsets of the topic, and resolves with the answer. */
  async commit(
    entries: readonly (Pick<CommitEntry, 'topic' | 'partition' | 'offset'> & Partial<CommitEntry>)[],
  ): Promise<CommitError | undefined> {
    const id = ++this.#commits;
    this.call((source) =>
      source.commit(
        id,
        entries.map((entry) => ({ leaderEpoch: undefined, metadata: '', ...entry })),
      ),
    );
    await this.until(() => this.acknowledgements.has(id), 'the answer to a commit');
    return this.acknowledgements.get(id);
  }

  /** Answers the rebalance that waits. */
  answer(rebalance: Rebalance, facts: readonly PartitionFacts[] = []): void {
    this.#open = undefined;
    const starts: PartitionStart[] = rebalance.kind === 'assign' ? facts.map(startOf) : [];
    for (const place of rebalance.partitions) {
      if (rebalance.kind === 'assign') this.owned.set(placeOf(place), place);
      else this.owned.delete(placeOf(place));
    }
    this.call((source) => source.answer(rebalance, starts));
  }

  /** Resolves as soon as something holds; looks again at everything that is heard. */
  until(holds: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new assert.AssertionError({ message: `${what} did not come within ${this.#patienceMs} ms` }));
      }, this.#patienceMs);
      const look = (): void => {
        if (!holds()) return;
        clearTimeout(timeout);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  owns(count: number): Promise<void> {
    return this.until(() => this.owned.size === count, `the ownership of ${count} partitions`);
  }

  /** What the last look-up found of a partition. */
  factsOf(partition: number): PartitionFacts | undefined {
    const found = this.looked.flatMap(({ partitions }) => partitions);
    return found.findLast((facts) => facts.partition === partition);
  }

  /** The first rebalance with partitions that waits for its answer; resolves when it has come. */
  async pending(kind: Rebalance['kind']): Promise<Rebalance> {
    const find = (): Rebalance | undefined =>
      this.#open?.kind === kind && this.#open.partitions.length > 0 ? this.#open : undefined;
    await this.until(() => find() !== undefined, `a rebalance of kind ${kind}`);
    return find() as Rebalance;
  }

  /** Values of one partition, in the order they came. */
  values(partition: number): string[] {
    return this.messages
      .filter((message) => message.partition === partition)
      .map(({ value }) => value?.toString() ?? '');
  }

  // ---- what the source tells

  wake(): void {
    this.#heard('wake');
    this.poll();
    this.#look();
  }

  polled(batch: readonly Message[]): void {
    this.#heard('polled');
    if (this.#asked === undefined) this.#fault('a poll was answered twice, or never asked for');
    else if (batch.length > this.#asked)
      this.#fault(`${batch.length} messages came where ${this.#asked} were asked for`);
    this.#asked = undefined;
    for (const message of batch) {
      if (!this.owned.has(placeOf(message)))
        this.#fault(`a message of ${placeOf(message)} came, which is not owned`);
    }
    this.messages.push(...batch);
    if (batch.length > 0) this.poll();
    this.#look();
  }

  committed(id: number, error: CommitError | undefined): void {
    this.#heard('committed');
    if (this.acknowledgements.has(id)) this.#fault(`commit ${id} was answered twice`);
    this.acknowledgements.set(id, error);
    this.#look();
  }

  rebalance(rebalance: Rebalance): void {
    this.#heard('rebalance');
    if (this.#open !== undefined) this.#fault('a rebalance came before the one before it was answered');
    if (this.rebalances.some(({ id }) => id === rebalance.id))
      this.#fault(`two rebalances have the id ${rebalance.id}`);
    this.#open = rebalance;
    this.rebalances.push(rebalance);
    // an assignment of nothing is nothing to wait for
    if (rebalance.partitions.length === 0) this.answer(rebalance);
    else if (this.answers) {
      if (rebalance.kind === 'assign')
        this.call((source) => source.locate(rebalance.id, rebalance.partitions));
      else this.answer(rebalance);
    }
    this.#look();
  }

  located(rebalanceId: number, facts: AssignmentFacts): void {
    this.#heard('located');
    this.looked.push(facts);
    if (this.answers && this.#open?.id === rebalanceId) this.answer(this.#open, facts.partitions);
    this.#look();
  }

  watermarks(ends: readonly Watermarks[]): void {
    this.#heard('watermarks');
    for (const end of ends) this.highWaters.set(placeOf(end), end);
    this.#look();
  }

  endOfPartition(place: TopicPartition, offset: number): void {
    this.#heard('endOfPartition');
    const seen = this.messages.filter((message) => placeOf(message) === placeOf(place)).length;
    this.ends.push({ place: placeOf(place), offset, seen });
    this.#look();
  }

  left(): void {
    this.#heard('left');
    this.hasLeft = true;
    this.#look();
  }

  reachable(): void {
    this.#heard('reachable');
  }

  failed(error: unknown): void {
    this.#heard('failed');
    this.#fault(`it failed: ${String(error)}`);
  }

  #heard(what: string): void {
    if (this.#inCall) this.#fault(`${what} was told inside a call`);
    if (this.#isSilent) this.#fault(`${what} was told after the close`);
  }

  #fault(text: string): void {
    this.#faults.push(text);
  }

  #look(): void {
    for (const look of [...this.#waiting]) look();
  }
}

/** At the commit, or else at the beginning. */
function startOf({ topic, partition, committed, low }: PartitionFacts): PartitionStart {
  return { topic, partition, offset: committed === undefined ? low : undefined };
}

export function placeOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
