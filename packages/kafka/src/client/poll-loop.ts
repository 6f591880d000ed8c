import { type Clock, type Logger, MillraceError } from '@millrace/core';

import type { KafkaMessage } from '../kafka-message.js';
import type { ClientEvents } from './client-events.js';
import type { ConsumerConnection } from './consumer-connection.js';
import { clientError } from './kafka-error.js';
import type { ListenerRelay } from './listener-relay.js';
import type { NativeCallback } from './low-level-client.js';
import type { NativePartition } from './native-partition.js';
import type { Reachability } from './reachability.js';

const tellAgainMs = 60_000;
/** Enough for any poll; what is asked for bounds it further. */
const mostAppetite = 4_096;

/** What it works with. */
export interface PollParts {
  readonly connection: ConsumerConnection;
  readonly relay: ListenerRelay;
  readonly reachability: Reachability;
  readonly events: ClientEvents;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called after each answer: what the poll may have held up can go on. */
  readonly polled: () => void;
}

/**
 * Takes messages from the client, and with them everything else: acknowledgements, rebalances and errors reach us only
 * while a poll runs. One poll at a time, each answered once, whatever comes of it.
 *
 * A poll asks for one message first, and for twice as many each time it gets all it has asked for. At the end of a log the
 * client would otherwise be in a trap of the binding: once an end has followed a message, each further message of the same
 * poll is waited for, a millisecond long, on a thread of the pool, until there are as many as were asked for or a
 * millisecond brings none. (Messages at 1,000 to 5,000/s: 1.5 ms in the middle and 8 to 20 ms at worst instead of 0.15 and
 * 4.)
 */
export class PollLoop {
  readonly #parts: PollParts;
  readonly #answered: NativeCallback<readonly KafkaMessage[]>;
  #isPolling = false;
  #asked = 1;
  #appetite = 1;
  /** Ends of partitions that the poll under way has come to. */
  #ends: NativePartition[] = [];
  /** When an error was last told, by its name: one that comes with every poll does not fill the log. */
  readonly #toldAt = new Map<string, number>();

  constructor(parts: PollParts) {
    this.#parts = parts;
    this.#answered = (error, batch = nothing) => this.#answer(error, batch);
  }

  get isPolling(): boolean {
    return this.#isPolling;
  }

  poll(most: number): void {
    if (this.#isPolling) return;
    this.#isPolling = true;
    this.#asked = Math.min(most, this.#appetite);
    if (this.#parts.connection.consume(this.#asked, this.#answered)) return;
    queueMicrotask(() => this.#answer(undefined, []));
  }

  /** From the client, inside the answer to a poll: a partition has been read to its end. */
  endReached(end: NativePartition): void {
    this.#ends.push(end);
  }

  #answer(error: unknown, batch: readonly KafkaMessage[]): void {
    const { relay, reachability, polled } = this.#parts;
    const ends = this.#ends;
    this.#isPolling = false;
    if (ends.length > 0) this.#ends = [];
    this.#appetite = batch.length < this.#asked ? 1 : Math.min(this.#appetite * 2, mostAppetite);
    if (error !== undefined && error !== null) this.#failed(error);
    else if (batch.length > 0) reachability.confirmed();
    // The next poll begins in here, before the messages are looked at: the client works meanwhile.
    relay.polled(batch);
    for (const { topic, partition, offset } of ends) relay.endOfPartition({ topic, partition }, offset ?? 0);
    polled();
  }

  #failed(cause: unknown): void {
    const { relay, reachability, events, logger } = this.#parts;
    const error = clientError(cause);
    switch (error.kind) {
      case 'fatal':
        relay.failed(new MillraceError('CLIENT_FATAL', events.describe(error)));
        return;
      case 'unreachable':
        reachability.suspected(events.describe(error));
        return;
      case 'closed':
        return;
      case 'unauthenticated':
      case 'membership':
      case 'partition':
      case 'transient':
        // Which partition, the binding does not tell: its progress is watched instead.
        if (this.#isNews(error.name)) {
          logger.warn({ error: error.name, detail: events.describe(error) }, 'the client reports an error');
        }
    }
  }

  #isNews(name: string): boolean {
    const now = this.#parts.clock.monotonic();
    const isNews = now - (this.#toldAt.get(name) ?? -Infinity) >= tellAgainMs;
    if (isNews) this.#toldAt.set(name, now);
    return isNews;
  }
}

const nothing: readonly KafkaMessage[] = [];
