/** Facts for the liveness and readiness of one consumer, gathered without I/O. */
export interface ConsumerVitals {
  /** The source can be reached and the group has been joined at least once. */
  readonly connected: boolean;
  /** Owns partitions, or has been told that there is none for it. */
  readonly assigned: boolean;
  /** Milliseconds since the poll loop last went round; liveness fails when it is far above the tick. 0 while nothing is to be polled. */
  readonly sinceLastPollMs: number;
  /** Age in milliseconds of the oldest running handler; 0 = none runs. */
  readonly oldestHandlerMs: number;
  /** The time limit of handlers in milliseconds. Without one no handler counts as stuck, however old: hours are allowed. */
  readonly handlerTimeoutMs?: number | undefined;
  /** Problems in words that make it unfit for work: a fatal client error, commits that keep failing, a stalled or halted partition. */
  readonly problems: readonly string[];
}
