/** What a health check is asked: fit for work, to be restarted, or started at all. */
export type Probe = 'readiness' | 'liveness' | 'startup';

/** A health check of the user's own. False, a rejection or no answer in time counts as unhealthy. */
export type HealthCheckCallback = (probe: Probe, snapshot: ConsumerSnapshot) => boolean | Promise<boolean>;

/** One owned partition at one moment. */
export interface PartitionSnapshot {
  readonly topic: string;
  readonly partition: number;
  readonly state: 'active' | 'paused' | 'draining' | 'halted';
  /** Why it is paused or halted, in words: a full buffer, a window, a waiting retry, … */
  readonly reason: string | undefined;
  /** Next offset to receive; undefined = not known yet. */
  readonly position: number | undefined;
  /** Next offset that the broker has acknowledged as committed; undefined = not known yet. */
  readonly committed: number | undefined;
  /** End of the log; undefined = not known yet. */
  readonly highWater: number | undefined;
  /** `highWater - committed` in messages, also while paused. */
  readonly lag: number | undefined;
  /** Messages received and not started. */
  readonly buffered: number;
  /** Messages whose handlers run. */
  readonly inFlight: number;
  /** Settled above the watermark: work that a crash will not repeat when the map is on. */
  readonly doneAboveWatermark: number;
}

/** One consumer at one moment. A plain, frozen-in-time value: it can be kept, compared and sent as JSON. */
export interface ConsumerSnapshot {
  readonly name: string;
  readonly groupId: string;
  readonly strategy: string;
  readonly state: 'starting' | 'running' | 'draining' | 'stopped' | 'failed';
  readonly partitions: readonly PartitionSnapshot[];
  /** Messages whose handlers run. */
  readonly inFlight: number;
  /** Messages settled since the start, by outcome. */
  readonly processed: {
    readonly succeeded: number;
    readonly failed: number;
    readonly skipped: number;
    readonly deadLettered: number;
  };
}

/** A server and its consumers at one moment. */
export interface ServerSnapshot {
  readonly state: ConsumerSnapshot['state'];
  readonly consumers: readonly ConsumerSnapshot[];
}
