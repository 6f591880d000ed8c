import type { Message } from '../message/message.js';
import type { AssignmentFacts, PartitionStart, Rebalance, TopicPartition, Watermarks } from './assignment.js';

/** One partition's share of a commit: the *next* offset to read, with what a successor needs to know. */
export interface CommitEntry extends TopicPartition {
  readonly offset: number;
  /** Epoch of the leader that wrote the last covered message, for truncation detection. */
  readonly leaderEpoch: number | undefined;
  /** Printable ASCII, at most 4,095 bytes. */
  readonly metadata: string;
}

/** Why a commit was not acknowledged, as far as the committer has to care. */
export interface CommitError {
  /** `retry`: may work later. `not-owned`: the group has moved on, a rebalance follows. `rejected`: this entry will never be accepted. */
  readonly kind: 'retry' | 'not-owned' | 'rejected';
  /** The transport's own word for it, for logs. */
  readonly code: string;
  readonly message: string;
}

/** Names of the transport for spans, metrics and logs. */
export interface SourceSystem {
  /** Value of `messaging.system`. */
  readonly name: string;
  /** Prefix of transport-specific attributes, e.g. `messaging.kafka`. */
  readonly attributePrefix: string;
  readonly clientId: string;
  /** First bootstrap address, `host:port`, for `server.address`. */
  readonly server: string | undefined;
}

/**
 * A partitioned log that this consumer reads as a member of a group. All methods but `open` and `close` return at once;
 * results come back through the listener, always in a later turn of the event loop than the call or inside a `poll`
 * that is under way, never inside the call itself.
 *
 * Implementers must tolerate: calls for partitions that have just been taken away (ignore them), `close` without
 * `open`, `close` while `open` is under way, and repeated `close`.
 */
export interface MessageSource {
  readonly system: SourceSystem;
  /**
   * Connects, checks that every topic exists, and joins the group. While the log cannot be reached it keeps trying and
   * says so through `listener.reachable`; it rejects only for what waiting does not cure.
   */
  open(listener: SourceListener): Promise<void>;
  /** Asks for up to `max` messages that are there now. At most one poll is outstanding; each is answered by one `listener.polled`. */
  poll(max: number): void;
  /** Sends a commit. Answered by one `listener.committed` when the broker has acknowledged it or refused it: "sent" is not an answer. */
  commit(id: number, entries: readonly CommitEntry[]): void;
  /** Stops fetching these; what is prefetched of them is thrown away. */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** Wakes whatever thread fetches for these, which may sleep up to a second after a resume or a rebalance. */
  kick(partitions: readonly TopicPartition[]): void;
  /** Looks up commits, log ends and partition counts for an assignment. Answered by `listener.located`; the source retries by itself. */
  locate(rebalanceId: number, partitions: readonly TopicPartition[]): void;
  /** Asks for the ends of these logs; `fresh` goes to the broker, otherwise what the last fetch said. Answered by `listener.watermarks`. */
  query(partitions: readonly TopicPartition[], fresh: boolean): void;
  /** Answers a rebalance: for an assign, where each partition starts; otherwise the partitions are given up. */
  answer(rebalance: Rebalance, starts: readonly PartitionStart[]): void;
  /** Leaves the group in order: a revoke of everything follows, unless nothing is assigned, in which case `listener.left` does. */
  unsubscribe(): void;
  /** Leaves as `unsubscribe` does and joins again, as a cure for a stalled client. */
  resubscribe(): void;
  /**
   * Releases everything. After it resolves, the listener hears nothing more. `inOrder: false` = patience is at its end and
   * the process probably too: it resolves at once, and whatever could hold up an exit is left for later.
   *
   * @param inOrder - defaults to true
   */
  close(inOrder?: boolean): Promise<void>;
}

/** What a source tells its consumer. None of these may throw. */
export interface SourceListener {
  /** There may be something to poll for. A hint only. */
  wake(): void;
  polled(batch: readonly Message[]): void;
  committed(id: number, error: CommitError | undefined): void;
  rebalance(rebalance: Rebalance): void;
  located(rebalanceId: number, facts: AssignmentFacts): void;
  watermarks(ends: readonly Watermarks[]): void;
  /**
   * The reader has come to the end of the log as it is now: `offset` is what the next message gets at least. Told after
   * the messages that lie before it. An event, not an error.
   */
  endOfPartition(partition: TopicPartition, offset: number): void;
  /** `unsubscribe` is through and nothing was assigned. */
  left(): void;
  /** Whether the log can be reached; `detail` says why not. */
  reachable(yes: boolean, detail: string): void;
  /** The client is broken for good; nothing but `close` makes sense. */
  failed(error: unknown): void;
}
