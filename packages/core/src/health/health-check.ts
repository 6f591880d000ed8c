import type { ConsumerSnapshot, HealthCheckCallback, Probe, ServerSnapshot } from '../inspection/snapshot.js';
import { logEvent } from '../telemetry/event-log.js';
import type { Logger } from '../telemetry/logger.js';
import type { Clock } from '../time/clock.js';
import { consumerChecks, eventLoopCheck, serverCheck } from './built-in-checks.js';
import { CallbackCheck } from './callback-check.js';
import type { ConsumerVitals } from './consumer-vitals.js';
import { EventLoopWatch } from './event-loop-watch.js';
import type { ResolvedHealthOptions } from './health-options.js';
import { type CheckResult, type HealthReport, reportOf } from './health-report.js';

/** A consumer, as far as its health goes. */
export interface CheckedConsumer {
  readonly name: string;
  readonly healthCheck: HealthCheckCallback | undefined;
  vitals(): ConsumerVitals;
  snapshot(): ConsumerSnapshot;
}

/** A server, as far as its health goes. */
export interface CheckedServer {
  /** Those built so far; none before the start. */
  readonly consumers: readonly CheckedConsumer[];
  snapshot(): ServerSnapshot;
}

/** What {@link HealthChecks} is made of. */
export interface HealthCheckParts {
  readonly server: CheckedServer;
  readonly options: Pick<ResolvedHealthOptions, 'timeoutMs' | 'checks'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * All checks of one server. Each probe has built-in ones, then those of the user:
 *
 * - liveness, "should it be restarted?": the event loop, and for each consumer the poll loop and handlers beyond their
 *   time limit; never whether the log can be reached.
 * - readiness, "is it fit for work?": for each consumer connected, assigned (or told that there is nothing for it) and
 *   without problems; and not draining.
 * - startup, "has it started?": the server has, once.
 *
 * While it drains, liveness passes without asking anybody: there is a deadline for that already.
 */
export class HealthChecks {
  readonly #parts: HealthCheckParts;
  readonly #eventLoop: EventLoopWatch;
  readonly #ofServer: readonly CallbackCheck<ServerSnapshot>[];
  readonly #ofConsumers = new WeakMap<CheckedConsumer, CallbackCheck<ConsumerSnapshot>>();
  /** What the log was last told of each probe. */
  readonly #failing = new Set<Probe>();

  constructor(parts: HealthCheckParts) {
    this.#parts = parts;
    this.#eventLoop = new EventLoopWatch(parts.clock);
    const { server, clock } = parts;
    const { checks, timeoutMs } = parts.options;
    this.#ofServer = Object.entries(checks).map(
      ([name, callback]) =>
        new CallbackCheck({ name, callback, snapshot: () => server.snapshot(), timeoutMs, clock }),
    );
  }

  /** Begins to watch the event loop. */
  start(): void {
    this.#eventLoop.start();
  }

  stop(): void {
    this.#eventLoop.stop();
  }

  /** Never rejects, and takes no longer than the time limit of custom checks. */
  async report(probe: Probe): Promise<HealthReport> {
    const { server } = this.#parts;
    const { state } = server.snapshot();
    const results = [serverCheck(probe, state)];
    const isDrainingAlive = state === 'draining' && probe === 'liveness';
    if (!isDrainingAlive) {
      if (probe === 'liveness') results.push(eventLoopCheck(this.#eventLoop.isOverloaded));
      for (const consumer of server.consumers) {
        results.push(...consumerChecks(probe, consumer.name, consumer.vitals()));
      }
      results.push(...(await Promise.all(this.#callbacks().map((check) => check.ask(probe)))));
    }
    const report = reportOf(results);
    if (server.snapshot().state === 'running') this.#log(probe, report, results);
    return report;
  }

  #callbacks(): { ask(probe: Probe): Promise<CheckResult> }[] {
    const ofConsumers = this.#parts.server.consumers.map((consumer) => this.#callbackOf(consumer));
    return [...ofConsumers.filter((check) => check !== undefined), ...this.#ofServer];
  }

  /** The same one for every probe of a consumer, so that it knows which calls still run. */
  #callbackOf(consumer: CheckedConsumer): CallbackCheck<ConsumerSnapshot> | undefined {
    const { name, healthCheck } = consumer;
    if (healthCheck === undefined) return undefined;
    let check = this.#ofConsumers.get(consumer);
    if (check === undefined) {
      const { options, clock } = this.#parts;
      check = new CallbackCheck({
        name: `${name}:healthCheck`,
        callback: healthCheck,
        snapshot: () => consumer.snapshot(),
        timeoutMs: options.timeoutMs,
        clock,
      });
      this.#ofConsumers.set(consumer, check);
    }
    return check;
  }

  /** Only changes, and only while running: that it is not ready while it starts or drains is no news. */
  #log(probe: Probe, { status }: HealthReport, results: readonly CheckResult[]): void {
    const { logger } = this.#parts;
    if ((status === 'fail') === this.#failing.has(probe)) return;
    if (status === 'pass') {
      this.#failing.delete(probe);
      logEvent(logger, { type: 'health.passing', probe });
      return;
    }
    this.#failing.add(probe);
    const checks = results.filter(({ passes }) => !passes);
    logEvent(logger, {
      type: 'health.failing',
      probe,
      checks: checks.map(({ name, detail, reason }) => ({ name, detail, reason: textOf(reason) })),
    });
  }
}

/** Loggers write out an error only where they expect one, which is not inside a list. */
function textOf(reason: unknown): unknown {
  return reason instanceof Error ? `${reason.name}: ${reason.message}` : reason;
}
