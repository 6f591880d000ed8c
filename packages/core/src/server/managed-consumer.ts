import type { ConsumerVitals } from '../health/consumer-vitals.js';
import type { ConsumerSnapshot, HealthCheckCallback } from '../inspection/snapshot.js';
import type { SlotPool } from '../queue/slot-pool.js';
import type { Logger } from '../telemetry/logger.js';

export type { ConsumerVitals };

/** How a consumer ended. */
export interface ConsumerEnd {
  /** What made it stop by itself; `undefined` when it was told to. */
  readonly error: unknown;
  /** Whether everything in flight was finished and every commit acknowledged before it left. */
  readonly clean: boolean;
}

/**
 * A consumer as the server sees it. Start and stop are idempotent, stop without start is fine, and `ended` resolves
 * exactly once, whoever ended it.
 */
export interface ManagedConsumer {
  readonly name: string;
  readonly healthCheck: HealthCheckCallback | undefined;
  /** Resolves when the source is open (connected and subscribed); rejects for what waiting does not cure. */
  start(): Promise<void>;
  /** Begins to drain: no new message starts, what runs is finished, settled work is committed, the group is left. */
  stop(): Promise<ConsumerEnd>;
  /** Gives up draining: signals fire, nothing more is committed, the source is closed. */
  abandon(): void;
  readonly ended: Promise<ConsumerEnd>;
  vitals(): ConsumerVitals;
  snapshot(): ConsumerSnapshot;
}

/** What every factory of consumers shows. */
export interface ConsumerFactory {
  readonly name: string;
  readonly kind: 'consumer-factory';
}

/** What a factory offers the server, besides its public face. */
export interface ManagedFactory extends ConsumerFactory {
  /** How long its consumer may drain, in milliseconds; the server must wait longer than that. */
  readonly drainTimeoutMs: number;
  /** Where its consumer logs. The server logs to that of its first factory, unless it is given one. */
  readonly logger?: Logger;
  /** Makes a new consumer. `slots` is the pool it shares with the server's other consumers, if any. */
  build(slots: SlotPool | undefined): ManagedConsumer;
}
