import { createRequire } from 'node:module';

/** The low-level consumer of the client, as far as the raw rows need it. */
export interface RawConsumer {
  setDefaultConsumeTimeout(ms: number): void;
  setDefaultIsTimeoutOnlyForFirstMessage(yes: boolean): void;
  on(event: 'ready', run: () => void): void;
  connect(): void;
  subscribe(topics: readonly string[]): void;
  consume(most: number, done: (error: unknown, messages: RawMessage[] | undefined) => void): void;
  commit(offsets: readonly object[]): void;
  pause(partitions: readonly object[]): void;
  resume(partitions: readonly object[]): void;
  assignments(): { topic: string; partition: number }[];
  queryWatermarkOffsets(topic: string, partition: number, timeoutMs: number, done: () => void): void;
}

export interface RawMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly leaderEpoch?: number;
  readonly value: Buffer;
}

interface Client {
  readonly KafkaConsumer: new (config: object, topicConfig: object) => RawConsumer;
  readonly KafkaJS: { readonly Kafka: new (config: object) => unknown };
}

/** The native client itself: the raw rows measure it without any of our code. */
export const client = createRequire(import.meta.url)('@confluentinc/kafka-javascript') as Client;

/** The best settings known for a raw loop, with a group of its own so that every run reads from the beginning. */
export function bestSettings(bootstrapServers: string): Record<string, unknown> {
  return {
    'bootstrap.servers': bootstrapServers,
    'group.id': `bench.raw-${String(process.pid)}-${String(Date.now())}`,
    'group.protocol': 'consumer',
    'enable.auto.commit': false,
    'fetch.wait.max.ms': 5,
    'fetch.queue.backoff.ms': 10,
    'queued.min.messages': 10_000,
    rebalance_cb: true,
  };
}
