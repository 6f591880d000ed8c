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

import { AssignmentLookup } from './assignment-lookup.js';
import { Backoff } from './backoff.js';
import { type ClientConfig, firstServer, type KafkaConfig } from './client-config.js';
import { ClientEvents } from './client-events.js';
import { type ClientHooks, clientHooks } from './client-hooks.js';
import { CommitChannel } from './commit-channel.js';
import { ConsumerConnection } from './consumer-connection.js';
import { type ClientError, clientError } from './kafka-error.js';
import { ListenerRelay } from './listener-relay.js';
import { LogEnds } from './log-ends.js';
import type { LowLevelConsumer } from './low-level-client.js';
import { partitionForNative } from './native-boundary.js';
import { type NativeCallLimit, processCallLimit } from './native-call-limit.js';
import { createConsumer, type NativeConsumer } from './native-client.js';
import { type OAuthBearer, tokenFrom } from './oauth-bearer.js';
import { PollLoop } from './poll-loop.js';
import { Reachability } from './reachability.js';
import { RebalanceListener } from './rebalance-listener.js';
import { takeOn } from './take-on.js';
import type { WantedTopic } from './topic-check.js';
import { TopicSubscription } from './topic-subscription.js';

/** While no broker answers a call waits this long for one, and holds a thread as long. */
const openTimeoutMs = 500;
/** When a broker is there and does not answer in time, it gets more time with each try, up to this. */
const openMostTimeoutMs = 4_000;
const probeTimeoutMs = 500;
const openRetry = { firstMs: 100, mostMs: 500 };

/** What a source is made of. */
export interface KafkaSourceParts {
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

/** What exists once there is a client. */
interface Running {
  readonly connection: ConsumerConnection;
  readonly polls: PollLoop;
  readonly commits: CommitChannel;
  readonly rebalances: RebalanceListener;
  readonly lookup: AssignmentLookup;
  readonly ends: LogEnds;
  readonly topics: TopicSubscription;
  readonly reachability: Reachability;
  readonly events: ClientEvents;
}

/**
 * Kafka as a source of messages: one low-level client in one group. This class puts the parts together and holds the order
 * of opening and closing; each part does one thing and knows the client only through the connection.
 */
export class KafkaSource implements MessageSource {
  readonly #parts: KafkaSourceParts;
  readonly #clock: Clock;
  readonly #relay = new ListenerRelay();
  /** Of the user's own client it is known once it is there. */
  #server: string | undefined;
  /** Written by `open`, once. */
  #running: Running | undefined = undefined;
  #opened: Promise<void> | undefined = undefined;
  #closed: Promise<void> | undefined = undefined;
  /** Said by an event while opening: who we are was refused. */
  #refusal: ClientError | undefined = undefined;
  #isOpening = false;

  constructor(parts: KafkaSourceParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#server = parts.config.server;
  }

