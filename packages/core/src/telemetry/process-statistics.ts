import { DurationHistogram, type DurationSummary } from './duration-histogram.js';

/** How the handling of a message ended, as far as it is counted. The engine's outcome fits. */
export type CountedOutcome =
  | { readonly kind: 'success' }
  | { readonly kind: 'skip'; readonly cause: 'invalid' | 'failed' | 'filtered'; readonly error: unknown }
  | { readonly kind: 'crash'; readonly error: unknown };

/** What counts are kept under; also the values of the attribute `millrace.outcome`. */
export const outcomeLabels = ['success', 'invalid', 'skipped', 'filtered', 'crashed'] as const;
export type OutcomeLabel = (typeof outcomeLabels)[number];

/** How often partitions came and went. */
export const rebalanceKinds = ['assigned', 'revoked', 'lost'] as const;
export type RebalanceKind = (typeof rebalanceKinds)[number];

/** Percentiles cover the last one to two windows of this length. */
const windowMs = 10_000;

/**
 * What is counted and measured in the process itself, whether or not an SDK is installed: for snapshots, the
 * console and the metrics that are read on demand. Written by the consumer's telemetry only.
 */
export class ProcessStatistics {
  /** Messages by how they ended, since the start. */
  readonly ended: Record<OutcomeLabel, number> = {
    success: 0,
    invalid: 0,
    skipped: 0,
    filtered: 0,
    crashed: 0,
  };
  readonly rebalances: Record<RebalanceKind, number> = { assigned: 0, revoked: 0, lost: 0 };
  handlerTimeouts = 0;
  commitFailures = 0;
  /** Monotonic milliseconds of the last acknowledged commit; undefined = none yet. */
  lastCommitAt: number | undefined = undefined;
  /** How long handlers took. Undefined with `metrics: false`. */
  readonly processing: DurationHistogram | undefined;
  /** From the producer's time to the handler's end, of successes. Undefined with `metrics: false`. */
  readonly latency: DurationHistogram | undefined;

  constructor(measures: boolean, now: number) {
    this.processing = measures ? new DurationHistogram(windowMs, now) : undefined;
    this.latency = measures ? new DurationHistogram(windowMs, now) : undefined;
  }

  count(outcome: CountedOutcome): void {
    this.ended[labelOf(outcome)]++;
  }

  /** For snapshots: plain values. */
  report(now: number): StatisticsReport {
    return {
      ended: { ...this.ended },
      rebalances: { ...this.rebalances },
      handlerTimeouts: this.handlerTimeouts,
      commitFailures: this.commitFailures,
      sinceLastCommitMs: this.lastCommitAt === undefined ? undefined : now - this.lastCommitAt,
      processing: this.processing?.summary(now),
      latency: this.latency?.summary(now),
    };
  }
}

/** {@link ProcessStatistics} at one moment. */
export interface StatisticsReport {
  readonly ended: Readonly<Record<OutcomeLabel, number>>;
  readonly rebalances: Readonly<Record<RebalanceKind, number>>;
  readonly handlerTimeouts: number;
  readonly commitFailures: number;
  /** Undefined = no commit was acknowledged yet. */
  readonly sinceLastCommitMs: number | undefined;
  /** Of the last 10 to 20 seconds; undefined when nothing ended then, or with `metrics: false`. */
  readonly processing: DurationSummary | undefined;
  readonly latency: DurationSummary | undefined;
}

function labelOf(outcome: CountedOutcome): OutcomeLabel {
  if (outcome.kind === 'success') return 'success';
  if (outcome.kind === 'crash') return 'crashed';
  return outcome.cause === 'failed' ? 'skipped' : outcome.cause;
}
