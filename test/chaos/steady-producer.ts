import kafka, { type LibrdKafkaError } from '@confluentinc/kafka-javascript';

import { clientCall } from '../kafka/client-call.js';

const TICK_MS = 20;
const CONNECT_TIMEOUT_MS = 20_000;
const FLUSH_TIMEOUT_MS = 60_000;

/** What a {@link SteadyProducer} produces. */
export interface SteadyProducerOptions {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly partitions: number;
  /** How many messages of each partition wait to be handled at most. */
  readonly backlog: number;
  /** How many messages of the partition have been handled. */
  readonly handled: (partition: number) => number;
}

/**
 * Produces as long as the test runs, paced by what is unread in each partition: consumers always find work, and a partition whose owner was
 * killed does not pile up. Messages are `{"number":…}`, numbered over all partitions.
 */
export class SteadyProducer implements AsyncDisposable {
  readonly #options: SteadyProducerOptions;
  readonly #producer: kafka.Producer;
  readonly #produced: number[];
  readonly #failures: LibrdKafkaError[] = [];
  #timer: NodeJS.Timeout | undefined;
  #total = 0;

  private constructor(options: SteadyProducerOptions) {
    this.#options = options;
    this.#produced = Array.from({ length: options.partitions }, () => 0);
    this.#producer = new kafka.Producer({
      'bootstrap.servers': options.bootstrapServers,
      'enable.idempotence': true,
      dr_cb: true,
      'delivery.report.only.error': true,
      'linger.ms': 5,
      log_level: 0,
    });
    this.#producer.on('delivery-report', (error) => this.#failures.push(error));
  }

  /** Connects and begins. */
  static async start(options: SteadyProducerOptions): Promise<SteadyProducer> {
    const producer = new SteadyProducer(options);
    const connect = { topic: options.topic, allTopics: false, timeout: CONNECT_TIMEOUT_MS };
    await clientCall<unknown>('connect the producer', (done) => producer.#producer.connect(connect, done));
    producer.#timer = setInterval(() => {
      producer.#produce();
    }, TICK_MS);
    return producer;
  }

  /** Messages so far. */
  get total(): number {
    return this.#total;
  }

  /** Ends it; afterwards every message is acknowledged. */
  async stop(): Promise<void> {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    await clientCall('flush', (done) => this.#producer.flush(FLUSH_TIMEOUT_MS, done));
    await clientCall<unknown>('disconnect the producer', (done) => this.#producer.disconnect(done));
    if (this.#failures.length > 0) {
      throw new Error(`${String(this.#failures.length)} messages were not delivered`, {
        cause: this.#failures[0],
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #produce(): void {
    const { topic, backlog, handled } = this.#options;
    this.#produced.forEach((produced, partition) => {
      const owed = handled(partition) + backlog - produced;
      for (let i = 0; i < owed; i++) {
        const value = Buffer.from(JSON.stringify({ number: this.#total++ }));
        this.#producer.produce(topic, partition, value, null);
      }
      this.#produced[partition] = produced + Math.max(0, owed);
    });
    this.#producer.poll();
  }
}
