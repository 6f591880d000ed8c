/** Of the latest samples, in milliseconds. */
export interface LatencyPercentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** The latest samples of a duration, for percentiles that are looked at once a second. */
export class LatencyWindow {
  readonly #samples: Float64Array;
  #recorded = 0;

  /** @param size - how many samples are kept */
  constructor(size = 4_096) {
    this.#samples = new Float64Array(size);
  }

  record(milliseconds: number): void {
    this.#samples[this.#recorded % this.#samples.length] = milliseconds;
    this.#recorded += 1;
  }

  /** Undefined before the first sample. */
  percentiles(): LatencyPercentiles | undefined {
    const count = Math.min(this.#recorded, this.#samples.length);
    if (count === 0) return undefined;
    const sorted = this.#samples.slice(0, count).sort();
    const at = (share: number): number => sorted[Math.ceil(share * count) - 1] as number;
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  }
}
