import {
  type Clock,
  type CommitEntry,
  type Logger,
  type MessageSource,
  MillraceError,
  type PartitionStart,
  type Rebalance,
  type SourceListener,
  type SourceSystem,
  systemClock,
  type TopicPartition,
} from '@millrace/core';

import { type ClientConfig, firstServer } from './client-config.js';
import { clientHooks } from './client-hooks.js';
import type { KafkaConfig } from './kafka-config.js';
import { clientError } from './kafka-error.js';
import { ListenerRelay } from './listener-relay.js';
import type { LowLevelConsumer } from './low-level-client.js';
import { partitionForNative } from './native-boundary.js';
import { type NativeCallLimit, processCallLimit } from './native-call-limit.js';
import { createConsumer, type NativeConsumer } from './native-client.js';
import { type OAuthBearer, tokenFrom } from './oauth-bearer.js';
import { openSource } from './source-opening.js';
import { assembleSource, type SourceParts } from './source-parts.js';
import { takeOn } from './take-on.js';
import type { WantedTopic } from './topic-check.js';

/** What a source is made of. */
export interface KafkaSourceOptions {
  readonly config: ClientConfig;
  readonly topics: readonly WantedTopic[];
  readonly logger: Logger;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
  /** Makes the client from the configuration, which is the user's way to bring one. @defaultValue `createConsumer` */
  readonly createClient?: (config: KafkaConfig) => NativeConsumer;
  readonly oauthBearer?: OAuthBearer;
  /** How often regular expressions are matched with the topics that exist. @defaultValue `60_000` */
  readonly topicRefreshMs?: number;
  /** @defaultValue the one of the process */
  readonly callLimit?: NativeCallLimit;
}

/** Time for the process to end, in milliseconds, before a client that was given up is disconnected. */
const leaveLaterMs = 3_000;

/**
 * Kafka as a source of messages: one low-level client in one group. Each part does one thing (`source-parts.ts`) and knows
 * the client only through the connection; here calls are handed on, and the order of opening and closing is kept.
 */
export class KafkaSource implements MessageSource {
  readonly #options: KafkaSourceOptions;
  readonly #clock: Clock;
  readonly #relay = new ListenerRelay();
  /** Of the user's own client it is known once it is there. */
  #server: string | undefined;
  /** Older groups: a member with an id of its own keeps its place when it goes, unless it unsubscribes. Written by `open`. */
  #keepsItsPlace = false;
  /** Written by `open`, once. */
  #parts: SourceParts | undefined = undefined;
  #opened: Promise<void> | undefined = undefined;
  #closed: Promise<void> | undefined = undefined;

  constructor(options: KafkaSourceOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#server = options.config.server;
  }

  get system(): SourceSystem {
    const { clientId } = this.#options.config;
    return { name: 'kafka', attributePrefix: 'messaging.kafka', clientId, server: this.#server };
  }

  open(listener: SourceListener): Promise<void> {
    this.#opened ??= this.#open(listener);
    return this.#opened;
  }

  poll(max: number): void {
    this.#parts?.polls.poll(max);
  }

  commit(id: number, entries: readonly CommitEntry[]): void {
    this.#parts?.commits.commit(id, entries);
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#quietly('pause', (client) => client.pause(partitions.map(partitionForNative)));
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#quietly('resume', (client) => client.resume(partitions.map(partitionForNative)));
  }

  kick(partitions: readonly TopicPartition[]): void {
    this.#parts?.ends.kick(partitions);
  }

  locate(rebalanceId: number, partitions: readonly TopicPartition[]): void {
    this.#parts?.lookup.locate(rebalanceId, partitions);
  }

  query(partitions: readonly TopicPartition[], fresh: boolean): void {
    this.#parts?.ends.query(partitions, fresh);
  }

  answer(rebalance: Rebalance, starts: readonly PartitionStart[]): void {
    this.#parts?.lookup.forget(rebalance.id);
    this.#parts?.rebalances.answer(rebalance, starts);
  }

  unsubscribe(): void {
    const owned = this.#parts?.rebalances.owned ?? [];
    if (this.#keepsItsPlace && owned.length > 0) {
      // The client would leave the group, and its partitions would move for the time of a restart.
      this.pause(owned);
      this.#parts?.rebalances.revokeOwned();
      return;
    }
    this.#quietly('unsubscribe', (client) => client.unsubscribe());
    // Without partitions the client has nothing to give back, and mostly says nothing; what is on its way to us after all
    // is answered by closing.
    if (this.#parts?.rebalances.isIdle !== false) queueMicrotask(() => this.#relay.left());
  }

  resubscribe(): void {
    this.#quietly('unsubscribe', (client) => client.unsubscribe());
    // The client keeps it in mind until everything is given back.
    this.#quietly('subscribe', () => this.#parts?.topics.subscribe());
  }

  close(inOrder = true): Promise<void> {
    if (!inOrder && this.#closed === undefined) {
      this.#relay.fallSilent();
      // Disconnecting holds a thread until the broker has answered, and the end of the process would wait for it. A process
      // that lives on must not keep a member that nobody polls.
      this.#clock.after(leaveLaterMs, () => void this.close(), { ref: false });
      return Promise.resolve();
    }
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #open(listener: SourceListener): Promise<void> {
    if (this.#closed !== undefined) throw new MillraceError('STATE_INVALID', 'the source is closed');
    const { config, createClient = createConsumer, oauthBearer, logger, topics } = this.#options;
    const client = takeOn(createClient(config.properties), config);
    const hooks = client[clientHooks];
    this.#server ??= firstServer(hooks.config);
    const isClassic = hooks.config['group.protocol'] !== 'consumer';
    this.#keepsItsPlace = isClassic && hooks.config['group.instance.id'] !== undefined;
    if (oauthBearer !== undefined) hooks.token = tokenFrom(oauthBearer, this.#clock);
    this.#relay.listenTo(listener);
    this.#parts = assembleSource({
      client,
      relay: this.#relay,
      wanted: topics,
      topicRefreshMs: this.#options.topicRefreshMs ?? 60_000,
      callLimit: this.#options.callLimit ?? processCallLimit(),
      clock: this.#clock,
      logger,
    });
    await openSource(this.#parts, this.#clock);
  }

  async #close(): Promise<void> {
    this.#relay.fallSilent();
    const closed = this.#parts?.connection.close();
    // The client does not go before its rebalances are answered, and nobody else will.
    this.#parts?.rebalances.abandon();
    await closed;
    // It ends by itself when the connection closes; what it says then is of no interest.
    await this.#opened?.catch(() => undefined);
  }

  /** For calls about partitions that may just have been taken away, or on a client that has just gone: no harm is done. */
  #quietly(what: string, use: (client: LowLevelConsumer) => unknown): void {
    try {
      this.#parts?.connection.call(use);
    } catch (error) {
      this.#options.logger.debug(
        { call: what, error: clientError(error).message },
        'a call of the client failed',
      );
    }
  }
}
