import type { Delivery } from '../delivery/delivery.js';
import type { Engine } from '../engine/engine.js';
import { FILTERED, type MessageHandler } from '../handler/message-handler.js';
import { type Outcome, SUCCESS } from '../handler/outcome.js';
import type { Clock } from '../time/clock.js';
import type { SlotPool, SlotWaiter } from './slot-pool.js';

/** How long runners may go on in one turn of the event loop before they let timers, sockets and polls come. */
const TURN_MS = 10;

export interface QueueConsumersOptions {
  readonly engine: Engine;
  /** Runs the handler with all that is around it. A promise only where the handler returned one. */
  readonly handle: MessageHandler;
  /** What a failed handler means. Total: it never throws. */
  readonly decide: (error: unknown, delivery: Delivery) => Outcome;
  /** Told about every end, before the engine is. */
  readonly ended: (delivery: Delivery, outcome: Outcome, now: number) => void;
  readonly clock: Clock;
  /** A runner itself has failed: a fault of ours, after which nothing can be trusted. */
  readonly broken: (error: unknown) => void;
  /** Runners at once. */
  readonly concurrency: number;
  /** Slots shared with other consumers of the server. */
  readonly slots: SlotPool | undefined;
}

/**
 * The queue consumers: up to N runners, each of which takes a delivery, runs its handler, settles the outcome and takes
 * the next. They live while there is work, and cost no promise or closure of ours per message: what is awaited is the
 * handler's own promise, and nothing where the handler is synchronous.
 */
export class QueueConsumers implements SlotWaiter {
  readonly #options: QueueConsumersOptions;
  #active = 0;
  #turnStartedAt = 0;
  #turnIsOpen = false;
  #breath: Promise<void> | undefined = undefined;
  #isStarting = false;
  #worksAfterBreath = false;

  constructor(options: QueueConsumersOptions) {
    this.#options = options;
  }

  /** Runners at work now. */
  get active(): number {
    return this.#active;
  }

  /** Lets runners come as long as there is work for one more. */
  work(now: number): void {
    // a runner of synchronous handlers works inside this loop and may free work that leads here again
    if (this.#isStarting) return;
    this.#isStarting = true;
    const { engine, concurrency, broken } = this.#options;
    while (this.#active < concurrency && engine.hasWork) {
      if (this.#mustBreathe(now)) {
        this.#workAfterBreath();
        break;
      }
      const before = this.#active;
      this.#run(now).catch(broken);
      // it got no slot of the shared pool, or worked off everything there was
      if (this.#active === before) break;
    }
    this.#isStarting = false;
  }

  /** A slot of the shared pool is free. */
  slotFreed(): void {
    if (this.#options.engine.hasWork) this.work(this.#options.clock.monotonic());
    else this.#options.slots?.forget(this);
  }

  async #run(startedAt: number): Promise<void> {
    const { engine, handle, decide, ended, clock, slots } = this.#options;
    let now = startedAt;
    this.#active++;
    for (;;) {
      if (slots !== undefined && !slots.tryTake(this)) break;
      const delivery = engine.take(now);
      if (delivery === undefined) {
        slots?.release();
        break;
      }
      let outcome = SUCCESS;
      try {
        const result = handle(delivery);
        if (result === FILTERED) outcome = FILTERED;
        else if (result !== undefined) await result;
      } catch (error) {
        outcome = decide(error, delivery);
      }
      now = clock.monotonic();
      ended(delivery, outcome, now);
      engine.settle(delivery, outcome, now);
      slots?.release();
      if (this.#mustBreathe(now)) {
        await this.#breathe();
        now = clock.monotonic();
      }
    }
    this.#active--;
  }

  /** Whether this turn of the event loop has lasted long enough. */
  #mustBreathe(now: number): boolean {
    if (!this.#turnIsOpen) {
      this.#turnIsOpen = true;
      this.#turnStartedAt = now;
      setImmediate(() => {
        this.#turnIsOpen = false;
      });
      return false;
    }
    return now - this.#turnStartedAt >= TURN_MS;
  }

  #workAfterBreath(): void {
    if (this.#worksAfterBreath) return;
    this.#worksAfterBreath = true;
    void this.#breathe().then(() => {
      this.#worksAfterBreath = false;
      // the work may be gone by now, and then a place in the line for shared slots must be given up
      this.slotFreed();
    });
  }

  /** The next turn of the event loop, one promise for all runners. */
  #breathe(): Promise<void> {
    this.#breath ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#breath = undefined;
        resolve();
      });
    });
    return this.#breath;
  }
}
