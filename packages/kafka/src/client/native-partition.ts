/** A partition as it goes into native code and comes out of it. */
export interface NativePartition {
  readonly topic: string;
  readonly partition: number;
  /** Absent = none: no commit, or "look it up yourself". */
  readonly offset?: number;
  readonly metadata?: string;
  readonly leaderEpoch?: number;
}
