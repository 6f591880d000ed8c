import type { Delivery } from '../delivery/delivery.js';
import type { EngineEvent } from '../engine/engine-event.js';
import type { Outcome } from '../handler/outcome.js';
import type { ConsumerSnapshot } from '../inspection/snapshot.js';
import type { Message } from '../message/message.js';
import type { ConsumerTelemetry } from '../telemetry/consumer-telemetry.js';
import type { EventLog } from '../telemetry/event-log.js';
import type { Clock } from '../time/clock.js';
import type { ConsumerEnd } from './managed-consumer.js';

/** What one consumer's observer is made of. */
export interface ObserverParts {
  readonly telemetry: ConsumerTelemetry;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly strategy: string;
  readonly topics: readonly string[];
}

/** Looks on while a consumer works: tells telemetry and the event log what happens. None of its methods throws. */
export class ConsumerObserver {
  readonly #parts: ObserverParts;
  #startedAt = 0;
  #unreachableSince: number | undefined = undefined;
  #polledAt = 0;

  constructor(parts: ObserverParts) {
    this.#parts = parts;
  }

  starting(): void {
    const { log, clock, strategy, topics } = this.#parts;
    this.#startedAt = clock.monotonic();
    log.emit({ type: 'consumer.starting', strategy, topics });
  }

  /** A poll was asked for. */
  polling(): void {
    this.#polledAt = this.#parts.clock.monotonic();
  }

  /** It brought messages. */
  polled(batch: readonly Message[]): void {
    this.#parts.telemetry.polled(batch, this.#polledAt, this.#parts.clock.monotonic());
  }

  /** A handler has ended. On the hot path: a success without telemetry is one call. */
  ended(delivery: Delivery, outcome: Outcome, now: number): void {
    this.#parts.telemetry.ended(delivery, outcome, now);
    if (outcome.kind !== 'success' && !delivery.abandoned) this.#unsuccessful(delivery, outcome);
  }

  /** A handler's time was up before it ended. */
  timedOut(delivery: Delivery, outcome: Outcome, now: number): void {
    this.#parts.telemetry.timedOut(delivery, outcome, now);
    this.#unsuccessful(delivery, outcome);
  }

  noted(event: EngineEvent): void {
    this.#parts.telemetry.noted(event, this.#parts.clock.monotonic());
    this.#parts.log.emit(event);
  }

  reachable(yes: boolean, detail: string): void {
    const { log, clock } = this.#parts;
    const now = clock.monotonic();
    if (!yes) {
      this.#unreachableSince ??= now;
      log.emit({ type: 'source.unreachable', detail });
    } else if (this.#unreachableSince !== undefined) {
      log.emit({ type: 'source.reached', afterMs: now - this.#unreachableSince });
      this.#unreachableSince = undefined;
    }
  }

  moved(state: ConsumerSnapshot['state'], inFlight: number): void {
    const { log, clock } = this.#parts;
    if (state === 'running')
      log.emit({ type: 'consumer.started', afterMs: clock.monotonic() - this.#startedAt });
    else if (state === 'draining') log.emit({ type: 'consumer.draining', inFlight });
  }

  stopped(end: ConsumerEnd): void {
    const { log, clock, telemetry } = this.#parts;
    if (end.error !== undefined) log.emit({ type: 'consumer.failed', error: end.error });
    log.emit({ type: 'consumer.stopped', clean: end.clean, afterMs: clock.monotonic() - this.#startedAt });
    telemetry.close();
  }

  #unsuccessful(delivery: Delivery, outcome: Outcome): void {
    const { topic, partition, offset } = delivery.message;
    const { attempt } = delivery;
    const { log } = this.#parts;
    switch (outcome.kind) {
      case 'crash':
        log.emit({ type: 'message.failed', topic, partition, offset, attempt, error: outcome.error });
        return;
      case 'skip':
        if (outcome.cause !== 'filtered') {
          log.emit({
            type: 'message.skipped',
            topic,
            partition,
            offset,
            attempt,
            cause: outcome.cause,
            error: outcome.error,
          });
        }
        return;
      case 'success':
        return;
    }
  }
}