  get system(): SourceSystem {
    const { clientId } = this.#parts.config;
    return { name: 'kafka', attributePrefix: 'messaging.kafka', clientId, server: this.#server };
  }

  open(listener: SourceListener): Promise<void> {
    this.#opened ??= this.#open(listener);
    return this.#opened;
  }

  poll(max: number): void {
    this.#running?.polls.poll(max);
  }

  commit(id: number, entries: readonly CommitEntry[]): void {
    this.#running?.commits.commit(id, entries);
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#quietly('pause', (client) => client.pause(partitions.map(partitionForNative)));
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#quietly('resume', (client) => client.resume(partitions.map(partitionForNative)));
  }

  kick(partitions: readonly TopicPartition[]): void {
    this.#running?.ends.kick(partitions);
  }

  locate(rebalanceId: number, partitions: readonly TopicPartition[]): void {
    this.#running?.lookup.locate(rebalanceId, partitions);
  }

  query(partitions: readonly TopicPartition[], fresh: boolean): void {
    this.#running?.ends.query(partitions, fresh);
  }

  answer(rebalance: Rebalance, starts: readonly PartitionStart[]): void {
    this.#running?.lookup.forget(rebalance.id);
    this.#running?.rebalances.answer(rebalance, starts);
  }

  unsubscribe(): void {
    this.#quietly('unsubscribe', (client) => client.unsubscribe());
    // Without partitions the client has nothing to give back, and mostly says nothing; when something is on its way to us
    // after all, closing answers it.
    if (this.#running?.rebalances.isIdle !== false) queueMicrotask(() => this.#relay.left());
  }

  resubscribe(): void {
    this.#quietly('unsubscribe', (client) => client.unsubscribe());
    // The client keeps it in mind until everything is given back.
    this.#quietly('subscribe', () => this.#running?.topics.subscribe());
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #open(listener: SourceListener): Promise<void> {
    if (this.#closed !== undefined) throw closedError();
    const { config, createClient = createConsumer, oauthBearer } = this.#parts;
    this.#relay.listenTo(listener);
    const client = takeOn(createClient(config.properties), config);
    this.#server ??= firstServer(client[clientHooks].config);
    const running = this.#assemble(client);
    this.#running = running;
    if (oauthBearer !== undefined) client[clientHooks].token = tokenFrom(oauthBearer, this.#clock);
    this.#isOpening = true;
    await this.#connect(client, running);
    await this.#findTopics(running);
    this.#isOpening = false;
    running.topics.subscribe();
    void running.topics.follow();
  }

  async #connect(client: LowLevelConsumer, { connection }: Running): Promise<void> {
    try {
      await connection.connect();
    } catch (error) {
      const text = client[clientHooks].withoutSecrets(clientError(error).message);
      throw new MillraceError('OPTIONS_INVALID', `the Kafka client refuses its configuration: ${text}`);
    }
  }

  /** Asks for the topics until a broker answers; the first answer is also the proof that there is one. */
  async #findTopics({ connection, topics, reachability, events }: Running): Promise<void> {
    const backoff = new Backoff(this.#clock, openRetry.firstMs, openRetry.mostMs);
    let timeoutMs = openTimeoutMs;
    while (!connection.isClosing) {
      try {
        await topics.resolve(timeoutMs);
        reachability.confirmed();
        return;
      } catch (cause) {
        if (cause instanceof MillraceError && cause.code === 'TOPIC_MISSING') throw cause;
        const error = clientError(cause);
        await this.#serveEvents(connection);
        const refusal = this.#refusal;
        if (refusal !== undefined) throw new MillraceError('CONNECT_FAILED', events.describe(refusal));
        if (connection.isOpen) reachability.denied(events.describe(error));
        // Only when a broker was there and did not answer in time.
        if (error.name === '_TIMED_OUT') timeoutMs = Math.min(timeoutMs * 2, openMostTimeoutMs);
      }
      await backoff.wait(connection.closing);
    }
    throw closedError();
  }

  /** Before anything is subscribed a poll brings no messages, only events. */
  #serveEvents(connection: ConsumerConnection): Promise<void> {
    return new Promise((resolve) => {
      if (!connection.consume(1, () => resolve())) resolve();
    });
  }

  async #close(): Promise<void> {
    this.#relay.fallSilent();
    const { connection, rebalances } = this.#running ?? {};
    const closed = connection?.close();
    rebalances?.abandon();
    await closed;
    // It ends by itself when the connection closes; what it says then is of no interest.
    await this.#opened?.catch(() => undefined);
  }

  #assemble(client: LowLevelConsumer): Running {
    const { logger, topics, callLimit = processCallLimit(), topicRefreshMs = 60_000 } = this.#parts;
    const [clock, relay] = [this.#clock, this.#relay];
    const connection = new ConsumerConnection({ client, limit: callLimit, clock, logger });
    const basics = { connection, relay, clock, logger };
    const reachability = new Reachability({
      ...basics,
      closing: connection.closing,
      probe: () => connection.metadata(subscription.names[0], probeTimeoutMs),
    });
    const events = new ClientEvents({ client, logger, reported: (error) => this.#reported(error) });
    const subscription = new TopicSubscription({ ...basics, wanted: topics, refreshMs: topicRefreshMs });
    const rebalances = new RebalanceListener({ ...basics, isPolling: () => polls.isPolling });
    const polls = new PollLoop({ ...basics, reachability, events, polled: () => rebalances.tell() });
    const commits = new CommitChannel(connection, relay);
    this.#listen(client, { polls, commits, rebalances, reachability });
    return {
      connection,
      polls,
      commits,
      rebalances,
      lookup: new AssignmentLookup(basics),
      ends: new LogEnds(basics),
      topics: subscription,
      reachability,
      events,
    };
  }

  #listen(
    client: LowLevelConsumer,
    { polls, commits, rebalances, reachability }: Pick<Running, 'polls' | 'commits' | 'rebalances' | 'reachability'>,
  ): void {
    const hooks: ClientHooks = client[clientHooks];
    hooks.rebalance = (error, partitions) => rebalances.arrived(error, partitions);
    hooks.queueNotEmpty = () => this.#relay.wake();
    hooks.committed = (error, partitions) => {
      if (error === undefined || error === null) reachability.confirmed();
      commits.answered(error, partitions);
    };
    client.on('partition.eof', (end) => polls.endReached(end));
  }

  /** An error that belongs to no call. */
  #reported(error: ClientError): void {
    const running = this.#running;
    if (error.kind === 'unauthenticated') this.#refusal = error;
    if (running === undefined || this.#isOpening) return;
    if (error.kind === 'fatal') {
      this.#relay.failed(new MillraceError('CLIENT_FATAL', running.events.describe(error)));
    } else if (error.kind === 'unreachable' || error.kind === 'unauthenticated') {
      running.reachability.suspected(running.events.describe(error));
    }
  }

  /** For calls about partitions that may just have been taken away, or on a client that has just gone: no harm is done. */
  #quietly(what: string, use: (client: LowLevelConsumer) => unknown): void {
    try {
      this.#running?.connection.call(use);
    } catch (error) {
      this.#parts.logger.debug({ call: what, error: clientError(error).message }, 'a call of the client failed');
    }
  }
}

function closedError(): MillraceError {
  return new MillraceError('STATE_INVALID', 'the source is closed');
}
