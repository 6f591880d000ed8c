import type { Delivery } from '../delivery/delivery.js';

/**
 * One layer of what is done with a delivery: answers with a promise only when something within has given one.
 */
export type Stage = (delivery: Delivery) => undefined | PromiseLike<void>;
