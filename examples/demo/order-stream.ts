import type { MessageProducer, OutgoingMessage } from '../message-producer.js';
import type { OrderEvents } from './order-events.js';
import type { Pacing } from './pacing.js';

/** Produces order events, as many at a time as the pacing allows. */
export class OrderStream {
  readonly #producer: MessageProducer;
  readonly #topic: string;
  readonly #events: OrderEvents;
  readonly #pacing: Pacing;
  #offered = 0;
  /** Made, but not taken by a full client. */
  #waiting: OutgoingMessage | undefined = undefined;

  constructor(parts: {
    readonly producer: MessageProducer;
    readonly topic: string;
    readonly events: OrderEvents;
    readonly pacing: Pacing;
  }) {
    this.#producer = parts.producer;
    this.#topic = parts.topic;
    this.#events = parts.events;
    this.#pacing = parts.pacing;
  }

  /** Events handed to the client. */
  get offered(): number {
    return this.#offered;
  }

  /**
   * @param now - monotonic milliseconds
   * @param handled - by the slowest consumer, so far
   */
  produce(now: number, handled: number): void {
    for (let left = this.#pacing.allowance(now, this.#offered, handled); left > 0; left -= 1) {
      const message = this.#waiting ?? this.#next();
      this.#waiting = message;
      if (!this.#producer.offer(this.#topic, message)) return;
      this.#waiting = undefined;
      this.#offered += 1;
    }
  }

  #next(): OutgoingMessage {
    const event = this.#events.next(Date.now());
    // Events of one customer stay in order: they share a partition.
    return { key: event.customerId, value: event };
  }
}
