import { expect, test } from 'vitest';

import { Pacing } from './pacing.js';

test('the first look at the rate allows nothing, a later one what is due since then', () => {
  const pacing = new Pacing({ perSecond: 100, mostUnread: 1_000, total: undefined });

  expect(pacing.allowance(0, 0, 0)).toBe(0);
  expect(pacing.allowance(50, 0, 0)).toBe(5);
  expect(pacing.allowance(50, 5, 5)).toBe(0);
});

test('parts of an event add up over many looks', () => {
  const pacing = new Pacing({ perSecond: 30, mostUnread: 1_000, total: undefined });
  let produced = 0;
  for (let now = 0; now <= 10_000; now += 20) produced += pacing.allowance(now, produced, produced);

  expect(produced).toBeGreaterThanOrEqual(299);
  expect(produced).toBeLessThanOrEqual(300);
});

test('what is unread by the slowest consumer bounds what may be produced', () => {
  const pacing = new Pacing({ perSecond: undefined, mostUnread: 100, total: undefined });

  expect(pacing.allowance(0, 0, 0)).toBe(100);
  expect(pacing.allowance(1, 100, 0)).toBe(0);
  expect(pacing.allowance(2, 100, 40)).toBe(40);
});

test('the total is never exceeded', () => {
  const pacing = new Pacing({ perSecond: undefined, mostUnread: 100, total: 120 });

  expect(pacing.allowance(0, 100, 100)).toBe(20);
  expect(pacing.allowance(1, 120, 100)).toBe(0);
});

test('a long pause is not made up for by a burst', () => {
  const pacing = new Pacing({ perSecond: 100, mostUnread: 10_000, total: undefined });
  pacing.allowance(0, 0, 0);

  expect(pacing.allowance(60_000, 0, 0)).toBe(100);
});

test('time without room is not saved up', () => {
  const pacing = new Pacing({ perSecond: 1_000, mostUnread: 10, total: undefined });
  pacing.allowance(0, 0, 0);

  expect(pacing.allowance(500, 0, 0)).toBe(10);
  expect(pacing.allowance(501, 10, 10)).toBe(1);
});
