import { type Clock, type Logger, MillraceError, type TopicPartition, type Watermarks } from '@millrace/core';

import type { KafkaMessage } from '../kafka-message.js';
import { asError, clientError } from './kafka-error.js';
import type { LowLevelConsumer, NativeCallback, NativeMetadata } from './low-level-client.js';
import { countForNative, partitionForNative, timeoutForNative, topicForNative } from './native-boundary.js';
import type { NativeCallLimit } from './native-call-limit.js';
import { connectWithoutWaiting, pollWithoutWaiting } from './native-client.js';
import type { NativePartition } from './native-partition.js';

/**
 * `new`: made, nothing native exists. `connecting`: the native client is being made. `open`: calls are possible.
 * `closing`: only a rebalance can still be answered. `closed`: no call may reach it, it would end the process.
 */
type ConnectionState = 'new' | 'connecting' | 'open' | 'closing' | 'closed';

const moves: Readonly<Record<ConnectionState, readonly ConnectionState[]>> = {
  new: ['connecting', 'closed'],
  connecting: ['open', 'closed'],
  open: ['closing'],
  closing: ['closed'],
  closed: [],
};

/** How long closing may take before the client is left to itself. */
const closeTimeoutMs = 10_000;
/** In `offsetsForTimes`, a time that stands for the first offset of a log, and one for its end. */
const FIRST = -2;
const END = -1;

/** What the connection works with. */
export interface ConnectionParts {
  readonly client: LowLevelConsumer;
  readonly limit: NativeCallLimit;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The only one who calls the native consumer. It makes once-only and safe what is neither there: a call reaches the client
 * only while it is connected, blocking calls pass the limit and become promises, and the client is disconnected once, when
 * the last of them has come back (a look-up that is under way while the client goes away ends the process).
 */
export class ConsumerConnection {
  readonly #client: LowLevelConsumer;
  readonly #limit: NativeCallLimit;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Aborted when closing begins: calls that still wait for their turn are taken back. */
  readonly #closing = new AbortController();
  /** Native calls that have not come back. */
  readonly #underWay = new Set<Promise<unknown>>();
  #state: ConnectionState = 'new';
  #connected: Promise<void> | undefined = undefined;
  #closed: Promise<void> | undefined = undefined;

  constructor(parts: ConnectionParts) {
    this.#client = parts.client;
    this.#limit = parts.limit;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
  }

  get isOpen(): boolean {
    return this.#state === 'open' && !this.#closing.signal.aborted;
  }

  /** Nothing can reach the client any more. */
  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  get isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Fires when closing begins. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Makes the native client. It returns at once: whether a broker is there shows when something is asked. */
  connect(): Promise<void> {
    this.#connected ??= this.#connect();
    return this.#connected;
  }

  /** A call that returns at once; undefined when there is no client to call. Throws what the client throws. */
  call<T>(use: (client: LowLevelConsumer) => T): T | undefined {
    return this.isOpen ? use(this.#client) : undefined;
  }

  /**
   * As `call`, but also while the client is closing: it waits there for the answers to its rebalances. `isLeaving` = it
   * has been told to disconnect, and takes no partitions any more.
   */
  callToAnswer(use: (client: LowLevelConsumer, isLeaving: boolean) => unknown): void {
    if (this.#state === 'open' || this.#state === 'closing') use(this.#client, this.#state === 'closing');
  }

  /** Takes what is there now. False = there is no client, and no answer will come. */
  consume(most: number, done: NativeCallback<readonly KafkaMessage[]>): boolean {
    const count = countForNative(most);
    if (!this.isOpen) return false;
    this.#track(
      new Promise<void>((resolve) => {
        this.#client.consume(count, (error, batch) => {
          resolve();
          done(error, batch);
        });
      }),
    );
    return true;
  }

  /** What the brokers say of one topic, or of all. */
  metadata(topic: string | undefined, timeoutMs: number): Promise<NativeMetadata> {
    const timeout = timeoutForNative(timeoutMs);
    const which =
      topic === undefined ? { allTopics: true } : { allTopics: false, topic: topicForNative(topic) };
    return this.#blocking((done) => this.#client.getMetadata({ ...which, timeout }, done));
  }

