import { randomUUID } from 'node:crypto';

import {
  type ConsumerSnapshot,
  FastConsumerFactory,
  type FastConsumerOptions,
  InOrderConsumerFactory,
  type KafkaMessage,
  QueueConsumerServer,
  Service,
} from '@millrace/kafka';

import { type Protocol, protocolConfig, SERVICE } from '../chaos/consumer-parameters.js';
import { placeOf } from '../chaos/ledger.js';
import { type ObservedEvent, ObservedLogger } from './observed-logger.js';

const WAIT_TIMEOUT_MS = 30_000;

type Shared = Pick<
  FastConsumerOptions<object, unknown, object>,
  | 'bootstrapServers'
  | 'topics'
  | 'autoOffsetReset'
  | 'onOutOfRange'
  | 'kafkaConfig'
  | 'limits'
  | 'drainTimeoutMs'
  | 'onRevoke'
  | 'deserialize'
  | 'consumeBatchSize'
>;

/** What to start: the factory's own options, with those that every test has in common filled in. */
export type ObservedOptions = Pick<Shared, 'bootstrapServers' | 'topics'> &
  Partial<Shared> & {
    readonly strategy: 'in-order' | 'fast';
    /** @defaultValue a new one */
    readonly group?: string;
    /** @defaultValue `'classic'`, which is cooperative */
    readonly protocol?: Protocol;
    /** Static membership. */
    readonly instance?: string;
    readonly handler?: (message: KafkaMessage, data: unknown) => void | Promise<void>;
    /** Fast only. */
    readonly maxConcurrency?: number;
    readonly autoCommitIntervalMs?: number;
    /** In order only. */
    readonly commit?: 'each' | 'pipelined' | 'interval';
  };

/** A message and when its handler started or ended. */
export interface ObservedMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** `performance.now()`. */
  readonly at: number;
}

/** The group's full name. */
export function groupIdOf(group: string): string {
  return `${SERVICE}.${group}`;
}

/** One consumer on a server of its own in this process, with all that it does: tests wait for what happens. */
export class ObservedConsumer implements AsyncDisposable {
  readonly group: string;
  readonly started: ObservedMessage[] = [];
  readonly handled: ObservedMessage[] = [];
  readonly events: ObservedEvent[] = [];
  /** Places that it owns: {@link placeOf}. */
  readonly owned = new Set<string>();
  readonly #server: QueueConsumerServer;
  readonly #watchers = new Set<() => void>();

  private constructor({ group, ...options }: ObservedOptions) {
    this.group = group ?? `it_${randomUUID().replaceAll('-', '')}`;
    this.#server = QueueConsumerServer.new({ factories: [this.#makeFactory(options)], health: false });
  }

  /** Resolves when it is connected and subscribed; rejects with what `server.start()` rejects with. */
  static async start(options: ObservedOptions): Promise<ObservedConsumer> {
    const consumer = new ObservedConsumer(options);
    await consumer.#server.start();
    return consumer;
  }

  get snapshot(): ConsumerSnapshot {
    const [snapshot] = this.#server.snapshot().consumers;
    if (snapshot === undefined) throw new Error('the server has no consumer');
    return snapshot;
  }

  /** Waits until this is so; looked at whenever a handler starts or ends and whenever an event is logged. */
  async when(what: string, isSo: () => boolean, timeoutMs = WAIT_TIMEOUT_MS): Promise<void> {
    if (isSo()) return;
    await new Promise<void>((resolve, reject) => {
      const watch = (): void => {
        if (!isSo()) return;
        clearTimeout(timer);
        this.#watchers.delete(watch);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#watchers.delete(watch);
        reject(new Error(`waited ${String(timeoutMs)} ms in vain for ${what}\n${this.#tail()}`));
      }, timeoutMs);
      this.#watchers.add(watch);
    });
  }

  /** Waits until so many handlers have ended. */
  async handledCount(count: number, timeoutMs?: number): Promise<void> {
    await this.when(`${String(count)} messages`, () => this.handled.length >= count, timeoutMs);
  }

  /** Waits until it owns exactly so many partitions. */
  async ownedCount(count: number, timeoutMs?: number): Promise<void> {
    await this.when(`${String(count)} partitions`, () => this.owned.size === count, timeoutMs);
  }

  /** Waits for an event, from the first one after `since`. */
  async event(name: string, since = 0, timeoutMs?: number): Promise<ObservedEvent> {
    const find = (): ObservedEvent | undefined =>
      this.events.slice(since).find(({ event }) => event === name);
    await this.when(`event ${name}`, () => find() !== undefined, timeoutMs);
    return find() as ObservedEvent;
  }

  eventsOf(...names: readonly string[]): ObservedEvent[] {
    return this.events.filter(({ event }) => names.includes(event));
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #makeFactory(options: Omit<ObservedOptions, 'group'>): FastConsumerFactory | InOrderConsumerFactory {
    const { strategy, protocol, instance, handler, kafkaConfig, ...own } = options;
    const common = {
      autoOffsetReset: 'earliest' as const,
      ...own,
      name: `kafka_consumer.${this.group}`,
      groupId: groupIdOf(this.group),
      service: Service.new({ name: SERVICE, logger: new ObservedLogger((event) => this.#heard(event)) }),
      kafkaConfig: { ...protocolConfig(protocol ?? 'classic', instance), ...kafkaConfig },
      handler: async (_context: object, data: unknown, message: KafkaMessage) => {
        this.started.push(momentOf(message));
        this.#notify();
        await handler?.(message, data);
        this.handled.push(momentOf(message));
        this.#notify();
      },
    };
    return strategy === 'fast' ? FastConsumerFactory.new(common) : InOrderConsumerFactory.new(common);
  }

  #heard(event: ObservedEvent): void {
    this.events.push(event);
    const { partitions } = event.data as {
      readonly partitions?: Readonly<Record<string, readonly number[]>>;
    };
    const places = Object.entries(partitions ?? {}).flatMap(([topic, numbers]) =>
      numbers.map((partition) => placeOf(topic, partition)),
    );
    if (event.event === 'partitions.assigned') for (const place of places) this.owned.add(place);
    if (event.event === 'partitions.revoked' || event.event === 'partitions.lost') {
      for (const place of places) this.owned.delete(place);
    }
    this.#notify();
  }

  #notify(): void {
    for (const watch of [...this.#watchers]) watch();
  }

  #tail(): string {
    const lines = this.events
      .slice(-15)
      .map(({ event, at, data }) => `  ${at.toFixed(0)} ${event} ${JSON.stringify(data)}`);
    return [
      `${String(this.started.length)} started, ${String(this.handled.length)} handled, last events:`,
      ...lines,
    ].join('\n');
  }
}

function momentOf({ topic, partition, offset }: KafkaMessage): ObservedMessage {
  return { topic, partition, offset, at: performance.now() };
}
