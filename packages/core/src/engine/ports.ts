import type { Delivery } from '../delivery/delivery.js';
import type { PartitionStart, Rebalance, TopicPartition } from '../source/assignment.js';
import type { CommitEntry } from '../source/message-source.js';
import type { EngineEvent } from './engine-event.js';

/**
 * All that the engine can do to the world. Every call returns at once and has no result: what comes of it reaches the
 * engine later as a call of one of its methods, never inside the port's own call. The pump worker implements it over a
 * source, the simulator over a model of one.
 */
export interface Ports {
  /** There is something to take: let runners come. */
  wake(): void;
  /** Ask the source for up to `max` messages. Called only when no poll is outstanding. → `polled` */
  poll(max: number): void;
  /** → `committed` */
  commit(id: number, entries: readonly CommitEntry[]): void;
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  kick(partitions: readonly TopicPartition[]): void;
  /** → `located` */
  locate(rebalanceId: number, partitions: readonly TopicPartition[]): void;
  /** → `watermarks` */
  query(partitions: readonly TopicPartition[], fresh: boolean): void;
  answer(rebalance: Rebalance, starts: readonly PartitionStart[]): void;
  /** Fire the delivery's signal. */
  abort(delivery: Delivery, reason: Error): void;
  /** → a revoke of everything, or `left` */
  unsubscribe(): void;
  resubscribe(): void;
  /** The engine is done: release the source, `inOrder: false` = without waiting for anything. Called once. */
  close(inOrder: boolean): void;
  /** Something that an operator may want to know. */
  note(event: EngineEvent): void;
}
