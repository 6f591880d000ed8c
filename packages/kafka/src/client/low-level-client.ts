import type { KafkaMessage } from '../kafka-message.js';
import type { ClientHooks, clientHooks } from './client-hooks.js';
import type { NativePartition } from './native-partition.js';

/** How the binding calls back: with an error and nothing else, or with nothing and a result. */
export type NativeCallback<T = unknown> = (error: unknown, result?: T) => void;

/** What the brokers say of themselves and of topics. A topic that does not exist has no partitions. */
export interface NativeMetadata {
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly { readonly id: number; readonly leader: number }[];
  }[];
}

/** One line of librdkafka's log. */
export interface NativeLog {
  /** As in syslog: 0 emergency … 7 debug. */
  readonly severity: number;
  /** A word for what it is about, such as `FAIL` or `FATAL`. */
  readonly fac: string;
  readonly message: string;
}

/**
 * The part of the low-level client that is used here, typed as it behaves. The package's own declarations leave out half
 * of it. Two rules for whoever holds one: values pass `native-boundary.ts` first, and no method is called on a client that
 * is not connected, some of them end the process.
 */
export interface LowLevelClient {
  /** Where its callbacks lead to. */
  readonly [clientHooks]: ClientHooks;
  isConnected(): boolean;
  connect(options: object, done: NativeCallback): unknown;
  disconnect(done: NativeCallback): unknown;
  getMetadata(
    options: { readonly topic?: string; readonly allTopics: boolean; readonly timeout: number },
    done: NativeCallback<NativeMetadata>,
  ): unknown;
  on(event: 'event.error' | 'error', listener: (error: unknown) => void): unknown;
  on(event: 'event.log', listener: (log: NativeLog) => void): unknown;
  on(event: 'partition.eof', listener: (end: NativePartition) => void): unknown;
}

/** A consumer that is a member of a group. */
export interface LowLevelConsumer extends LowLevelClient {
  setDefaultConsumeTimeout(ms: number): void;
  setDefaultIsTimeoutOnlyForFirstMessage(only: boolean): void;
  consume(most: number, done: NativeCallback<readonly KafkaMessage[]>): void;

  subscribe(topics: readonly string[]): unknown;
  unsubscribe(): unknown;
  /** Returns when the commit is queued; the acknowledgement comes through the hook `committed`. */
  commit(offsets: readonly NativePartition[]): unknown;

  /** Only inside a rebalance. */
  assignmentLost(): boolean;
  rebalanceProtocol(): 'NONE' | 'EAGER' | 'COOPERATIVE';
  assign(partitions: readonly NativePartition[]): unknown;
  unassign(): unknown;
  incrementalAssign(partitions: readonly NativePartition[]): unknown;
  incrementalUnassign(partitions: readonly NativePartition[]): unknown;

  pause(partitions: readonly NativePartition[]): unknown;
  resume(partitions: readonly NativePartition[]): unknown;

  committed(
    partitions: readonly NativePartition[],
    timeoutMs: number,
    done: NativeCallback<readonly (NativePartition | Error)[]>,
  ): unknown;
  /** Of each partition the offset at a time that is given as its `offset`; -2 = the first one, -1 = the end. */
  offsetsForTimes(
    partitions: readonly NativePartition[],
    timeoutMs: number,
    done: NativeCallback<readonly (NativePartition | Error)[]>,
  ): unknown;
  /** As the last fetch said; negative = not known. */
  getWatermarkOffsets(
    topic: string,
    partition: number,
  ): { readonly lowOffset: number; readonly highOffset: number };
}
