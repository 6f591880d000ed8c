import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Delivery } from '../../src/delivery/delivery.js';
import { RunningList } from '../../src/delivery/running-list.js';
import { deliveries } from '../support/deliveries.js';

describe('the list of what runs', () => {
  test('keeps the order of starts whichever ends first', () => {
    const list = new RunningList();
    const [a, b, c] = deliveries(3) as [Delivery, Delivery, Delivery];
    for (const each of [a, b, c]) list.add(each);
    list.remove(b);
    expect([[...list], list.first, list.size]).toEqual([[a, c], a, 2]);
    list.remove(a);
    expect([[...list], list.first]).toEqual([[c], c]);
    list.remove(c);
    expect([[...list], list.first, list.size]).toEqual([[], undefined, 0]);
  });

  test('may lose the one that is being looked at', () => {
    const list = new RunningList();
    for (const each of deliveries(4)) list.add(each);
    for (const each of list) list.remove(each);
    expect(list.size).toBe(0);
  });

  test('holds exactly what was added and not removed', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 50 }), (picks) => {
        const all = deliveries(10);
        const list = new RunningList();
        let model: number[] = [];
        for (const pick of picks) {
          if (model.includes(pick)) {
            list.remove(all[pick] as Delivery);
            model = model.filter((each) => each !== pick);
          } else {
            list.add(all[pick] as Delivery);
            model.push(pick);
          }
          expect([...list].map(({ sequence }) => sequence)).toEqual(model);
          expect([list.size, list.first?.sequence]).toEqual([model.length, model[0]]);
        }
      }),
    );
  });
});
