import type { ConsumerSnapshot, HealthCheckCallback } from '../../src/inspection/snapshot.js';
import { Deferred } from '../../src/internal/deferred.js';
import type { SlotPool } from '../../src/queue/slot-pool.js';
import type {
  ConsumerEnd,
  ConsumerVitals,
  ManagedConsumer,
  ManagedFactory,
} from '../../src/server/managed-consumer.js';
import type { Logger } from '../../src/telemetry/logger.js';

/** How a {@link FakeConsumer} behaves. */
export interface FakeConduct {
  readonly drainTimeoutMs?: number;
  readonly logger?: Logger;
  readonly healthCheck?: HealthCheckCallback;
  /** Whether `start` resolves at once. @defaultValue `true` */
  readonly opens?: boolean;
  /** Whether it ends, cleanly, as soon as it is told to stop. @defaultValue `true` */
  readonly drains?: boolean;
  /** Whether it ends, uncleanly, when it is abandoned. @defaultValue `true` */
  readonly closes?: boolean;
}

/** What a healthy consumer shows. */
export const healthyVitals: ConsumerVitals = {
  connected: true,
  assigned: true,
  sinceLastPollMs: 20,
  oldestHandlerMs: 0,
  problems: [],
};

/** A consumer without anything behind it, which notes what it is told. */
export class FakeConsumer implements ManagedConsumer {
  readonly name: string;
  readonly healthCheck: HealthCheckCallback | undefined;
  readonly slots: SlotPool | undefined;
  /** In the order they came. */
  readonly calls: string[] = [];
  /** Settled by `start`, or by the test. */
  readonly opened = new Deferred();
  state: ConsumerSnapshot['state'] = 'starting';
  shown: ConsumerVitals = healthyVitals;
  readonly #conduct: FakeConduct;
  readonly #ended = new Deferred<ConsumerEnd>();

  constructor(name: string, conduct: FakeConduct, slots: SlotPool | undefined) {
    this.name = name;
    this.healthCheck = conduct.healthCheck;
    this.slots = slots;
    this.#conduct = conduct;
  }

  get ended(): Promise<ConsumerEnd> {
    return this.#ended.promise;
  }

  start(): Promise<void> {
    this.calls.push('start');
    if (this.#conduct.opens !== false) this.opened.resolve();
    return this.opened.promise.then(() => {
      if (this.state === 'starting') this.state = 'running';
    });
  }

  stop(): Promise<ConsumerEnd> {
    this.calls.push('stop');
    this.state = 'draining';
    if (this.#conduct.drains !== false) this.end({ error: undefined, clean: true });
    return this.ended;
  }

  abandon(): void {
    this.calls.push('abandon');
    if (this.#conduct.closes !== false) this.end({ error: undefined, clean: false });
  }

  vitals(): ConsumerVitals {
    return this.shown;
  }

  snapshot(): ConsumerSnapshot {
    const processed = { succeeded: 0, failed: 0, skipped: 0, deadLettered: 0 };
    const { name, state } = this;
    return { name, groupId: 'shop.links', strategy: 'fake', state, partitions: [], inFlight: 0, processed };
  }

  /** Ends it, as by itself. */
  end(end: ConsumerEnd): void {
    this.state = end.error === undefined ? 'stopped' : 'failed';
    this.#ended.resolve(end);
  }
}

/** Makes {@link FakeConsumer}s and keeps them. */
export class FakeFactory implements ManagedFactory {
  readonly kind = 'consumer-factory';
  readonly name: string;
  readonly drainTimeoutMs: number;
  readonly built: FakeConsumer[] = [];
  readonly logger?: Logger;
  readonly #conduct: FakeConduct;

  constructor(name: string, conduct: FakeConduct = {}) {
    this.name = name;
    this.drainTimeoutMs = conduct.drainTimeoutMs ?? 20_000;
    if (conduct.logger !== undefined) this.logger = conduct.logger;
    this.#conduct = conduct;
  }

  /** The only one built. */
  get consumer(): FakeConsumer {
    const [consumer] = this.built;
    if (consumer === undefined || this.built.length > 1) throw new Error('not built exactly once');
    return consumer;
  }

  build(slots: SlotPool | undefined): FakeConsumer {
    const consumer = new FakeConsumer(this.name, this.#conduct, slots);
    this.built.push(consumer);
    return consumer;
  }
}
