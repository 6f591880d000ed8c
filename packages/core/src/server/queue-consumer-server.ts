import { MillraceError } from '../errors.js';
import { Health } from '../health/health.js';
import type { ServerSnapshot } from '../inspection/snapshot.js';
import { Deferred } from '../internal/deferred.js';
import { SlotPool } from '../queue/slot-pool.js';
import { logEvent } from '../telemetry/event-log.js';
import type { Logger } from '../telemetry/logger.js';
import { type Clock, systemClock, type Timer } from '../time/clock.js';
import { lifeCycle, type LifeCycleState } from './life-cycle.js';
import type { ConsumerEnd, ManagedConsumer } from './managed-consumer.js';
import {
  isManagedFactory,
  loggerOf,
  type QueueConsumerServerOptions,
  type ResolvedServerOptions,
  serverOptions,
} from './server-options.js';

/** What closing may take, in milliseconds, after draining was given up; then the server ends without waiting for it. */
const CLOSE_LIMIT_MS = 1_000;

/** How a server ended. */
export interface ServerEnd {
  /** What made it end; `undefined` when it was told to. Several errors are one AggregateError. */
  readonly error: unknown;
  /** Whether every consumer finished what it had in flight and had all its commits acknowledged. */
  readonly clean: boolean;
  /** Names of the consumers whose draining was given up, because their time was over or `abandon` was called. */
  readonly abandoned: readonly string[];
}

/**
 * Runs the consumers of one process: starts them together, answers health probes, and lets all of them drain when it is
 * told to stop or when one of them fails. It knows nothing of signals and exit codes; {@link serve} does.
 */
