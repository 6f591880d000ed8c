import type { TopicPartition } from '../source/assignment.js';

/** What the engine tells the outside about itself, for logs, metrics and timelines. Names are `subject.verb`. */
export type EngineEvent =
  | { readonly type: 'partitions.assigned'; readonly partitions: readonly TopicPartition[] }
  /** A partition without a commit starts here; `before` messages of the log lie below and are not read. */
  | {
      readonly type: 'start.decided';
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
      readonly because: string;
      readonly before: number;
    }
  | {
      readonly type: 'partitions.revoked';
      readonly partitions: readonly TopicPartition[];
      readonly drainedMs: number;
      readonly abandoned: number;
    }
  | {
      readonly type: 'partitions.lost';
      readonly partitions: readonly TopicPartition[];
      readonly abandoned: number;
    }
  | {
      readonly type: 'partition.paused';
      readonly topic: string;
      readonly partition: number;
      readonly reason: string;
    }
  | { readonly type: 'partition.resumed'; readonly topic: string; readonly partition: number }
  | {
      readonly type: 'partition.halted';
      readonly topic: string;
      readonly partition: number;
      readonly reason: string;
    }
  | {
      readonly type: 'partition.stalled';
      readonly topic: string;
      readonly partition: number;
      readonly position: number;
      readonly highWater: number;
      readonly silentMs: number;
    }
  | { readonly type: 'commit.acknowledged'; readonly partitions: number; readonly roundTripMs: number }
  | {
      readonly type: 'commit.failed';
      readonly partitions: number;
      readonly code: string;
      readonly message: string;
      readonly failures: number;
    }
  /** The metadata of a commit was of another writer or version, or damaged: it was ignored. */
  | { readonly type: 'metadata.ignored'; readonly topic: string; readonly count: number }
  /** The source handed over a message again inside one epoch; it was dropped. */
  | {
      readonly type: 'message.duplicated';
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
    }
  /** The loop did not poll for longer than the group allows: ownership is in doubt, nothing is committed until it is clear. */
  | { readonly type: 'ownership.doubted'; readonly silentMs: number }
  | {
      readonly type: 'handler.timed-out';
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
      readonly afterMs: number;
    };
