/** When a consumer commits, what a commit covers, and how far handling may run ahead of it. */
export interface CommitPolicy {
  /**
   * `settled`: only what is done. `received`: everything received, and a message starts only after a commit that covers
   * it is acknowledged (at most once). `nothing`: the client commits by itself.
   */
  readonly covers: 'settled' | 'received' | 'nothing';
  /** `eager`: one commit always in flight as long as there is something new. `interval`: when the time or half of the window is used up. */
  readonly pace: 'eager' | 'interval';
  /** Milliseconds between commits of pace `interval`. */
  readonly intervalMs: number;
  /**
   * W: how many messages may have been started above the last acknowledged commit, so how many can repeat after a crash.
   * 1 = a message starts when the one before is acknowledged.
   */
  readonly window: number;
  /** Whether W counts per partition or over the whole consumer. */
  readonly scope: 'partition' | 'consumer';
}
