/** How a producer paces itself. */
export interface PacingOptions {
  /** Events a second; undefined = as fast as they are read. */
  readonly perSecond: number | undefined;
  /** Produced and not yet handled by the slowest consumer, at most. */
  readonly mostUnread: number;
  /** In all; undefined = without end. */
  readonly total: number | undefined;
}

/**
 * Says how many events may be produced now. What is unread bounds them, because the embedded broker keeps 5 MiB a
 * partition and drops the oldest: a producer that runs ahead of its consumers would lose events for them.
 */
export class Pacing {
  readonly #options: PacingOptions;
  /** Monotonic milliseconds up to which the rate has been used. */
  #paidUntil: number | undefined = undefined;

  constructor(options: PacingOptions) {
    this.#options = options;
  }

  /**
   * @param now - monotonic milliseconds
   * @param produced - so far
   * @param handled - by the slowest consumer, so far
   */
  allowance(now: number, produced: number, handled: number): number {
    const { mostUnread, total = Infinity } = this.#options;
    const room = Math.max(0, mostUnread - (produced - handled));
    return Math.min(room, total - produced, this.#byRate(now, room));
  }

  /** A pause (consumers that were slow, a process that slept) is not made up for by a burst of more than a second. */
  #byRate(now: number, room: number): number {
    const { perSecond } = this.#options;
    if (perSecond === undefined) return Infinity;
    const since = Math.max(this.#paidUntil ?? now, now - 1_000);
    const due = Math.floor(((now - since) * perSecond) / 1_000);
    const used = Math.min(due, room);
    this.#paidUntil = used < due ? now : since + (used * 1_000) / perSecond;
    return used;
  }
}