export class QueueConsumerServer implements AsyncDisposable {
  readonly #options: ResolvedServerOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #health: Health | undefined;
  readonly #life = lifeCycle((state) => {
    this.#tell(state);
  });
  readonly #consumers: ManagedConsumer[] = [];
  readonly #ends = new Map<ManagedConsumer, ConsumerEnd>();
  /** A set, since the same error arrives here by several ways. */
  readonly #errors = new Set<unknown>();
  readonly #abandoned = new Set<string>();
  readonly #ended = new Deferred<ServerEnd>();
  #startedAt = 0;
  #starting: Promise<void> | undefined = undefined;
  #stopping: Promise<void> | undefined = undefined;
  /** Runs from when draining was given up. */
  #closeTimer: Timer | undefined = undefined;
  readonly #closeTimeIsUp = new Deferred();

  private constructor(options: ResolvedServerOptions, clock: Clock) {
    const { health } = options;
    this.#options = options;
    this.#clock = clock;
    this.#logger = loggerOf(options);
    this.#health = health === false ? undefined : this.#healthAt(health);
  }

  /**
   * @param options - The factories, and how their consumers are run.
   * @param clock - Tests bring their own.
   * @throws OPTIONS_INVALID, with all faults at once
   */
  static new(options: QueueConsumerServerOptions, clock: Clock = systemClock): QueueConsumerServer {
    return new QueueConsumerServer(serverOptions.resolve(options), clock);
  }

  /**
   * Resolves when every consumer has connected and subscribed. While the log cannot be reached it waits, and startup probes
   * fail. Calling it again gives the same promise.
   *
   * @throws HEALTH_UNAVAILABLE when the health server cannot listen
   * @throws the error of the first consumer that could not start, after the others have been stopped
   * @throws STATE_INVALID when the server has been stopped, before or meanwhile
   */
  start(): Promise<void> {
    if (!this.#life.is('starting', 'running')) {
      const advice = 'a server does not start again once it was stopped or has failed: make a new one';
      return Promise.reject(new MillraceError('STATE_INVALID', advice));
    }
    this.#starting ??= this.#open();
    return this.#starting;
  }

  /**
   * Lets every consumer drain, and resolves when all is closed: at the latest about a second after `stopTimeoutMs`, when
   * draining is given up. It may be called at any time and again, and never rejects; `ended` tells how it went.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#drain();
    return this.#stopping;
  }

  /**
   * Gives up draining: the handlers' signals fire, what is not settled stays uncommitted and repeats elsewhere, and the
   * server ends within a second. Without effect on consumers that have ended.
   */
  abandon(): void {
    void this.stop();
    const open = this.#notEnded();
    if (open.length === 0 || this.#closeTimer !== undefined) return;
    this.#closeTimer = this.#clock.after(CLOSE_LIMIT_MS, () => {
      this.#closeTimeIsUp.resolve();
    });
    for (const consumer of open) {
      this.#abandoned.add(consumer.name);
      try {
        consumer.abandon();
      } catch (error) {
        this.#fail(error);
      }
    }
  }

  /** Resolves once the server has ended, whatever the reason. Never rejects. */
  get ended(): Promise<ServerEnd> {
    return this.#ended.promise;
  }

  /** Where the server and its consumers stand. There are no consumers before the start. */
  snapshot(): ServerSnapshot {
    return { state: this.#life.state, consumers: this.#consumers.map((consumer) => consumer.snapshot()) };
  }

  /** URL at which this machine reaches the health server, such as `http://127.0.0.1:8080`; undefined while there is none. */
  get healthAddress(): string | undefined {
    return this.#health?.address;
  }

  /** The same as `stop`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #open(): Promise<void> {
    this.#startedAt = this.#clock.monotonic();
    const consumers = this.#options.factories.map(({ name }) => name);
    logEvent(this.#logger, { type: 'server.starting', consumers });
    try {
      // before the consumers, which may wait long for the log: startup probes are answered meanwhile
      await this.#health?.open();
      if (this.#life.is('starting')) await this.#startConsumers();
    } catch (error) {
      // once it is stopping, a start that fails says no more than that
      if (this.#life.is('starting')) this.#fail(error);
    }
    if (this.#life.is('starting')) {
      this.#life.moveTo('running');
      return;
    }
    const { error } = await this.ended;
    if (error instanceof Error) throw error;
    throw new MillraceError('STATE_INVALID', 'the server was stopped while it was starting', {
      cause: error,
    });
  }

  async #startConsumers(): Promise<void> {
    const { factories, concurrency } = this.#options;
    const slots = concurrency === undefined ? undefined : new SlotPool(concurrency);
    for (const factory of factories.filter(isManagedFactory)) this.#adopt(factory.build(slots));
    const starts = this.#consumers.map(async (consumer) => consumer.start());
    // a consumer that is told to stop while it waits for the log need not end its start
    await Promise.race([Promise.all(starts), this.ended]);
  }

  #adopt(consumer: ManagedConsumer): void {
    this.#consumers.push(consumer);
    void this.#follow(consumer, () => consumer.ended);
  }

  async #follow(consumer: ManagedConsumer, ending: () => Promise<ConsumerEnd>): Promise<void> {
    try {
      this.#note(consumer, await ending());
    } catch (error) {
      this.#note(consumer, { error, clean: false });
    }
  }

  /** A consumer has ended, by itself or because it was told to. One that failed takes the server with it. */
  #note(consumer: ManagedConsumer, end: ConsumerEnd): void {
    if (this.#ends.has(consumer)) return;
    this.#ends.set(consumer, end);
    if (end.error !== undefined) this.#fail(end.error);
    else if (!end.clean) this.#abandoned.add(consumer.name);
    if (this.#ends.size === this.#options.factories.length) void this.stop();
  }

  #fail(error: unknown): void {
    this.#errors.add(error ?? new TypeError(`a consumer failed with ${String(error)} for an error`));
    void this.stop();
  }

  /** From the first reason to stop until the end. Never rejects. */
  async #drain(): Promise<void> {
    this.#life.moveTo('draining');
    const deadline = this.#clock.after(this.#options.stopTimeoutMs, () => {
      this.#giveUpLate();
    });
    const stops = this.#consumers.map((consumer) => this.#follow(consumer, () => consumer.stop()));
    await Promise.race([Promise.all(stops), this.#closeTimeIsUp.promise]);
    deadline.cancel();
    this.#closeTimer?.cancel();
    await this.#health?.close();
    this.#life.moveTo(this.#errors.size === 0 ? 'stopped' : 'failed');
    this.#ended.resolve(this.#end());
  }

  #giveUpLate(): void {
    const open = this.#notEnded().map(({ name }) => name);
    if (open.length === 0) return;
    const limit = `${String(this.#options.stopTimeoutMs)} ms (stopTimeoutMs)`;
    this.#fail(new MillraceError('STOP_TIMEOUT', `not drained within ${limit}: ${open.join(', ')}`));
    this.abandon();
  }

  #notEnded(): readonly ManagedConsumer[] {
    return this.#consumers.filter((consumer) => !this.#ends.has(consumer));
  }

  #end(): ServerEnd {
    const isClean = this.#consumers.every((consumer) => this.#ends.get(consumer)?.clean === true);
    return {
      error: asOne([...this.#errors]),
      clean: isClean && this.#abandoned.size === 0,
      abandoned: [...this.#abandoned],
    };
  }

  #healthAt(options: Exclude<ResolvedServerOptions['health'], false>): Health {
    return new Health({
      options,
      server: { consumers: this.#consumers, snapshot: () => this.snapshot() },
      clock: this.#clock,
      logger: this.#logger,
    });
  }

  /** One event for each move. */
  #tell(state: LifeCycleState): void {
    const { error, clean, abandoned } = this.#end();
    switch (state) {
      case 'starting':
        return;
      case 'running':
        logEvent(this.#logger, {
          type: 'server.started',
          afterMs: this.#clock.monotonic() - this.#startedAt,
        });
        return;
      case 'draining':
        logEvent(this.#logger, {
          type: 'server.draining',
          because: error === undefined ? 'told' : 'failure',
        });
        return;
      case 'stopped':
        logEvent(this.#logger, { type: 'server.stopped', clean, abandoned });
        return;
      case 'failed':
        logEvent(this.#logger, { type: 'server.failed', error, clean, abandoned });
        return;
    }
  }
}

/** The first error is the cause of the others more often than not, so it comes first in the text as well. */
function asOne(errors: readonly unknown[]): unknown {
  if (errors.length < 2) return errors[0];
  const texts = errors.map((error) => (error instanceof Error ? error.message : `a ${typeof error}`));
  return new AggregateError(errors, `${String(errors.length)} errors: ${texts.join('; ')}`);
}
