/**
 * One consumed unit, whatever it came over. The object is the transport's own, handed on unchanged to the handler; the
 * framework reads it and never writes to it.
 */
export interface Message {
  readonly topic: string;
  readonly partition: number;
  /** Place in the partition's log. Consecutive messages may be more than 1 apart: compaction and markers leave gaps. */
  readonly offset: number;
  /** Epoch of the leader that wrote it, where the transport has such a thing. */
  readonly leaderEpoch?: number;
  /** Milliseconds since the epoch, set by the producer or the broker. */
  readonly timestamp: number;
  /** Bytes of key and value, for budgets. */
  readonly size: number;
  /** Null when absent; an empty key is an empty Buffer. */
  readonly key: Buffer | null;
  /** Null when absent (a deletion, where the log is compacted); an empty value is an empty Buffer. */
  readonly value: Buffer | null;
  /** In order, repeated keys kept, one key an entry. By key: the context's `headers`. */
  readonly headers?: readonly Readonly<Record<string, Buffer>>[];
}
