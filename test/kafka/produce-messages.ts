import { setImmediate } from 'node:timers/promises';

import kafka, { type LibrdKafkaError, type MessageHeader } from '@confluentinc/kafka-javascript';

import { clientCall } from './client-call.js';

const { ERR__QUEUE_FULL, ERR__TIMED_OUT } = kafka.CODES.ERRORS;
const CONNECT_TIMEOUT_MS = 20_000;
const FLUSH_TIMEOUT_MS = 120_000;
/** How long one wait for room in the full queue lasts at most. */
const ROOM_TIMEOUT_MS = 50;
/** Others on the event loop get their turn after so many messages. */
const TURN = 1_000;
const KEYS_PER_PARTITION = 100;

/** What to produce. Every function gets the message's number, from 0. */
export interface ProduceOptions {
  readonly count: number;
  /** How many of the topic's partitions to fill, in turn. @defaultValue `1` */
  readonly partitions?: number;
  /** @defaultValue `number % partitions` */
  readonly partition?: (number: number) => number;
  /** @defaultValue 100 keys a partition, each always in the same one */
  readonly key?: (number: number) => string | Buffer | null;
  /** A string is sent as UTF-8. @defaultValue `{"number":…}` */
  readonly value?: (number: number) => string | Buffer | null;
  readonly headers?: (number: number) => MessageHeader[];
  /** Milliseconds since the epoch. @defaultValue now */
  readonly timestamp?: (number: number) => number;
  /** More settings of librdkafka, for example `{ 'compression.type': 'lz4' }`. */
  readonly config?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Produces messages as fast as the client can (about 300,000 of 200 B a second). Afterwards every one is acknowledged by all in-sync
 * replicas, each once and in this order within its partition.
 */
export async function produceMessages(
  bootstrapServers: string,
  topic: string,
  options: ProduceOptions,
): Promise<void> {
  const producer = new kafka.Producer({
    'bootstrap.servers': bootstrapServers,
    // Neither lost nor twice nor in another order when a broker is killed meanwhile; includes acks=all.
    'enable.idempotence': true,
    // A report for each message would take longer than the message.
    dr_cb: true,
    'delivery.report.only.error': true,
    // Few, large requests.
    'linger.ms': 20,
    'batch.size': 1_000_000,
    'queue.buffering.max.kbytes': 65_536,
    'reconnect.backoff.max.ms': 1_000,
    log_level: 0,
    ...options.config,
  });
  const failed: LibrdKafkaError[] = [];
  producer.on('delivery-report', (error) => failed.push(error));
  const connect = { topic, allTopics: false, timeout: CONNECT_TIMEOUT_MS };
  await clientCall<unknown>('connect the producer', (done) => producer.connect(connect, done));
  try {
    await enqueueAll(producer, topic, options);
    await clientCall(`flush to ${topic}`, (done) => producer.flush(FLUSH_TIMEOUT_MS, done));
    // Reports of failures wait in the client; what poll takes out of it arrives with the event loop's next round, which lies between two.
    producer.poll();
    await setImmediate();
    await setImmediate();
    if (failed.length > 0) {
      throw new Error(`${String(failed.length)} messages to ${topic} were not delivered`, {
        cause: failed[0],
      });
    }
  } finally {
    await clientCall<unknown>('disconnect the producer', (done) => producer.disconnect(done));
  }
}

async function enqueueAll(producer: kafka.Producer, topic: string, options: ProduceOptions): Promise<void> {
  const { count, partitions = 1, headers, timestamp } = options;
  const {
    partition = (number: number) => number % partitions,
    key = (number: number) => `key-${String(number % (KEYS_PER_PARTITION * partitions))}`,
    value = (number: number) => JSON.stringify({ number }),
  } = options;
  const produce = (number: number): unknown => {
    const given = value(number);
    const bytes = typeof given === 'string' ? Buffer.from(given) : given;
    return producer.produce(
      topic,
      partition(number),
      bytes,
      key(number),
      timestamp?.(number),
      undefined,
      headers?.(number),
    );
  };
  for (let number = 0; number < count; number++) {
    while (!tryProduce(() => produce(number))) await awaitRoom(producer);
    if (number % TURN === 0) await setImmediate();
  }
}

/** False when the client's queue is full. */
function tryProduce(produce: () => unknown): boolean {
  try {
    produce();
    return true;
  } catch (error) {
    if ((error as LibrdKafkaError).code === ERR__QUEUE_FULL) return false;
    throw error;
  }
}

/** Lets the client send without lingering until its queue is empty or a moment has passed. */
function awaitRoom(producer: kafka.Producer): Promise<void> {
  return new Promise((resolve, reject) => {
    producer.flush(ROOM_TIMEOUT_MS, (error?: LibrdKafkaError | null) => {
      if (error === null || error === undefined || error.code === ERR__TIMED_OUT) resolve();
      else reject(new Error(`flush: ${error.message}`, { cause: error }));
    });
  });
}
