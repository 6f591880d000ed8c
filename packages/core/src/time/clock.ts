/** A run that is to come. */
export interface Timer {
  /** Takes it back; without effect when it has run already. */
  cancel(): void;
}

/** How a timer treats the process around it. */
export interface TimerOptions {
  /** Whether the timer alone keeps the process alive. @defaultValue `true` */
  readonly ref?: boolean;
}

/**
 * Where all time comes from: tests and the simulation bring a clock of their own and move it by hand.
 * Durations are measured with `monotonic`, which no correction of the system time moves; `wall` is for what other
 * machines read or write.
 */
export interface Clock {
  /** Milliseconds since some fixed moment, with a fraction; never goes back. */
  monotonic(): number;
  /** Milliseconds since the epoch; goes forward or back when the system time is set. */
  wall(): number;
  /**
   * Runs once, after `ms` milliseconds. A negative or unreadable number counts as 0. Waits beyond 2^31-1 ms (24.8 days)
   * end there, earlier than asked: who waits that long looks at the time when run, and waits again.
   */
  after(ms: number, run: () => void, options?: TimerOptions): Timer;
}

/** What setTimeout can hold; a longer wait would make it fire at once. */
const longestWaitMs = 2 ** 31 - 1;

/** The time of the machine. */
export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  after(ms, run, options) {
    const waitMs = ms > 0 ? Math.min(ms, longestWaitMs) : 0;
    const timeout = setTimeout(run, waitMs);
    if (options?.ref === false) timeout.unref();
    return {
      cancel: () => {
        clearTimeout(timeout);
      },
    };
  },
};

/** A moment of {@link Clock.wall} as ISO 8601 in UTC with milliseconds. */
export function isoTime(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
