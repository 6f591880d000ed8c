import type { Delivery } from '../delivery/delivery.js';
import { DeliveryList } from './delivery-list.js';
import type { Lanes } from './lanes.js';

/** Every message is a lane of its own: whatever waits may start, oldest first. Messages complete in any order. */
export class Unordered implements Lanes {
  readonly #waiting = new DeliveryList();

  get runnable(): number {
    return this.#waiting.size;
  }

  admit(delivery: Delivery): void {
    this.#waiting.push(delivery);
  }

  peek(): Delivery | undefined {
    return this.#waiting.head;
  }

  next(): Delivery | undefined {
    return this.#waiting.shift();
  }

  release(): void {
    // nothing was held
  }

  drop(from: number, dropped: (delivery: Delivery) => void): void {
    this.#waiting.drop(from, dropped);
  }
}
