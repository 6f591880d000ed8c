import { randomUUID } from 'node:crypto';

import kafka, { type Message, type Metadata } from '@confluentinc/kafka-javascript';

import { clientCall } from './client-call.js';

const TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 20_000;
const POLL_TIMEOUT_MS = 100;
const POLL_MESSAGES = 1_000;
/** librdkafka's name for the oldest message. An offset of its own: without one the client would ask the group for its commit. */
const OFFSET_BEGINNING = -2;

/** How to read. */
export interface ReadOptions {
  /** Leaves out what belongs to open and aborted transactions. @defaultValue `false` */
  readonly committedOnly?: boolean;
  /** @defaultValue `60_000` */
  readonly timeoutMs?: number;
}

/** All messages that a topic holds now, each partition in its order, without joining a group. */
export async function readTopic(
  bootstrapServers: string,
  topic: string,
  options: ReadOptions = {},
): Promise<Message[]> {
  const consumer = new kafka.KafkaConsumer({
    'bootstrap.servers': bootstrapServers,
    // Demanded by the client; nobody joins it and nothing is committed.
    'group.id': `read-topic.${randomUUID()}`,
    'enable.auto.commit': false,
    'isolation.level': options.committedOnly === true ? 'read_committed' : 'read_uncommitted',
    // The end is an event: with transactions the last offset is no message.
    'enable.partition.eof': true,
    // Without it a reader that is faster than the prefetch waits a second each time.
    'fetch.queue.backoff.ms': 10,
    log_level: 0,
  });
  const connect = { topic, allTopics: false, timeout: CONNECT_TIMEOUT_MS };
  const metadata = await clientCall<Metadata>('connect the reader', (done) =>
    consumer.connect(connect, done),
  );
  try {
    const partitions =
      metadata.topics.find(({ name }) => name === topic)?.partitions.map(({ id }) => id) ?? [];
    if (partitions.length === 0) throw new Error(`there is no topic ${topic}`);
    return await readToEnds(consumer, topic, partitions, options.timeoutMs ?? TIMEOUT_MS);
  } finally {
    await clientCall<unknown>('disconnect the reader', (done) => consumer.disconnect(done));
  }
}

async function readToEnds(
  consumer: kafka.KafkaConsumer,
  topic: string,
  partitions: readonly number[],
  timeoutMs: number,
): Promise<Message[]> {
  const unfinished = new Set(partitions);
  consumer.on('partition.eof', ({ partition }) => unfinished.delete(partition));
  consumer.setDefaultConsumeTimeout(POLL_TIMEOUT_MS);
  consumer.assign(partitions.map((partition) => ({ topic, partition, offset: OFFSET_BEGINNING })));
  const deadline = performance.now() + timeoutMs;
  const messages: Message[] = [];
  while (unfinished.size > 0) {
    if (performance.now() > deadline) {
      throw new Error(
        `after ${String(timeoutMs)} ms and ${String(messages.length)} messages of ${topic} the end of partitions ${[...unfinished].join(', ')} is not reached`,
      );
    }
    const batch = await clientCall<Message[]>(`read ${topic}`, (done) => {
      consumer.consume(POLL_MESSAGES, done);
    });
    for (const message of batch) messages.push(message);
  }
  return messages.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}
