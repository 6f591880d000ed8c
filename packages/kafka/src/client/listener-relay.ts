import type {
  AssignmentFacts,
  CommitError,
  Message,
  Rebalance,
  SourceListener,
  TopicPartition,
  Watermarks,
} from '@millrace/core';

/**
 * Passes on what the source has to say, from `open` on until `close` begins. Its parts can say what they have to say
 * without knowing whether there is still somebody to listen.
 */
export class ListenerRelay implements SourceListener {
  #listener: SourceListener | undefined = undefined;

  listenTo(listener: SourceListener): void {
    this.#listener = listener;
  }

  /** Nothing gets through any more. */
  fallSilent(): void {
    this.#listener = undefined;
  }

  wake(): void {
    this.#listener?.wake();
  }

  polled(batch: readonly Message[]): void {
    this.#listener?.polled(batch);
  }

  committed(id: number, error: CommitError | undefined): void {
    this.#listener?.committed(id, error);
  }

  rebalance(rebalance: Rebalance): void {
    this.#listener?.rebalance(rebalance);
  }

  located(rebalanceId: number, facts: AssignmentFacts): void {
    this.#listener?.located(rebalanceId, facts);
  }

  watermarks(ends: readonly Watermarks[]): void {
    this.#listener?.watermarks(ends);
  }

  endOfPartition(partition: TopicPartition, offset: number): void {
    this.#listener?.endOfPartition(partition, offset);
  }

  left(): void {
    this.#listener?.left();
  }

  reachable(yes: boolean, detail: string): void {
    this.#listener?.reachable(yes, detail);
  }

  failed(error: unknown): void {
    this.#listener?.failed(error);
  }
}
