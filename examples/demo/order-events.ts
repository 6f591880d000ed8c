import { pick, type Random, seededRandom } from './seeded-random.js';

/** One thing that happened to an order. Amounts are in the smallest unit of their currency. */
export interface OrderEvent {
  /** Which run of the demo made it: a topic may still hold what an earlier one has left. */
  readonly run: string;
  /** 1, 2, 3, … within the run, in the order of production: what the checker goes by. */
  readonly number: number;
  readonly type: 'order.placed' | 'order.paid' | 'order.shipped' | 'order.cancelled';
  readonly orderId: string;
  readonly customerId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly currency: Currency;
  readonly amount: number;
  readonly items: readonly OrderItem[];
}

/** One line of an order. */
export interface OrderItem {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPrice: number;
}

/** Currencies of the shop, with their digits after the decimal point. */
export const currencies = { EUR: 2, USD: 2, GBP: 2, CHF: 2, JPY: 0 } as const;
export type Currency = keyof typeof currencies;

/** Prices in cents; for yen they are taken as they are. */
const catalogue = [
  { sku: 'TEA-GRN-100', name: 'Green tea, 100 g', price: 890 },
  { sku: 'TEA-BLK-250', name: 'Black tea, 250 g', price: 1_190 },
  { sku: 'POT-CER-08', name: 'Ceramic pot, 0.8 l', price: 3_450 },
  { sku: 'CUP-PRC-2', name: 'Porcelain cups, pair', price: 2_400 },
  { sku: 'KTL-GSN-1', name: 'Gooseneck kettle', price: 7_900 },
  { sku: 'TIN-AIR-M', name: 'Airtight tin, medium', price: 1_250 },
  { sku: 'BSK-BMB', name: 'Bamboo whisk', price: 1_690 },
] as const;

const CUSTOMERS = 500;
/** More orders than this are not left open: every event is then about one of them. */
const MOST_OPEN_ORDERS = 200;
const SHARE_OF_NEW_ORDERS = 0.4;
const SHARE_OF_CANCELLED = 0.08;

interface OpenOrder {
  readonly placed: OrderEvent;
  readonly isPaid: boolean;
}

/** An endless stream of order events: orders are placed, then paid, then shipped or, now and then, cancelled. */
export class OrderEvents {
  readonly #run: string;
  readonly #random: Random;
  readonly #open: OpenOrder[] = [];
  #number = 0;
  #orders = 0;

  /** The same seed makes the same stream, but for the times. */
  constructor(run: string, seed: number) {
    this.#run = run;
    this.#random = seededRandom(seed);
  }

  /** @param at - milliseconds since the epoch */
  next(at: number): OrderEvent {
    this.#number += 1;
    const isNew =
      this.#open.length === 0 ||
      (this.#open.length < MOST_OPEN_ORDERS && this.#random() < SHARE_OF_NEW_ORDERS);
    return isNew ? this.#placeOrder(at) : this.#advanceOrder(at);
  }

  #placeOrder(at: number): OrderEvent {
    const customer = Math.floor(this.#random() * CUSTOMERS);
    const items = this.#items();
    this.#orders += 1;
    const placed: OrderEvent = {
      run: this.#run,
      number: this.#number,
      type: 'order.placed',
      orderId: `A-${String(this.#orders).padStart(6, '0')}`,
      customerId: `c-${String(customer).padStart(4, '0')}`,
      at,
      // A customer always pays in the same one.
      currency: pick(Object.keys(currencies) as Currency[], (customer % 17) / 17),
      amount: items.reduce((sum, item) => sum + item.quantity * item.unitPrice, 0),
      items,
    };
    this.#open.push({ placed, isPaid: false });
    return placed;
  }

  #advanceOrder(at: number): OrderEvent {
    const index = Math.floor(this.#random() * this.#open.length);
    const { placed, isPaid } = this.#open[index] as OpenOrder;
    const event = (type: OrderEvent['type']): OrderEvent => ({ ...placed, number: this.#number, type, at });
    if (!isPaid && this.#random() >= SHARE_OF_CANCELLED) {
      this.#open[index] = { placed, isPaid: true };
      return event('order.paid');
    }
    this.#open.splice(index, 1);
    return event(isPaid ? 'order.shipped' : 'order.cancelled');
  }

  #items(): readonly OrderItem[] {
    const lines = 1 + Math.floor(this.#random() * 3);
    return Array.from({ length: lines }, () => {
      const { sku, name, price } = pick(catalogue, this.#random());
      return { sku, name, quantity: 1 + Math.floor(this.#random() * 3), unitPrice: price };
    });
  }
}
