/** What a checker has seen. */
export interface CheckReport {
  /** Different events, each counted once. */
  readonly handled: number;
  /** Events handled again. */
  readonly duplicates: number;
  /** Events handled after a later one of their partition. */
  readonly outOfOrder: number;
}

/**
 * Looks at what one consumer has handled, with nothing of the framework's own accounts: events carry the numbers 1, 2, 3,
 * … in the order of production, so within a partition numbers can only rise.
 */
export class RunChecker {
  #seen = new Uint8Array(1 << 16);
  readonly #highest = new Map<number, number>();
  #handled = 0;
  #duplicates = 0;
  #outOfOrder = 0;

  /** Called when the handler of an event has ended. */
  record(partition: number, number: number): void {
    if (this.#isSeen(number)) {
      this.#duplicates += 1;
      return;
    }
    this.#handled += 1;
    const highest = this.#highest.get(partition) ?? 0;
    if (number < highest) this.#outOfOrder += 1;
    else this.#highest.set(partition, number);
  }

  get report(): CheckReport {
    return { handled: this.#handled, duplicates: this.#duplicates, outOfOrder: this.#outOfOrder };
  }

  /** One bit an event: a demo that runs overnight still fits. */
  #isSeen(number: number): boolean {
    const index = number >>> 3;
    const bit = 1 << (number & 7);
    if (index >= this.#seen.length) {
      const grown = new Uint8Array(Math.max(index + 1, 2 * this.#seen.length));
      grown.set(this.#seen);
      this.#seen = grown;
    }
    const byte = this.#seen[index] as number;
    this.#seen[index] = byte | bit;
    return (byte & bit) !== 0;
  }
}
