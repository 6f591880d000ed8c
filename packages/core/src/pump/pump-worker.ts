import { abortDelivery, type Delivery } from '../delivery/delivery.js';
import type { EngineEvent } from '../engine/engine-event.js';
import type { Ports } from '../engine/ports.js';
import type { PartitionStart, Rebalance, TopicPartition } from '../source/assignment.js';
import type { CommitEntry, MessageSource } from '../source/message-source.js';

/** What the pump worker passes on to the consumer that it works for. */
export interface PumpOwner {
  /** A poll is about to be asked for. */
  polling(): void;
  note(event: EngineEvent): void;
  /** The engine is done and the source closed; `error` = it did not close in order. */
  closed(error: unknown): void;
}

/**
 * Carries out what the engine decides; the only caller of the source. It decides nothing itself: every method is one
 * call onwards. What the source says in return reaches the engine through `EngineFeed`.
 */
export class PumpWorker implements Ports {
  readonly #source: MessageSource;
  readonly #owner: PumpOwner;
  #workWaits = false;
  #isClosing = false;

  constructor(source: MessageSource, owner: PumpOwner) {
    this.#source = source;
    this.#owner = owner;
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Whether the engine has said since the last look that there is work. */
  takeWorkSignal(): boolean {
    const waits = this.#workWaits;
    this.#workWaits = false;
    return waits;
  }

  wake(): void {
    this.#workWaits = true;
  }

  poll(max: number): void {
    this.#owner.polling();
    this.#source.poll(max);
  }

  commit(id: number, entries: readonly CommitEntry[]): void {
    this.#source.commit(id, entries);
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#source.pause(partitions);
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#source.resume(partitions);
  }

  kick(partitions: readonly TopicPartition[]): void {
    this.#source.kick(partitions);
  }

  locate(rebalanceId: number, partitions: readonly TopicPartition[]): void {
    this.#source.locate(rebalanceId, partitions);
  }

  query(partitions: readonly TopicPartition[], fresh: boolean): void {
    this.#source.query(partitions, fresh);
  }

  answer(rebalance: Rebalance, starts: readonly PartitionStart[]): void {
    this.#source.answer(rebalance, starts);
  }

  abort(delivery: Delivery, reason: Error): void {
    abortDelivery(delivery, reason);
  }

  unsubscribe(): void {
    this.#source.unsubscribe();
  }

  resubscribe(): void {
    this.#source.resubscribe();
  }

  note(event: EngineEvent): void {
    this.#owner.note(event);
  }

  close(inOrder: boolean): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#source.close(inOrder).then(
      () => {
        this.#owner.closed(undefined);
      },
      (error: unknown) => {
        this.#owner.closed(error);
      },
    );
  }
}
