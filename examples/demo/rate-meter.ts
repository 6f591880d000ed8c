/** How fast a total grows, sampled about once a second. */
export class RateMeter {
  readonly #length: number;
  #history: readonly number[] = [];
  #last: { readonly at: number; readonly total: number };

  /**
   * @param now - monotonic milliseconds, as everywhere here
   * @param length - how many samples are kept
   */
  constructor(now: number, length = 60) {
    this.#last = { at: now, total: 0 };
    this.#length = length;
  }

  sample(now: number, total: number): void {
    const seconds = (now - this.#last.at) / 1_000;
    if (seconds <= 0) return;
    const rate = (total - this.#last.total) / seconds;
    this.#last = { at: now, total };
    this.#history = [...this.#history, rate].slice(-this.#length);
  }

  /** The latest rate. */
  get perSecond(): number {
    return this.#history.at(-1) ?? 0;
  }

  /** The kept rates, oldest first. */
  get history(): readonly number[] {
    return this.#history;
  }
}
