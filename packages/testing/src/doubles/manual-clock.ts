import type { Clock, Timer } from '@millrace/core';

interface Waiting extends Timer {
  readonly dueMs: number;
  readonly sequence: number;
  readonly run: () => void;
}

/** Where a {@link ManualClock} starts. */
export interface ManualClockOptions {
  /** Milliseconds since the epoch. @defaultValue `1_750_000_000_000` (15 June 2025) */
  readonly wallMs?: number;
  /** @defaultValue `0` */
  readonly monotonicMs?: number;
}

/** A clock that stands still until a test moves it. Timers run inside `advance`, in the order they are due. */
export class ManualClock implements Clock {
  #monotonicMs: number;
  #wallMs: number;
  #sequence = 0;
  readonly #waiting = new Set<Waiting>();

  constructor(options: ManualClockOptions = {}) {
    this.#monotonicMs = options.monotonicMs ?? 0;
    this.#wallMs = options.wallMs ?? 1_750_000_000_000;
  }

  monotonic(): number {
    return this.#monotonicMs;
  }

  wall(): number {
    return this.#wallMs;
  }

  after(ms: number, run: () => void): Timer {
    this.#sequence += 1;
    const waiting: Waiting = {
      dueMs: this.#monotonicMs + (ms > 0 ? ms : 0),
      sequence: this.#sequence,
      run,
      cancel: () => {
        this.#waiting.delete(waiting);
      },
    };
    this.#waiting.add(waiting);
    return waiting;
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#waiting.size;
  }

  /** Milliseconds until the next timer is due; undefined when none waits. */
  get nextInMs(): number | undefined {
    const next = this.#next();
    return next === undefined ? undefined : next.dueMs - this.#monotonicMs;
  }

  /**
   * Moves both times forward and runs what falls due on the way, each at its own moment; timers that these start run as
   * well when they are due before the end. Equal moments run in the order they were asked for.
   *
   * @param ms - How far, in milliseconds; a fraction is allowed, going back is not (RangeError).
   */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`a clock goes forward only, got ${String(ms)} ms`);
    const endMs = this.#monotonicMs + ms;
    for (let next = this.#next(); next !== undefined && next.dueMs <= endMs; next = this.#next()) {
      this.#moveTo(next.dueMs);
      this.#waiting.delete(next);
      next.run();
    }
    this.#moveTo(endMs);
  }

  /** Sets the wall time alone, as an administrator or a time server does; timers do not notice. */
  setWall(wallMs: number): void {
    this.#wallMs = wallMs;
  }

  #moveTo(monotonicMs: number): void {
    // A timer that advanced the clock itself has been here already.
    if (monotonicMs <= this.#monotonicMs) return;
    this.#wallMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }

  #next(): Waiting | undefined {
    let first: Waiting | undefined;
    for (const waiting of this.#waiting) {
      if (
        first === undefined ||
        waiting.dueMs < first.dueMs ||
        (waiting.dueMs === first.dueMs && waiting.sequence < first.sequence)
      ) {
        first = waiting;
      }
    }
    return first;
  }
}
