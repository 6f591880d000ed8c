import type { Clock } from '@millrace/core';

/** Waits that grow from one to the next: for calls to a broker that may not be there. */
export class Backoff {
  readonly #clock: Clock;
  readonly #firstMs: number;
  readonly #mostMs: number;
  #nextMs: number;

  constructor(clock: Clock, firstMs: number, mostMs: number) {
    this.#clock = clock;
    this.#firstMs = firstMs;
    this.#mostMs = mostMs;
    this.#nextMs = firstMs;
  }

  /** The next wait is the first one again. */
  reset(): void {
    this.#nextMs = this.#firstMs;
  }

  /** Resolves after the next wait, or as soon as `signal` fires: who waits looks at it afterwards. */
  wait(signal: AbortSignal): Promise<void> {
    const ms = this.#nextMs;
    this.#nextMs = Math.min(ms * 2, this.#mostMs);
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const end = (): void => {
        timer.cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = this.#clock.after(ms, end);
      signal.addEventListener('abort', end, { once: true });
    });
  }
}
