import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Delivery } from '../../src/delivery/delivery.js';
import { DeliveryList } from '../../src/ordering/delivery-list.js';
import { deliveries, delivery } from '../support/deliveries.js';

describe('a delivery list', () => {
  test('hands out in the order of arrival and is empty afterwards', () => {
    const list = new DeliveryList();
    const [a, b] = deliveries(2) as [Delivery, Delivery];
    list.push(a);
    list.push(b);
    expect([list.size, list.head]).toEqual([2, a]);
    expect([list.shift(), list.shift(), list.shift()]).toEqual([a, b, undefined]);
    expect([list.size, list.head]).toEqual([0, undefined]);
  });

  test('leaves no link behind in what it hands out or drops', () => {
    const list = new DeliveryList();
    const all = deliveries(3);
    for (const each of all) list.push(each);
    list.shift();
    list.drop(0, () => undefined);
    expect(all.map(({ next }) => next)).toEqual([undefined, undefined, undefined]);
  });

  test('keeps what lies below the given sequence, in order, and drops the rest', () => {
    const list = new DeliveryList();
    for (const sequence of [0, 1, 2, 3, 4]) list.push(delivery(sequence));
    const dropped: number[] = [];
    list.drop(2, (each) => dropped.push(each.sequence));
    expect(dropped).toEqual([2, 3, 4]);
    expect([list.shift()?.sequence, list.shift()?.sequence, list.shift()]).toEqual([0, 1, undefined]);
  });

  test('can be filled again after everything was dropped', () => {
    const list = new DeliveryList();
    list.push(delivery(0));
    list.drop(0, () => undefined);
    list.push(delivery(1));
    expect([list.size, list.shift()?.sequence]).toEqual([1, 1]);
  });

  test('behaves as an array would, whatever is done to it', () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant({ do: 'push' as const, from: 0 }) },
      { weight: 3, arbitrary: fc.constant({ do: 'shift' as const, from: 0 }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), from: fc.nat(30) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const list = new DeliveryList();
        let model: number[] = [];
        steps.forEach((each, sequence) => {
          if (each.do === 'push') {
            list.push(delivery(sequence));
            model.push(sequence);
          } else if (each.do === 'shift') expect(list.shift()?.sequence).toBe(model.shift());
          else {
            const dropped: number[] = [];
            list.drop(each.from, (gone) => dropped.push(gone.sequence));
            expect(dropped).toEqual(model.filter((waiting) => waiting >= each.from));
            model = model.filter((waiting) => waiting < each.from);
          }
          expect([list.size, list.head?.sequence]).toEqual([model.length, model[0]]);
        });
      }),
    );
  });
});
