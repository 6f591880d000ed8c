import type { Clock, Timer } from '../time/clock.js';

const EVERY_MS = 1_000;
/** A run that comes this much too late is a late one. */
const LATE_MS = 1_000;
/** One late run may be a long collection of garbage or a suspended process; only a row of them is overload. */
const LATE_IN_A_ROW = 5;

/**
 * Watches whether the event loop comes round in time. A loop that is blocked altogether answers no probe, so this is about
 * one that still turns, but so slowly that nothing gets its time.
 */
export class EventLoopWatch {
  readonly #clock: Clock;
  #timer: Timer | undefined = undefined;
  #lateInARow = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isOverloaded(): boolean {
    return this.#lateInARow >= LATE_IN_A_ROW;
  }

  start(): void {
    if (this.#timer === undefined) this.#watch();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #watch(): void {
    const dueAt = this.#clock.monotonic() + EVERY_MS;
    const run = (): void => {
      this.#lateInARow = this.#clock.monotonic() - dueAt > LATE_MS ? this.#lateInARow + 1 : 0;
      this.#watch();
    };
    // looking on is no reason to stay alive
    this.#timer = this.#clock.after(EVERY_MS, run, { ref: false });
  }
}
