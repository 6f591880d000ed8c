import { EventEmitter } from 'node:events';

import { type ClientHooks, clientHooks, unheardHooks } from '../../src/client/client-hooks.js';
import type { KafkaConfig } from '../../src/client/kafka-config.js';
import { ASSIGN_PARTITIONS, REVOKE_PARTITIONS } from '../../src/client/kafka-error.js';
import type { LowLevelConsumer, NativeCallback, NativeMetadata } from '../../src/client/low-level-client.js';
import type { NativePartition } from '../../src/client/native-partition.js';
import type { KafkaMessage } from '../../src/kafka-message.js';

/** An error as the binding makes them. */
export function nativeError(code: number, message = `error ${code}`): Error {
  return Object.assign(new Error(message), { code });
}

type Blocking = 'getMetadata' | 'committed' | 'offsetsForTimes' | 'disconnect';

/**
 * A client whose broker is a few Maps. It keeps the rules that the real one enforces by ending the process: whatever is
 * called on it before it is connected, or after, is noted in `crimes`. Answers come in a later turn; those of a call that
 * is `held` come when it is let go.
 */
export class FakeClient extends EventEmitter implements LowLevelConsumer {
  [clientHooks]: ClientHooks = unheardHooks();
  /** Names of the methods called, in order. */
  readonly calls: string[] = [];
  readonly crimes: string[] = [];
  readonly commits: (readonly NativePartition[])[] = [];
  /** What each `offsetsForTimes` asked for. */
  readonly lookedUp: (readonly NativePartition[])[] = [];
  readonly answers: { readonly how: string; readonly partitions: readonly NativePartition[] }[] = [];
  /** Partitions of each topic that exists. */
  readonly topics = new Map<string, number>();
  /** What the group has committed, and where logs end, by `topic/partition`. */
  readonly committedAt = new Map<string, { readonly offset: number; readonly metadata?: string }>();
  readonly ends = new Map<string, { readonly low: number; readonly high: number }>();
  /** Errors that the next calls get, in order; a method without one succeeds. */
  readonly failures = new Map<string, Error[]>();
  readonly held = new Set<Blocking>();
  /** The poll under way. */
  poll: { readonly most: number; readonly done: NativeCallback<readonly KafkaMessage[]> } | undefined;
  isBrokerUp = true;
  protocol: 'NONE' | 'EAGER' | 'COOPERATIVE' = 'COOPERATIVE';
  isLost = false;
  subscribed: readonly string[] = [];
  #state: 'new' | 'connected' | 'gone' = 'new';
  #waiting: { readonly method: Blocking; readonly answer: () => void }[] = [];

  // ---- for the test

  /** As if it had been made with this; of what it says, what `hide` hides is hidden. */
  madeWith(config: KafkaConfig, hide?: (text: string) => string): this {
    this[clientHooks] = unheardHooks(config, hide);
    return this;
  }

  /** Answers the poll under way. */
  async bring(...batch: KafkaMessage[]): Promise<void> {
    this.#answerPoll(undefined, batch);
    await turn();
  }

  async failPoll(error: unknown): Promise<void> {
    this.#answerPoll(error, []);
    await turn();
  }

  assigns(...partitions: NativePartition[]): void {
    this[clientHooks].rebalance(nativeError(ASSIGN_PARTITIONS), partitions);
  }

  revokes(...partitions: NativePartition[]): void {
    this[clientHooks].rebalance(nativeError(REVOKE_PARTITIONS), partitions);
  }

  /** Lets held calls go. */
  release(method: Blocking): void {
    this.held.delete(method);
    const free = this.#waiting.filter((waiting) => waiting.method === method);
    this.#waiting = this.#waiting.filter((waiting) => waiting.method !== method);
    for (const { answer } of free) answer();
  }

  // ---- the client

  isConnected(): boolean {
    return this.#state === 'connected';
  }

