/** The client's own object, handed on unchanged. An absent key or value is null; an empty one is an empty Buffer. */
export interface KafkaMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Epoch of the leader that wrote it; absent where the broker does not tell. */
  readonly leaderEpoch?: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** Bytes of the value. */
  readonly size: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** In order, repeated keys kept, one key an entry. By key: `context.headers`. */
  readonly headers?: readonly Readonly<Record<string, Buffer>>[];
}
