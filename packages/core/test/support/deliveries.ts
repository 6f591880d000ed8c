import { Delivery, type DeliveryHome } from '../../src/delivery/delivery.js';
import { message } from './messages.js';

const home: DeliveryHome = { topic: 'orders', partition: 0, epoch: 1 };

/** A delivery with this place in the order of receipt. */
export function delivery(sequence: number): Delivery {
  return new Delivery(message(sequence), home, sequence);
}

/** Deliveries with the sequences 0 to `count - 1`. */
export function deliveries(count: number): Delivery[] {
  return Array.from({ length: count }, (_, sequence) => delivery(sequence));
}
