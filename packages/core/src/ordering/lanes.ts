import type { Delivery } from '../delivery/delivery.js';

/**
 * The order of one partition: which of its waiting deliveries may start next. One instance a partition and epoch.
 * The engine calls it on the hot path, so implementations allocate nothing per delivery (they link deliveries through
 * `Delivery.next`).
 */
export interface Lanes {
  /** How many waiting deliveries may start now as far as order is concerned; 0 = none. */
  readonly runnable: number;
  /** Takes in a delivery that was received. Calls come in the order of the log. */
  admit(delivery: Delivery): void;
  /** The delivery that `next` would return. */
  peek(): Delivery | undefined;
  /** Hands out a delivery to start. Undefined when `runnable` is 0. */
  next(): Delivery | undefined;
  /** A delivery that `next` handed out no longer holds its lane. */
  release(delivery: Delivery): void;
  /** Forgets every waiting delivery with a sequence of at least `from`, and hands each to `dropped`. */
  drop(from: number, dropped: (delivery: Delivery) => void): void;
}

/** Makes the lanes of a newly assigned partition. */
export type LanesFactory = () => Lanes;
