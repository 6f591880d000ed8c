import { abortDelivery, type Delivery } from '../../src/delivery/delivery.js';
import type { EngineEvent } from '../../src/engine/engine-event.js';
import type { Ports } from '../../src/engine/ports.js';
import type { PartitionStart, Rebalance, TopicPartition } from '../../src/source/assignment.js';
import type { CommitEntry } from '../../src/source/message-source.js';

export interface SentCommit {
  readonly id: number;
  readonly entries: readonly CommitEntry[];
}

/** Ports that do nothing but remember, in one list for the order and in one a kind for the content. */
export class RecordingPorts implements Ports {
  /** Names of the calls, in order; `wake` and `note` are left out. */
  readonly calls: string[] = [];
  readonly polls: number[] = [];
  readonly commits: SentCommit[] = [];
  readonly paused: string[][] = [];
  readonly resumed: string[][] = [];
  readonly kicked: string[][] = [];
  readonly located: { readonly id: number; readonly partitions: readonly TopicPartition[] }[] = [];
  readonly queries: { readonly partitions: readonly string[]; readonly fresh: boolean }[] = [];
  readonly answers: { readonly rebalance: Rebalance; readonly starts: readonly PartitionStart[] }[] = [];
  readonly notes: EngineEvent[] = [];
  wakes = 0;

  wake(): void {
    this.wakes++;
  }

  poll(max: number): void {
    this.calls.push('poll');
    this.polls.push(max);
  }

  commit(id: number, entries: readonly CommitEntry[]): void {
    this.calls.push('commit');
    this.commits.push({ id, entries });
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.calls.push('pause');
    this.paused.push(partitions.map(placeOf));
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.calls.push('resume');
    this.resumed.push(partitions.map(placeOf));
  }

  kick(partitions: readonly TopicPartition[]): void {
    this.calls.push('kick');
    this.kicked.push(partitions.map(placeOf));
  }

  locate(id: number, partitions: readonly TopicPartition[]): void {
    this.calls.push('locate');
    this.located.push({ id, partitions });
  }

  query(partitions: readonly TopicPartition[], fresh: boolean): void {
    this.calls.push('query');
    this.queries.push({ partitions: partitions.map(placeOf), fresh });
  }

  answer(rebalance: Rebalance, starts: readonly PartitionStart[]): void {
    this.calls.push('answer');
    this.answers.push({ rebalance, starts });
  }

  abort(delivery: Delivery, reason: Error): void {
    this.calls.push('abort');
    abortDelivery(delivery, reason);
  }

  unsubscribe(): void {
    this.calls.push('unsubscribe');
  }

  resubscribe(): void {
    this.calls.push('resubscribe');
  }

  close(): void {
    this.calls.push('close');
  }

  note(event: EngineEvent): void {
    this.notes.push(event);
  }

  /** The notes of one type. */
  noted<T extends EngineEvent['type']>(type: T): Extract<EngineEvent, { type: T }>[] {
    return this.notes.filter((event): event is Extract<EngineEvent, { type: T }> => event.type === type);
  }
}

/** `topic/partition`, as tests name places. */
export function placeOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
