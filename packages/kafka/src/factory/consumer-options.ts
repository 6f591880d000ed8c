import type {
  DataOf,
  FailurePolicy,
  Handler as CoreHandler,
  HealthCheckCallback,
  Middleware,
  NamingConvention,
  None,
  RequestContext,
  Service,
} from '@millrace/core';

import type { KafkaConfig } from '../client/kafka-config.js';
import type { NativeConsumer } from '../client/native-client.js';
import type { KafkaMessage } from '../kafka-message.js';

/** Handles one message: the request context, the decoded (and, with a schema, validated) data, and the message itself. */
export type Handler<T = unknown, C extends object = None> = CoreHandler<T, C, KafkaMessage>;

/** How much a consumer holds between receipt and settling, and how far handling runs ahead of commits. */
export interface Limits {
  /** Messages held at once, over all partitions. @defaultValue `10_000` */
  readonly messages?: number;
  /** Bytes of values held at once, over all partitions. @defaultValue `67_108_864` (64 MiB) */
  readonly bytes?: number;
  /** W: messages started above the last acknowledged commit, in each partition: what can repeat after a crash. @defaultValue `10_000` */
  readonly window?: number;
}

/** Options of every factory. Times are in milliseconds. */
export interface ConsumerOptions<C extends object = None> {
  /** `kafka_consumer.{group_name}` */
  readonly name: string;
  /** `{service_name}.{group_name}` */
  readonly groupId: string;
  /** Addresses to begin with, `host:port`, separated by commas. */
  readonly bootstrapServers: string;
  /** The service this consumer belongs to: its logger, telemetry and context members. @defaultValue one named after `groupId` */
  readonly service?: Service<C>;
  /** Most messages taken from the client at once. @defaultValue `256` */
  readonly consumeBatchSize?: number;
  /** Asked by every health probe, with the probe's kind and a snapshot of this consumer. */
  readonly healthCheck?: HealthCheckCallback;
  /** The rule for `name` and `groupId`; `false` = none. @defaultValue baseplate's */
  readonly naming?: NamingConvention | false;
  /** librdkafka properties over ours; those that carry guarantees are refused with the option to use instead. Values never reach logs. */
  readonly kafkaConfig?: KafkaConfig;
  /** SASL/OAUTHBEARER: called whenever the client needs a token. `kafkaConfig` takes no functions. */
  readonly oauthBearer?: () => Promise<{
    readonly token: string;
    readonly principal: string;
    readonly lifetimeMs: number;
  }>;
  /** Where partitions without a commit start. @defaultValue `'latest'` */
  readonly autoOffsetReset?: 'latest' | 'earliest' | 'error';
  /** For a committed offset that the log no longer has: halt the partition and report the gap, or go on. @defaultValue `'error'` */
  readonly onOutOfRange?: 'error' | 'earliest' | 'latest';
  /** What a failed message means. @defaultValue `{ otherwise: 'crash' }` */
  readonly onFailure?: FailurePolicy;
  /** Partitions taken back in order: finish what runs first, or commit what is done and let go at once. @defaultValue `'drain'` */
  readonly onRevoke?: 'drain' | 'hand-over';
  /** How long draining may take. @defaultValue `20_000` */
  readonly drainTimeoutMs?: number;
  /** How long a handler may take; then its signal fires and the message counts as failed. @defaultValue no limit */
  readonly handlerTimeoutMs?: number;
  /** After a handler timeout: does its key (or partition) go on at once, or wait for the handler's real end? @defaultValue `false` */
  readonly releaseKeyOnTimeout?: boolean;
  readonly limits?: Limits;
  /** Behaviour around the handler, after decoding and validation; the first is outermost. */
  readonly middleware?: readonly Middleware[];
  /** Messages it returns false for are counted, committed and not handled. */
  readonly filter?: (message: KafkaMessage) => boolean;
  readonly validation?: {
    readonly schemas?: readonly object[];
    readonly dialect?: '07' | '2019' | '2020' | 'jtd';
  };
  /** Spans: how `process` relates to the producer's span, and whether polls get one. @defaultValue `{ process: 'link', poll: true }` */
  readonly tracing?:
    { readonly process?: 'link' | 'parent'; readonly poll?: boolean; readonly commit?: boolean } | false;
  /** @defaultValue `true` */
  readonly metrics?: boolean;
  /** Field of the decoded value with the producer's time in milliseconds since the epoch, for the latency metric. @defaultValue the record's timestamp */
  readonly latencyField?: string;
  /** Whether `currentContext()` works in handlers (AsyncLocalStorage). @defaultValue `true` */
  readonly asyncContext?: boolean;
}

/** What the compiler shows when a schema and a deserializer disagree. */
export interface SchemaMismatch<Given, Wanted> {
  readonly 'the schema gives': Given;
  readonly 'the deserializer gives': Wanted;
}

/** Where the data type comes from: a schema, a deserializer, or both (then they must agree). */
export interface DataSource<S extends object, T> {
  /** JSON Schema for ajv, or anything with `~standard` (zod, valibot, arktype). Compiled at start. */
  readonly schema?: S &
    (unknown extends DataOf<S> ? unknown : DataOf<S> extends T ? unknown : SchemaMismatch<DataOf<S>, T>);
  /** Makes the data from the message. @defaultValue the value as JSON */
  readonly deserialize?: (message: KafkaMessage) => T | Promise<T>;
}

/** One handler for all topics. */
export interface SingleHandler<S extends object, T, H> extends DataSource<S, T> {
  /** Names, or regular expressions over the names that exist (matched in JavaScript, again every minute). */
  readonly topics: readonly (string | RegExp)[];
  readonly handler: H;
}

export interface InOrderMembers {
  /** When a commit is sent: acknowledged before the next message, one always in flight, or in the background. @defaultValue `'each'` */
  readonly commit?: 'each' | 'pipelined' | 'interval';
  /** One message at a time, or one a partition. @defaultValue `'consumer'` */
  readonly lanes?: 'consumer' | 'partition';
  /** Milliseconds between commits of `'interval'`. @defaultValue `5_000` */
  readonly autoCommitIntervalMs?: number;
}

export interface FastMembers {
  /** Handlers at once. @defaultValue `16` */
  readonly maxConcurrency?: number;
  /** What a crash may do: repeat, lose, or both as the ancestor. @defaultValue `'at-least-once'` */
  readonly delivery?: 'at-least-once' | 'at-most-once' | 'baseplate';
  /** Milliseconds between background commits. @defaultValue `5_000` */
  readonly autoCommitIntervalMs?: number;
}

type Own<C extends object, M> = ConsumerOptions<C> & M;
export type InOrderConsumerOptions<S extends object, T, C extends object> = Own<C, InOrderMembers> &
  SingleHandler<S, T, Handler<NoInfer<T>, NoInfer<C>>>;
export type FastConsumerOptions<S extends object, T, C extends object> = Own<C, FastMembers> &
  SingleHandler<S, T, Handler<NoInfer<T>, NoInfer<C>>>;

/** Several topics, each with a handler of its own made by `on`. */
export type Several<C extends object, M> = Own<C, M> & {
  readonly handlers: readonly TopicHandler<NoInfer<C>>[];
};

/** The constructor's form: a client of your own instead of an address. */
export type WithOwnClient<O> = Omit<O, 'bootstrapServers'> & {
  readonly consumer: (config: KafkaConfig) => NativeConsumer;
};

/** What `on` makes. */
export interface TopicHandler<C extends object = None> {
  readonly topic: string | RegExp;
  readonly needs?: (context: RequestContext<C>) => void;
}
