/** A consumer that waits for a slot of a shared pool. */
export interface SlotWaiter {
  /** A slot may be free: try again, at once or later, or `forget`. Those behind wait until either has happened. */
  slotFreed(): void;
}

/**
 * Handler slots that several consumers of one server share, as the ancestors' common thread pool. Turns are fair:
 * a freed slot is offered to whoever has waited longest.
 *
 * Invariant: while a slot is free and somebody waits, the first of them has been told and not answered yet.
 */
export class SlotPool {
  readonly #limit: number;
  #held = 0;
  readonly #waiting = new Set<SlotWaiter>();

  /** @param limit - handlers at once over all consumers, at least 1 */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get held(): number {
    return this.#held;
  }

  /** Takes a slot, or remembers that `waiter` wants one. A newcomer does not pass those who wait already. */
  tryTake(waiter: SlotWaiter): boolean {
    if (this.#held < this.#limit && (this.#waiting.size === 0 || this.#first() === waiter)) {
      this.#waiting.delete(waiter);
      this.#held++;
      // several slots may have become free while the first one hesitated, each offered to it alone
      this.#offer();
      return true;
    }
    this.#waiting.add(waiter);
    return false;
  }

  /** Gives a slot back and tells whoever has waited longest. */
  release(): void {
    this.#held--;
    this.#offer();
  }

  /** A waiter no longer wants one. */
  forget(waiter: SlotWaiter): void {
    if (this.#waiting.delete(waiter)) this.#offer();
  }

  #offer(): void {
    if (this.#waiting.size > 0 && this.#held < this.#limit) this.#first()?.slotFreed();
  }

  #first(): SlotWaiter | undefined {
    for (const waiter of this.#waiting) return waiter;
    return undefined;
  }
}
