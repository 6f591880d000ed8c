/** One partition of one topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/**
 * A change of what this consumer owns. The source waits for exactly one answer to each, and hands over no second one
 * before it has that answer.
 */
export interface Rebalance {
  /** Unique within the source; the answer carries it. */
  readonly id: number;
  /** `assign`: these come in addition. `revoke`: to be given back in order, commits still count. `lost`: gone already, commits would not count. */
  readonly kind: 'assign' | 'revoke' | 'lost';
  readonly partitions: readonly TopicPartition[];
}

/** Where an assigned partition starts: an offset of ours, or `undefined` = where its commit says (the source looks it up). */
export interface PartitionStart extends TopicPartition {
  readonly offset: number | undefined;
}

/** What the log and the group say of one partition at the moment of its assignment. */
export interface PartitionFacts extends TopicPartition {
  readonly committed: { readonly offset: number; readonly metadata: string | undefined } | undefined;
  /** First offset that the log still has. */
  readonly low: number;
  /** Offset that the next message will get. */
  readonly high: number;
}

/** What is known of a topic beyond the partitions that were assigned. */
export interface TopicFacts {
  readonly topic: string;
  /** How many partitions it has now. */
  readonly partitionCount: number;
  /** Metadata of the group's commits on any of its partitions, assigned to this member or not. */
  readonly metadata: readonly string[];
}

/** Answer to `locate`. */
export interface AssignmentFacts {
  readonly partitions: readonly PartitionFacts[];
  readonly topics: readonly TopicFacts[];
}

/** Ends of one partition's log. */
export interface Watermarks extends TopicPartition {
  readonly low: number;
  readonly high: number;
}
