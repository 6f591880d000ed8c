import type { Delivery } from '../delivery/delivery.js';
import { DeliveryList } from './delivery-list.js';
import type { Lanes } from './lanes.js';

/** The partition is one lane: the next message starts when the one before has let go. */
export class ByPartition implements Lanes {
  readonly #waiting = new DeliveryList();
  /** Who holds the lane. Written by `next` and `release` only. */
  #holder: Delivery | undefined = undefined;

  get runnable(): number {
    return this.#holder === undefined && this.#waiting.size > 0 ? 1 : 0;
  }

  admit(delivery: Delivery): void {
    this.#waiting.push(delivery);
  }

  peek(): Delivery | undefined {
    return this.#holder === undefined ? this.#waiting.head : undefined;
  }

  next(): Delivery | undefined {
    if (this.#holder !== undefined) return undefined;
    this.#holder = this.#waiting.shift();
    return this.#holder;
  }

  release(delivery: Delivery): void {
    if (this.#holder === delivery) this.#holder = undefined;
  }

  drop(from: number, dropped: (delivery: Delivery) => void): void {
    this.#waiting.drop(from, dropped);
  }
}
