import { setTimeout as delay } from 'node:timers/promises';

import kafka, { type Metadata, type TopicMetadata } from '@confluentinc/kafka-javascript';

import { clientCall } from './client-call.js';

/** A fresh client asks in about 20 ms; more often would only take CPU from the brokers that are starting. */
const POLL_INTERVAL_MS = 20;
const ANSWER_TIMEOUT_MS = 2_000;

/** A wait: for how long, and a signal that gives it up early. */
export interface Patience {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * What the broker at this address itself says about the cluster. The client is a new one each time: a connected one may ask any broker,
 * and each learns of a change at its own moment.
 */
export async function askBroker(address: string, topic?: string): Promise<Metadata> {
  const client = new kafka.Producer({
    'bootstrap.servers': address,
    // A broker that is starting refuses connections: notice at once when it no longer does.
    'reconnect.backoff.ms': POLL_INTERVAL_MS,
    'reconnect.backoff.max.ms': POLL_INTERVAL_MS,
    // Refused connections are expected here, not news.
    log_level: 0,
  });
  const options = { allTopics: false, timeout: ANSWER_TIMEOUT_MS, ...(topic === undefined ? {} : { topic }) };
  // When it fails, the client has disconnected itself.
  const metadata = await clientCall<Metadata>(`metadata from ${address}`, (done) =>
    client.connect(options, done),
  );
  await clientCall<unknown>(`disconnect from ${address}`, (done) => client.disconnect(done));
  return metadata;
}

/** Waits until the broker at this address itself answers that all brokers with these ids are there. */
export async function awaitBrokers(
  address: string,
  ids: readonly number[],
  patience: Patience,
): Promise<void> {
  await poll(`broker ${address} to know brokers ${ids.join(', ')}`, patience, async () => {
    const { brokers } = await askBroker(address);
    return ids.every((id) => brokers.some((broker) => broker.id === id));
  });
}

/**
 * Waits until every living broker itself gives the topic (undefined: it does not know it) the wanted form.
 * A change is acknowledged by the controller; each broker carries it out a moment later.
 */
export async function awaitTopic(
  bootstrapServers: string,
  topic: string,
  isWanted: (found: TopicMetadata | undefined) => boolean,
  patience: Patience,
): Promise<void> {
  await poll(`all brokers to agree about topic ${topic}`, patience, async () => {
    const { brokers } = await askBroker(bootstrapServers);
    const answers = await Promise.all(
      brokers.map(({ host, port }) => askBroker(`${host}:${String(port)}`, topic)),
    );
    return answers.every(({ topics }) =>
      isWanted(topics.find(({ name, partitions }) => name === topic && partitions.length > 0)),
    );
  });
}

/** Whether the topic has this many partitions and each has a leader. */
export function hasLeaders(topic: TopicMetadata | undefined, partitions: number): boolean {
  return topic?.partitions.length === partitions && topic.partitions.every(({ leader }) => leader >= 0);
}

async function poll(what: string, patience: Patience, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patience.timeoutMs;
  let lastError: unknown;
  for (;;) {
    patience.signal?.throwIfAborted();
    try {
      if (await isSo()) return;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`waited ${String(patience.timeoutMs)} ms in vain for ${what}`, { cause: lastError });
    }
    await delay(POLL_INTERVAL_MS);
  }
}
