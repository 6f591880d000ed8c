import type { PartitionStart, Rebalance, TopicPartition } from '../../src/source/assignment.js';
import type { CommitEntry, MessageSource, SourceListener } from '../../src/source/message-source.js';

/** A source that remembers its calls, each as its name and arguments, and says nothing by itself. */
export class RecordingSource implements MessageSource {
  readonly system = { name: 'test', attributePrefix: 'messaging.test', clientId: 'c', server: undefined };
  readonly calls: [string, ...unknown[]][] = [];
  listener: SourceListener | undefined = undefined;
  /** What `close` comes to. */
  closing: Promise<void> = Promise.resolve();

  open(listener: SourceListener): Promise<void> {
    this.calls.push(['open']);
    this.listener = listener;
    return Promise.resolve();
  }

  poll(max: number): void {
    this.calls.push(['poll', max]);
  }

  commit(id: number, entries: readonly CommitEntry[]): void {
    this.calls.push(['commit', id, entries]);
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.calls.push(['pause', partitions]);
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.calls.push(['resume', partitions]);
  }

  kick(partitions: readonly TopicPartition[]): void {
    this.calls.push(['kick', partitions]);
  }

  locate(rebalanceId: number, partitions: readonly TopicPartition[]): void {
    this.calls.push(['locate', rebalanceId, partitions]);
  }

  query(partitions: readonly TopicPartition[], fresh: boolean): void {
    this.calls.push(['query', partitions, fresh]);
  }

  answer(rebalance: Rebalance, starts: readonly PartitionStart[]): void {
    this.calls.push(['answer', rebalance, starts]);
  }

  unsubscribe(): void {
    this.calls.push(['unsubscribe']);
  }

  resubscribe(): void {
    this.calls.push(['resubscribe']);
  }

  close(): Promise<void> {
    this.calls.push(['close']);
    return this.closing;
  }
}
