import { type DeliveryClass, Engine } from '../engine/engine.js';
import type { EngineEvent } from '../engine/engine-event.js';
import type { EngineOptions } from '../engine/engine-options.js';
import { MillraceError } from '../errors.js';
import type { FailureDecision } from '../failure/failure-policy.js';
import type { MessageHandler } from '../handler/message-handler.js';
import type { ConsumerSnapshot, HealthCheckCallback } from '../inspection/snapshot.js';
import { Deferred } from '../internal/deferred.js';
import type { Message } from '../message/message.js';
import { EngineFeed, type FeedOwner } from '../pump/engine-feed.js';
import { type PumpOwner, PumpWorker } from '../pump/pump-worker.js';
import { QueueConsumers } from '../queue/queue-consumers.js';
import type { SlotPool } from '../queue/slot-pool.js';
import type { MessageSource } from '../source/message-source.js';
import type { Clock } from '../time/clock.js';
import type { ConsumerObserver } from './consumer-observer.js';
import { type LifeCycle, lifeCycle } from './life-cycle.js';
import type { ConsumerEnd, ConsumerVitals, ManagedConsumer } from './managed-consumer.js';

/** What one consumer is made of. */
export interface ConsumerParts {
  readonly name: string;
  readonly groupId: string;
  readonly strategy: string;
  readonly healthCheck: HealthCheckCallback | undefined;
  readonly engine: EngineOptions;
  readonly Delivery: DeliveryClass;
  readonly source: MessageSource;
  readonly clock: Clock;
  readonly slots: SlotPool | undefined;
  /** Runs the handler with all that is around it. */
  readonly handle: MessageHandler;
  /** What a failed handler means. Never throws. */
  readonly decide: FailureDecision;
  readonly observer: ConsumerObserver;
}

/** One running consumer: the source, the pump, the engine and the queue consumers, put together, with a life cycle. */
export class Consumer implements ManagedConsumer, PumpOwner, FeedOwner {
  readonly name: string;
  readonly healthCheck: HealthCheckCallback | undefined;
  readonly #parts: ConsumerParts;
  readonly #engine: Engine;
  readonly #pump: PumpWorker;
  readonly #feed: EngineFeed;
  readonly #runners: QueueConsumers;
  readonly #life: LifeCycle;
  readonly #ended = new Deferred<ConsumerEnd>();
  #starting: Promise<void> | undefined = undefined;
  /** Facts for the vitals. Written by the callbacks below only. */
  #isReachable = false;
  #wasAssigned = false;
  #isClean = true;

  constructor(parts: ConsumerParts) {
    this.name = parts.name;
    this.healthCheck = parts.healthCheck;
    this.#parts = parts;
    const { clock, source, slots, observer } = parts;
    this.#life = lifeCycle((state) => {
      observer.moved(state, this.#runners.active);
    });
    this.#pump = new PumpWorker(source, this);
    this.#engine = new Engine(parts.engine, this.#pump, { Delivery: parts.Delivery, now: clock.monotonic() });
    this.#feed = new EngineFeed({ engine: this.#engine, pump: this.#pump, clock, owner: this });
    this.#runners = new QueueConsumers({
      engine: this.#engine,
      handle: parts.handle,
      decide: parts.decide,
      ended: (delivery, outcome, now) => {
        observer.ended(delivery, outcome, now);
      },
      broken: (error) => {
        this.failed(error);
      },
      concurrency: parts.engine.concurrency,
      clock,
      slots,
    });
  }

  get ended(): Promise<ConsumerEnd> {
    return this.#ended.promise;
  }

  start(): Promise<void> {
    this.#starting ??= this.#open();
    return this.#starting;
  }

  stop(): Promise<ConsumerEnd> {
    if (this.#life.state === 'starting') this.#giveUp(undefined);
    else if (this.#life.state === 'running') {
      this.#life.moveTo('draining');
      this.#feed.call((engine, now) => {
        engine.stop(now);
      });
    }
    return this.ended;
  }

  abandon(): void {
    this.#giveUp(undefined);
  }

  vitals(): ConsumerVitals {
    const now = this.#parts.clock.monotonic();
    const view = this.#engine.view(now);
    const isOpen = this.#life.state === 'running' || this.#life.state === 'draining';
    return {
      connected: isOpen && this.#isReachable,
      assigned: this.#wasAssigned,
      sinceLastPollMs: isOpen ? now - view.lastPolledAt : 0,
      oldestHandlerMs: view.oldestHandlerMs,
      handlerTimeoutMs: this.#parts.engine.handlerTimeoutMs,
      problems: view.problems,
    };
  }

  snapshot(): ConsumerSnapshot {
    const { name, groupId, strategy } = this.#parts;
    const { partitions, inFlight, processed } = this.#engine.view(this.#parts.clock.monotonic());
    return { name, groupId, strategy, state: this.#life.state, partitions, inFlight, processed };
  }

  // ---- called by the feed and the pump worker

  work(now: number): void {
    this.#runners.work(now);
  }

  ticked(now: number): void {
    for (let late = this.#engine.overdue(now); late !== undefined; late = this.#engine.overdue(now)) {
      const limit = this.#parts.engine.handlerTimeoutMs ?? 0;
      const error = new MillraceError('HANDLER_TIMEOUT', `the handler took longer than ${String(limit)} ms`);
      const outcome = this.#parts.decide(error, late);
      this.#parts.observer.timedOut(late, outcome, now);
      this.#engine.abandon(late, error, outcome, now);
    }
    if (this.#engine.failure !== undefined && this.#life.state === 'running') this.#life.moveTo('draining');
  }

  polling(): void {
    this.#parts.observer.polling();
  }

  received(batch: readonly Message[]): void {
    this.#parts.observer.polled(batch);
  }

  reachable(yes: boolean, detail: string): void {
    this.#isReachable = yes;
    this.#parts.observer.reachable(yes, detail);
  }

  failed(error: unknown): void {
    this.#giveUp(error);
  }

  note(event: EngineEvent): void {
    if (event.type === 'partitions.assigned') this.#wasAssigned = true;
    if (event.type === 'partitions.revoked' && event.abandoned > 0 && this.#life.state !== 'running')
      this.#isClean = false;
    this.#parts.observer.noted(event);
  }

  closed(error: unknown): void {
    const failure = this.#engine.failure?.error ?? error;
    this.#life.moveTo(failure === undefined ? 'stopped' : 'failed');
    const end: ConsumerEnd = { error: failure, clean: this.#isClean };
    this.#parts.observer.stopped(end);
    this.#ended.resolve(end);
  }

  async #open(): Promise<void> {
    this.#parts.observer.starting();
    try {
      await this.#parts.source.open(this.#feed);
    } catch (error) {
      if (this.#pump.isClosing) return; // told to stop meanwhile
      this.#giveUp(error);
      throw error;
    }
    if (this.#pump.isClosing) return;
    this.#life.moveTo('running');
    this.#isReachable = true;
    this.#feed.start();
  }

  #giveUp(error: unknown): void {
    if (this.#pump.isClosing) return;
    if (this.#life.state !== 'starting') this.#isClean = false;
    this.#engine.giveUp(error);
  }
}
