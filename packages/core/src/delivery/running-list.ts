import type { Delivery } from './delivery.js';

/** The deliveries whose handlers run now, oldest start first. Intrusive and doubly linked: adding and removing are O(1) and allocate nothing. */
export class RunningList {
  #first: Delivery | undefined = undefined;
  #last: Delivery | undefined = undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The one that was started first. */
  get first(): Delivery | undefined {
    return this.#first;
  }

  add(delivery: Delivery): void {
    delivery.next = undefined;
    delivery.previous = this.#last;
    if (this.#last === undefined) this.#first = delivery;
    else this.#last.next = delivery;
    this.#last = delivery;
    this.#size++;
  }

  remove(delivery: Delivery): void {
    const { next, previous } = delivery;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    delivery.next = delivery.previous = undefined;
    this.#size--;
  }

  *[Symbol.iterator](): Generator<Delivery> {
    let delivery = this.#first;
    while (delivery !== undefined) {
      const next: Delivery | undefined = delivery.next;
      yield delivery;
      delivery = next;
    }
  }
}
