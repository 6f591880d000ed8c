import type { Span } from '@opentelemetry/api';

import { MillraceError } from '../errors.js';
import type { Message } from '../message/message.js';
import type { Clock } from '../time/clock.js';
import { AttributeSets, type ConsumerFacts } from './attributes.js';
import { errorType } from './error-type.js';
import type { ConsumerEvent } from './events.js';
import { ConsumerMetrics, type ConsumerReading } from './metrics.js';
import { type CountedOutcome, ProcessStatistics, type StatisticsReport } from './process-statistics.js';
import { ConsumerTracing, type TracingChoice } from './tracing.js';
import type { MeterProvider, TracerProvider } from './tracing-types.js';

/** How a consumer is observed; all resolved. */
export interface TelemetryOptions extends ConsumerFacts {
  /** The service's: providers other than the global ones; false = nothing of OpenTelemetry is touched. */
  readonly providers:
    { readonly tracerProvider?: TracerProvider; readonly meterProvider?: MeterProvider } | false;
  readonly tracing: TracingChoice | false;
  /** False: neither metrics nor the durations of the statistics; outcomes are always counted. */
  readonly metrics: boolean;
  readonly clock: Clock;
  /** Where the consumer stands; called when metrics are collected. */
  readonly read: () => ConsumerReading;
}

/** What is looked at of a message whose handling has ended. A delivery fits. */
export interface HandledMessage {
  readonly message: Message;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  /** Its time limit has passed, and it was counted then. */
  readonly abandoned: boolean;
  readonly extras: { readonly span: unknown; readonly producedAt?: number | undefined } | undefined;
}

/**
 * SDKs may be installed after the consumer, and the system's time may be set: how often both are looked at.
 */
const lookMs = 1_000;

/**
 * Spans, metrics and statistics of one consumer, behind calls that say what has happened. None of them
 * throws. Times are monotonic milliseconds.
 *
 * Without an SDK, `tracingAt` and `ended`, which come with every message, count, measure and touch nothing
 * else.
 */
export class ConsumerTelemetry {
  readonly #clock: Clock;
  readonly #statistics: ProcessStatistics;
  readonly #tracing: ConsumerTracing | undefined;
  readonly #metrics: ConsumerMetrics | undefined;
  #lookAt = 0;
  /** Wall time minus monotonic time: one clock reading a message is enough for both. */
  #wallAhead = 0;

  constructor(options: TelemetryOptions) {
    const { clock, providers, tracing, read } = options;
    const now = clock.monotonic();
    this.#clock = clock;
    this.#statistics = new ProcessStatistics(options.metrics, now);
    if (providers !== false) {
      const sets = new AttributeSets(options);
      if (tracing !== false) this.#tracing = new ConsumerTracing(sets, tracing, providers.tracerProvider);
      const sources = { statistics: this.#statistics, read, now: () => clock.monotonic() };
      if (options.metrics) this.#metrics = new ConsumerMetrics(sets, sources, providers.meterProvider);
    }
    this.#look(now);
  }

  /** Counts and durations as they stand. */
  report(): StatisticsReport {
    return this.#statistics.report(this.#clock.monotonic());
  }

  /** The tracing to be used for a message that starts now; undefined = nobody records any. */
  tracingAt(now: number): ConsumerTracing | undefined {
    if (this.#tracing === undefined) return undefined;
    if (now >= this.#lookAt) this.#look(now);
    return this.#tracing.isOn ? this.#tracing : undefined;
  }

  /** A handler has ended. One that was abandoned before has been counted; only its span is still open. */
  ended(handled: HandledMessage, outcome: CountedOutcome, now: number): void {
    const { extras } = handled;
    if (!handled.abandoned) this.#count(handled, outcome, now);
    if (extras?.span === undefined) return;
    this.#tracing?.endProcess(extras.span as Span, handled.abandoned ? timeUp : failureOf(outcome));
  }

  /**
   * A handler's time was up before it ended, and the failure policy has spoken. `ended` follows when it
   * really ends.
   */
  timedOut(handled: HandledMessage, outcome: CountedOutcome, now: number): void {
    this.#statistics.handlerTimeouts++;
    this.#count(handled, outcome, now);
  }

  /**
   * A poll that was sent at `sentAt` has come back. One that brought nothing is no news: an idle consumer
   * polls all the time.
   */
  polled(batch: readonly Message[], sentAt: number, now: number): void {
    if (batch.length === 0) return;
    if (now >= this.#lookAt) this.#look(now);
    this.#metrics?.polled(batch, now - sentAt);
    this.#tracing?.polled(batch, sentAt + this.#wallAhead, now + this.#wallAhead);
  }

  /** Something has happened. What of it is counted is; any event may be given. */
  noted(event: ConsumerEvent, now: number): void {
    const { rebalances } = this.#statistics;
    if (event.type === 'partitions.assigned') rebalances.assigned++;
    if (event.type === 'partitions.revoked') rebalances.revoked++;
    if (event.type === 'partitions.lost') rebalances.lost++;
    if (event.type === 'commit.failed') this.#statistics.commitFailures++;
    if (event.type === 'commit.acknowledged') this.#committed(event.roundTripMs, now);
  }

  /** The consumer has ended: nothing is read from it any more. */
  close(): void {
    this.#metrics?.close();
  }

  #count(handled: HandledMessage, outcome: CountedOutcome, now: number): void {
    if (now >= this.#lookAt) this.#look(now);
    if (outcome.kind === 'success') this.#statistics.ended.success++;
    else this.#statistics.count(outcome);
    if (this.#statistics.processing !== undefined) this.#measure(handled, outcome, now);
  }

  #measure(handled: HandledMessage, outcome: CountedOutcome, now: number): void {
    if (outcome.kind === 'skip' && outcome.cause === 'filtered') return;
    const { message, startedAt, extras } = handled;
    const durationMs = now - startedAt;
    this.#statistics.processing?.record(durationMs, now);
    // not a number where `latencyField` names a field that this message does not have
    const latencyMs =
      outcome.kind === 'success' ? now + this.#wallAhead - (extras?.producedAt ?? message.timestamp) : NaN;
    if (!Number.isNaN(latencyMs)) this.#statistics.latency?.record(latencyMs, now);
    if (this.#metrics?.isOn !== true) return;
    const failure = failureOf(outcome);
    this.#metrics.processed(
      message,
      durationMs,
      failure === undefined ? undefined : errorType(failure.error),
    );
    if (!Number.isNaN(latencyMs)) this.#metrics.latency(message, latencyMs);
  }

  #committed(roundTripMs: number, now: number): void {
    this.#statistics.lastCommitAt = now;
    this.#metrics?.committed(roundTripMs);
    const endedWallMs = now + this.#wallAhead;
    this.#tracing?.committed(endedWallMs - roundTripMs, endedWallMs);
  }

  #look(now: number): void {
    this.#lookAt = now + lookMs;
    this.#wallAhead = this.#clock.wall() - this.#clock.monotonic();
    this.#tracing?.look();
    this.#metrics?.look();
  }
}

/** What the span of an abandoned handler says, however it ended in the end. */
const timeUp = { error: new MillraceError('HANDLER_TIMEOUT') };

/** The error that made the handling of a message fail; it may be anything, `undefined` included. */
function failureOf(outcome: CountedOutcome): { readonly error: unknown } | undefined {
  return outcome.kind === 'success' || (outcome.kind === 'skip' && outcome.cause === 'filtered')
    ? undefined
    : outcome;
}
