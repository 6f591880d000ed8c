import { expect, test } from 'vitest';

import { type OrderEvent, OrderEvents } from './order-events.js';

const AT = 1_700_000_000_000;

function take(count: number, seed = 1): OrderEvent[] {
  const events = new OrderEvents('run', seed);
  return Array.from({ length: count }, () => events.next(AT));
}

test('events are numbered without a gap', () => {
  expect(take(50).map(({ number }) => number)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
});

test('the same seed makes the same stream and another seed another one', () => {
  expect(take(200)).toEqual(take(200));
  expect(take(200, 2)).not.toEqual(take(200));
});

test('an order is placed before it is paid and paid before it is shipped', () => {
  const states = new Map<string, OrderEvent['type']>();
  const before = {
    'order.placed': [undefined],
    'order.paid': ['order.placed'],
    'order.shipped': ['order.paid'],
  };
  for (const { orderId, type } of take(5_000)) {
    const allowed = type === 'order.cancelled' ? ['order.placed', 'order.paid'] : before[type];
    expect(allowed).toContain(states.get(orderId));
    states.set(orderId, type);
  }
});

test('every amount is the sum of its items and every customer pays in one currency', () => {
  const ofCustomer = new Map<string, string>();
  for (const { amount, items, customerId, currency } of take(5_000)) {
    expect(amount).toBe(items.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0));
    expect(ofCustomer.get(customerId) ?? currency).toBe(currency);
    ofCustomer.set(customerId, currency);
  }
  expect(new Set(ofCustomer.values())).toEqual(new Set(['EUR', 'USD', 'GBP', 'CHF', 'JPY']));
});

test('the embedded broker holds more events than may be unread, all of them in one partition', () => {
  const bytes = take(4_000).reduce((sum, event) => sum + JSON.stringify(event).length + 100, 0);

  expect(bytes).toBeLessThan(5 * 2 ** 20 * 0.75);
});
