import type { Delivery, DeliveryHome } from '../delivery/delivery.js';
import type { MetadataSections } from '../offsets/commit-metadata.js';
import { OffsetLedger } from '../offsets/offset-ledger.js';
import type { Lanes } from '../ordering/lanes.js';
import type { TopicTurns, Turn } from '../ordering/work-queue.js';

/**
 * `opening`: assigned, waits for the acknowledgement of its start position. `active`: everything flows. `draining`:
 * revoked, finishes what runs. `halted`: owned, but nothing of it is handled (`haltReason` says why). `gone`: not ours
 * any more; whatever still refers to it changes nothing.
 */
export type PartitionPhase = 'opening' | 'active' | 'draining' | 'halted' | 'gone';

/**
 * Everything the engine knows of one partition in one epoch. Made at assign, left behind at revoke: a partition that
 * comes back gets a new one, so nothing of an older epoch can reach it.
 */
export class OwnedPartition implements DeliveryHome, Turn {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: number;
  readonly ledger: OffsetLedger;
  readonly lanes: Lanes;
  readonly topicTurns: TopicTurns;
  /** Written by the work queue. */
  held = 0;
  waitIndex = -1;

  phase: PartitionPhase = 'opening';
  haltReason: string | undefined = undefined;
  /** Received and not settled: messages and bytes. Written by the engine, read by back-pressure. */
  count = 0;
  bytes = 0;
  /** Deliveries that were started in this epoch, ever. */
  started = 0;
  /** Sequence up to which the acknowledged commit covers everything. Written by the commit driver through `acknowledge`. */
  acknowledgedSequence = 0;
  /** The acknowledged next offset; undefined = none yet. */
  committed: number | undefined = undefined;
  /** In the commit driver's list of partitions with something new. Written by the commit driver. */
  dirty = false;
  /** The metadata must be committed though the offset stands still (the start position). */
  mustCommit = false;
  /** Its last commit was refused for good. Written by the commit driver. */
  commitRefused = false;
  /** Sections that its commits carry. */
  metadata: MetadataSections = new Map();
  highWater: number | undefined = undefined;
  low: number | undefined = undefined;
  /** The end of the log that the reader has come to: what lies between it and the position holds no message. Written by the watchdog. */
  readTo = 0;
  /** Monotonic milliseconds of the last receipt, or of the last moment at which silence was explained. */
  heardAt = 0;
  /** When the broker was last asked for the ends of its log because it is silent; undefined = no answer is awaited. Written by the watchdog. */
  askedAt: number | undefined = undefined;

  constructor(
    place: { topic: string; partition: number; epoch: number; start: number },
    lanes: Lanes,
    turns: TopicTurns,
  ) {
    this.topic = place.topic;
    this.partition = place.partition;
    this.epoch = place.epoch;
    this.ledger = new OffsetLedger(place.start);
    this.lanes = lanes;
    this.topicTurns = turns;
  }

  /** Messages started above the last acknowledged commit: how many can repeat if the process dies now. */
  get exposed(): number {
    return this.started - this.acknowledgedSequence;
  }
}

/** The partition that a delivery came from. Every delivery of an engine was made for one of its partitions. */
export function partitionOf({ home }: Delivery): OwnedPartition {
  if (home instanceof OwnedPartition) return home;
  throw new TypeError('the delivery was not made by this engine');
}