  connect(_options: object, done: NativeCallback): void {
    this.calls.push('connect');
    if (this.#state !== 'new') this.crimes.push(`connect when ${this.#state}`);
    const error = this.#failure('connect');
    setImmediate(() => {
      if (error === undefined) this.#state = 'connected';
      // As the binding does; whoever connects without waiting has put its own in the place of this method.
      if (error === undefined) this.getMetadata({ allTopics: true, timeout: 30_000 }, done);
      else done(error);
    });
  }

  disconnect(done: NativeCallback): void {
    this.#touch('disconnect');
    this.#state = 'gone';
    if (this.#waiting.length > 0) this.crimes.push('disconnect while calls are under way');
    if (this.poll !== undefined) this.crimes.push('disconnect while a poll is under way');
    this.#answer('disconnect', () => done(null, {}));
  }

  getMetadata(
    { topic }: { readonly topic?: string; readonly allTopics: boolean; readonly timeout: number },
    done: NativeCallback<NativeMetadata>,
  ): void {
    this.#touch('getMetadata');
    this.#block('getMetadata', done, () => ({
      topics: (topic === undefined ? [...this.topics.keys()] : [topic]).map((name) => ({
        name,
        partitions: Array.from({ length: this.topics.get(name) ?? 0 }, (_, id) => ({ id, leader: 1 })),
      })),
    }));
  }

  committed(
    partitions: readonly NativePartition[],
    _timeoutMs: number,
    done: NativeCallback<readonly NativePartition[]>,
  ): void {
    this.#touch('committed');
    this.#block('committed', done, () =>
      partitions.map((place) => ({ ...place, ...this.committedAt.get(`${place.topic}/${place.partition}`) })),
    );
  }

  offsetsForTimes(
    partitions: readonly NativePartition[],
    _timeoutMs: number,
    done: NativeCallback<readonly (NativePartition | Error)[]>,
  ): void {
    this.#touch('offsetsForTimes');
    this.lookedUp.push(partitions);
    this.#block('offsetsForTimes', done, () =>
      partitions.map((place) => {
        const end = this.ends.get(`${place.topic}/${place.partition}`);
        if (end === undefined) return new Error('Local: Unknown partition');
        return { ...place, offset: place.offset === -2 ? end.low : end.high };
      }),
    );
  }

  getWatermarkOffsets(topic: string, partition: number): { lowOffset: number; highOffset: number } {
    this.#touch('getWatermarkOffsets');
    const end = this.ends.get(`${topic}/${partition}`);
    return { lowOffset: end?.low ?? -1001, highOffset: end?.high ?? -1001 };
  }

  setDefaultConsumeTimeout(ms: number): void {
    this.calls.push(`setDefaultConsumeTimeout ${ms}`);
  }

  setDefaultIsTimeoutOnlyForFirstMessage(only: boolean): void {
    this.calls.push(`setDefaultIsTimeoutOnlyForFirstMessage ${String(only)}`);
  }

  consume(most: number, done: NativeCallback<readonly KafkaMessage[]>): void {
    this.#touch('consume');
    if (this.poll !== undefined) this.crimes.push('two polls at once');
    this.poll = { most, done };
    // Before there is a subscription there is nothing to wait for; in a test the broker's silence is the default.
    if (this.subscribed.length === 0) setImmediate(() => this.#answerPoll(undefined, []));
  }

  subscribe(topics: readonly string[]): void {
    this.#touch('subscribe');
    this.subscribed = topics;
  }

  unsubscribe(): void {
    this.#touch('unsubscribe');
    this.subscribed = [];
  }

  commit(offsets: readonly NativePartition[]): void {
    this.#touch('commit');
    this.commits.push(offsets);
  }

  assignmentLost(): boolean {
    this.#touch('assignmentLost');
    return this.isLost;
  }

  rebalanceProtocol(): 'NONE' | 'EAGER' | 'COOPERATIVE' {
    this.#touch('rebalanceProtocol');
    return this.protocol;
  }

  assign(partitions: readonly NativePartition[]): void {
    this.#answered('assign', partitions);
  }

  unassign(): void {
    this.#answered('unassign', []);
  }

  incrementalAssign(partitions: readonly NativePartition[]): void {
    this.#answered('incrementalAssign', partitions);
  }

  incrementalUnassign(partitions: readonly NativePartition[]): void {
    this.#answered('incrementalUnassign', partitions);
  }

  pause(partitions: readonly NativePartition[]): void {
    this.#touch('pause');
    this.answers.push({ how: 'pause', partitions });
  }

  resume(partitions: readonly NativePartition[]): void {
    this.#touch('resume');
    this.answers.push({ how: 'resume', partitions });
  }

  #answered(how: string, partitions: readonly NativePartition[]): void {
    // These alone are allowed while it closes.
    this.calls.push(how);
    if (this.#state === 'new') this.crimes.push(`${how} before connect`);
    this.#throwIfAsked(how);
    this.answers.push({ how, partitions });
  }

  #touch(method: string): void {
    this.calls.push(method);
    if (this.#state !== 'connected') this.crimes.push(`${method} when ${this.#state}`);
    if (!blocking.has(method)) this.#throwIfAsked(method);
  }

  #throwIfAsked(method: string): void {
    const error = this.#failure(method);
    if (error !== undefined) throw error;
  }

  #failure(method: string): Error | undefined {
    return this.failures.get(method)?.shift();
  }

  #block<T>(method: Blocking, done: NativeCallback<T>, result: () => T): void {
    const error = this.#failure(method) ?? (this.isBrokerUp ? undefined : nativeError(-195, 'no broker'));
    this.#answer(method, () => (error === undefined ? done(null, result()) : done(error)));
  }

  #answer(method: Blocking, answer: () => void): void {
    if (this.held.has(method)) this.#waiting.push({ method, answer });
    else setImmediate(answer);
  }

  #answerPoll(error: unknown, batch: readonly KafkaMessage[]): void {
    const { poll } = this;
    this.poll = undefined;
    if (error === undefined) poll?.done(null, batch);
    else poll?.done(error);
  }
}

const blocking: ReadonlySet<string> = new Set(['getMetadata', 'committed', 'offsetsForTimes', 'disconnect']);

/** Lets everything happen that is due now, and what follows from it. */
export async function turn(times = 10): Promise<void> {
  for (let i = 0; i < times; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

export function message(topic: string, partition: number, offset: number): KafkaMessage {
  const [key, value] = [null, Buffer.from('x')];
  return { topic, partition, offset, timestamp: 1, size: value.length, key, value };
}