  /** The group's commits; a partition that has none comes back without an offset. All or nothing. */
  async committed(
    partitions: readonly TopicPartition[],
    timeoutMs: number,
  ): Promise<readonly NativePartition[]> {
    const timeout = timeoutForNative(timeoutMs);
    const places = partitions.map(partitionForNative);
    return withoutErrors(await this.#blocking((done) => this.#client.committed(places, timeout, done)));
  }

  /** The ends of these logs, in one request to each of their leaders; an error in the place of one that could not be had. */
  async ends(
    partitions: readonly TopicPartition[],
    timeoutMs: number,
  ): Promise<readonly (Watermarks | Error)[]> {
    const [lows, highs] = await Promise.all([
      this.#offsetsAt(FIRST, () => partitions, timeoutMs),
      this.#offsetsAt(END, () => partitions, timeoutMs),
    ]);
    return partitions.map(({ topic, partition }, i) => {
      const [low, high] = [offsetOf(lows[i]), offsetOf(highs[i])];
      if (low instanceof Error) return low;
      return high instanceof Error ? high : { topic, partition, low, high };
    });
  }

  /** Sends each leader of these a small request, which wakes the thread that fetches from it. */
  async touch(partitions: () => readonly TopicPartition[], timeoutMs: number): Promise<void> {
    await this.#offsetsAt(END, partitions, timeoutMs);
  }

  /** Lets the client go. Once, when all is back that is under way. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #connect(): Promise<void> {
    this.#moveTo('connecting');
    pollWithoutWaiting(this.#client);
    try {
      await new Promise<void>((resolve, reject) => {
        connectWithoutWaiting(this.#client, (error) => (isNone(error) ? resolve() : reject(asError(error))));
      });
    } catch (error) {
      this.#moveTo('closed');
      throw error;
    }
    this.#moveTo('open');
  }

  /** `partitions` are asked for when the call's turn comes. */
  #offsetsAt(
    time: number,
    partitions: () => readonly TopicPartition[],
    timeoutMs: number,
  ): Promise<readonly (NativePartition | Error)[]> {
    const timeout = timeoutForNative(timeoutMs);
    return this.#blocking((done) => {
      const times = partitions().map((place) => ({ ...partitionForNative(place), offset: time }));
      this.#client.offsetsForTimes(times, timeout, done);
    });
  }

  #blocking<T>(start: (done: NativeCallback<T>) => void): Promise<T> {
    return this.#limit.run(() => {
      if (!this.isOpen) throw closedError();
      const answer = new Promise<T>((resolve, reject) => {
        start((error, result) => (isNone(error) ? resolve(result as T) : reject(asError(error))));
      });
      this.#track(answer);
      return answer;
    }, this.#closing.signal);
  }

  #track(answer: Promise<unknown>): void {
    const end: Promise<void> = answer.then(noMatter, noMatter).then(() => {
      this.#underWay.delete(end);
    });
    this.#underWay.add(end);
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    // A client that is being made cannot be stopped, only awaited.
    await this.#connected?.catch(() => undefined);
    if (this.#state === 'new') this.#moveTo('closed');
    if (this.#state === 'closed') return;
    let giveUp: (() => void) | undefined;
    const timer = this.#clock.after(closeTimeoutMs, () => giveUp?.());
    const tooLate = new Promise<void>((resolve) => {
      giveUp = () => {
        this.#logger.warn(
          { afterMs: closeTimeoutMs },
          'the client did not close in time and is left to itself',
        );
        resolve();
      };
    });
    await Promise.race([this.#disconnect(), tooLate]);
    timer.cancel();
  }

  async #disconnect(): Promise<void> {
    await Promise.all(this.#underWay);
    // The last poll may have brought a rebalance, whose callback has a way of its own and comes within this turn.
    await new Promise((resolve) => setImmediate(resolve));
    this.#moveTo('closing');
    await this.#limit.run(
      () =>
        new Promise<void>((resolve) => {
          this.#client.disconnect((error) => {
            if (!isNone(error)) {
              this.#logger.warn({ error: clientError(error).name }, 'the client closed with an error');
            }
            resolve();
          });
        }),
    );
    this.#moveTo('closed');
  }

  #moveTo(state: ConnectionState): void {
    if (!moves[this.#state].includes(state)) {
      throw new MillraceError(
        'STATE_INVALID',
        `a connection cannot become ${state} when it is ${this.#state}`,
      );
    }
    this.#state = state;
  }
}

/** The binding puts an error in the place of its partition, as a text alone. */
export function withoutErrors<T>(results: readonly (T | Error)[]): readonly T[] {
  return results.map((result) => {
    if (result instanceof Error) throw result;
    return result;
  });
}

function offsetOf(place: NativePartition | Error | undefined): number | Error {
  if (place instanceof Error) return place;
  const offset = place?.offset ?? -1;
  return offset < 0 ? new Error('the leader of the partition did not tell an offset') : offset;
}

function closedError(): MillraceError {
  return new MillraceError('STATE_INVALID', 'the connection is closed');
}

function noMatter(): void {}

/** The binding says "no error" in both ways. */
function isNone(error: unknown): boolean {
  return error === undefined || error === null;
}
