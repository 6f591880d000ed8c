import type { Delivery } from '../delivery/delivery.js';

/** Intrusive FIFO of deliveries linked through `Delivery.next`: no allocation per element. A delivery is in one list at most. */
export class DeliveryList {
  #head: Delivery | undefined = undefined;
  #tail: Delivery | undefined = undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get head(): Delivery | undefined {
    return this.#head;
  }

  push(delivery: Delivery): void {
    if (this.#tail === undefined) this.#head = delivery;
    else this.#tail.next = delivery;
    this.#tail = delivery;
    this.#size++;
  }

  shift(): Delivery | undefined {
    const first = this.#head;
    if (first === undefined) return undefined;
    this.#head = first.next;
    if (this.#head === undefined) this.#tail = undefined;
    first.next = undefined;
    this.#size--;
    return first;
  }

  /** Keeps the deliveries with a sequence below `from`, in their order, and hands the others to `dropped`. */
  drop(from: number, dropped: (delivery: Delivery) => void): void {
    let delivery = this.#head;
    this.#head = this.#tail = undefined;
    this.#size = 0;
    while (delivery !== undefined) {
      const next: Delivery | undefined = delivery.next;
      delivery.next = undefined;
      if (delivery.sequence < from) this.push(delivery);
      else dropped(delivery);
      delivery = next;
    }
  }
}
