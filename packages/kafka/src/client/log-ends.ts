import type { Logger, TopicPartition, Watermarks } from '@millrace/core';

import type { ConsumerConnection } from './consumer-connection.js';
import { clientError } from './kafka-error.js';
import type { ListenerRelay } from './listener-relay.js';
import { partitionForNative } from './native-boundary.js';
import { placeKey } from './place-key.js';

const timeoutMs = 1_000;

/** Tells where logs end, and wakes the threads that fetch from them: both are done by asking their leaders. */
export class LogEnds {
  readonly #connection: ConsumerConnection;
  readonly #relay: ListenerRelay;
  readonly #logger: Logger;
  #isAsking = false;
  /** Partitions whose fetchers are to be woken by a call that waits for its turn. */
  #toWake: Map<string, TopicPartition> | undefined = undefined;

  constructor(parts: {
    readonly connection: ConsumerConnection;
    readonly relay: ListenerRelay;
    readonly logger: Logger;
  }) {
    this.#connection = parts.connection;
    this.#relay = parts.relay;
    this.#logger = parts.logger;
  }

  /** What the last fetch said, or what the brokers say. */
  query(partitions: readonly TopicPartition[], fresh: boolean): void {
    if (fresh) void this.#ask(partitions);
    else {
      const ends = partitions.flatMap((place) => this.#known(place) ?? []);
      queueMicrotask(() => this.#relay.watermarks(ends));
    }
  }

  /**
   * Wakes the threads that fetch these. After all partitions of a broker were paused, its thread sleeps up to a second,
   * whatever is resumed meanwhile; any request to that broker wakes it, and this one goes to each leader at once.
   */
  kick(partitions: readonly TopicPartition[]): void {
    if (partitions.length === 0 || !this.#connection.isOpen) return;
    if (this.#toWake !== undefined) {
      for (const place of partitions) this.#toWake.set(placeKey(place), place);
      return;
    }
    this.#toWake = new Map(partitions.map((place) => [placeKey(place), place]));
    void this.#wake();
  }

  async #wake(): Promise<void> {
    const take = (): TopicPartition[] => {
      const taken = [...(this.#toWake?.values() ?? [])];
      this.#toWake = undefined;
      return taken;
    };
    try {
      await this.#connection.touch(take, timeoutMs);
    } catch (error) {
      // Nothing depends on its answer: the thread is awake, or wakes by itself.
      this.#toWake = undefined;
      this.#logger.debug({ error: clientError(error).name }, 'a fetcher could not be woken');
    }
  }

  async #ask(partitions: readonly TopicPartition[]): Promise<void> {
    // Whoever asks again and again while no broker answers gets one answer.
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      const ends = await this.#connection.ends(partitions, timeoutMs);
      this.#relay.watermarks(ends.flatMap((end) => (end instanceof Error ? [] : [end])));
    } catch (error) {
      this.#logger.debug({ error: clientError(error).name }, 'the ends of logs could not be asked for');
    }
    this.#isAsking = false;
  }

  #known(place: TopicPartition): Watermarks | undefined {
    try {
      const { topic, partition } = partitionForNative(place);
      const ends = this.#connection.call((client) => client.getWatermarkOffsets(topic, partition));
      if (ends === undefined || ends.highOffset < 0) return undefined;
      return { topic, partition, low: Math.max(0, ends.lowOffset), high: ends.highOffset };
    } catch {
      // Not fetched yet, or not ours any more.
      return undefined;
    }
  }
}
