/** What one run of one row measured. */
export interface Measurement {
  readonly messages: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** CPU time of the process, user and system, per message, in microseconds. */
  readonly cpuMicroseconds: number;
  /** Resident set at the end, in megabytes. */
  readonly rssMegabytes: number;
  /** Figures that only this row has. */
  readonly extra?: Readonly<Record<string, number>>;
}

/**
 * Measures from the first message to the last. Both clocks start with the first `hit`, so that starting the client,
 * joining the group and compiling are not counted.
 */
export class Meter {
  readonly #messages: number;
  readonly #mostMs: number;
  readonly #done: (measurement: Measurement) => void;
  #count = 0;
  #startedAt = 0;
  #cpuAtStart: NodeJS.CpuUsage | undefined;

  /** @param mostSeconds - ends the run early; rows slower than 50,000/s are measured over this time instead */
  constructor(
    limits: { readonly messages: number; readonly mostSeconds: number },
    done: (measurement: Measurement) => void,
  ) {
    this.#messages = limits.messages;
    this.#mostMs = limits.mostSeconds * 1000;
    this.#done = done;
  }

  /** Some messages have been handled. */
  hit(messages = 1): void {
    if (this.#cpuAtStart === undefined) {
      this.#startedAt = performance.now();
      this.#cpuAtStart = process.cpuUsage();
    }
    this.#count += messages;
    if (
      this.#count >= this.#messages ||
      ((this.#count & 63) < messages && performance.now() - this.#startedAt >= this.#mostMs)
    ) {
      this.finish();
    }
  }

  /** Ends the run now. */
  finish(extra?: Readonly<Record<string, number>>): void {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const { user, system } = process.cpuUsage(this.#cpuAtStart);
    this.#done({
      messages: this.#count,
      seconds,
      perSecond: this.#count / seconds,
      cpuMicroseconds: (user + system) / this.#count,
      rssMegabytes: process.memoryUsage.rss() / 1e6,
      ...(extra === undefined ? {} : { extra }),
    });
  }
}
