import { setImmediate } from 'node:timers/promises';

import { createProducer, type KafkaConfig } from '@millrace/kafka';

const CONNECT_TIMEOUT_MS = 20_000;
const FLUSH_TIMEOUT_MS = 60_000;
/** Delivery reports are looked for this often, in milliseconds. */
const POLL_INTERVAL_MS = 20;

/** librdkafka's code for "the queue of messages to send is full". */
const QUEUE_FULL = -184;

/** One message to produce. */
export interface OutgoingMessage {
  readonly key: string;
  /** Sent as JSON. */
  readonly value: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Produces the messages that the examples consume. This version of Millrace is about consuming and has no producer of its
 * own, so this is a thin cover over the client that `createProducer` makes.
 */
export class MessageProducer implements AsyncDisposable {
  readonly #client: ProducerClient;
  #acknowledged = 0;
  #failed = 0;

  private constructor(client: ProducerClient) {
    this.#client = client;
  }

  /** A connected producer. */
  static async connect(bootstrapServers: string): Promise<MessageProducer> {
    const config: KafkaConfig = {
      'bootstrap.servers': bootstrapServers,
      // Neither lost nor twice nor in another order when a broker goes away meanwhile; includes acks=all.
      'enable.idempotence': true,
      'linger.ms': 5,
      // As Java's producers do it: a key goes to the same partition whoever produces.
      partitioner: 'murmur2_random',
    };
    const client = createProducer(config) as unknown as ProducerClient;
    const producer = new MessageProducer(client);
    client.on('delivery-report', (error) => {
      if (error) producer.#failed += 1;
      else producer.#acknowledged += 1;
    });
    await call((done) => client.connect({ timeout: CONNECT_TIMEOUT_MS }, done));
    client.setPollInterval(POLL_INTERVAL_MS);
    return producer;
  }

  /** Messages that the broker has. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Messages that the client gave up on. */
  get failed(): number {
    return this.#failed;
  }

  /** Makes the topic where the broker makes topics on demand, as the embedded broker and a default Kafka do. */
  async createTopic(topic: string): Promise<void> {
    await call((done) => this.#client.getMetadata({ topic, timeout: CONNECT_TIMEOUT_MS }, done));
  }

  /** Queues a message for sending; false when the client's queue is full and it was not taken. */
  offer(topic: string, { key, value, headers }: OutgoingMessage): boolean {
    const list = headers && Object.entries(headers).map(([name, text]) => ({ [name]: text }));
    try {
      const bytes = Buffer.from(JSON.stringify(value));
      this.#client.produce(topic, null, bytes, key, undefined, undefined, list);
      return true;
    } catch (error) {
      if ((error as { readonly code?: unknown }).code === QUEUE_FULL) return false;
      throw error;
    }
  }

  /** Sends messages and waits until the broker has them. */
  async send(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    for (const message of messages) {
      while (!this.offer(topic, message)) await this.flush();
    }
    await this.flush();
    if (this.#failed > 0) throw new Error(`${this.#failed} messages could not be produced`);
  }

  /** Waits until everything queued is acknowledged or has failed. */
  async flush(): Promise<void> {
    await call((done) => this.#client.flush(FLUSH_TIMEOUT_MS, done));
    // Reports arrive on the next turn of the event loop.
    this.#client.poll();
    await setImmediate();
  }

  async close(): Promise<void> {
    await call((done) => this.#client.disconnect(done));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

type Done = (error?: Error | null) => void;

/** What is used here of the client, which `@millrace/kafka` hands out without describing it. */
interface ProducerClient {
  on(event: 'delivery-report', listener: (error?: Error | null) => void): void;
  connect(options: { readonly timeout: number }, done: Done): void;
  getMetadata(options: { readonly topic: string; readonly timeout: number }, done: Done): void;
  setPollInterval(milliseconds: number): void;
  produce(
    topic: string,
    partition: null,
    value: Buffer,
    key: string,
    timestamp: undefined,
    opaque: undefined,
    headers: readonly Readonly<Record<string, string>>[] | undefined,
  ): void;
  poll(): void;
  flush(timeoutMs: number, done: Done): void;
  disconnect(done: Done): void;
}

function call(start: (done: Done) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
