import { expect, test } from 'vitest';

import { RateMeter } from './rate-meter.js';

test('the rate is the growth since the last sample, by the second', () => {
  const meter = new RateMeter(0);
  meter.sample(1_000, 100);
  meter.sample(3_000, 500);

  expect(meter.perSecond).toBe(200);
  expect(meter.history).toEqual([100, 200]);
});

test('only so many samples are kept, and two at one moment are one', () => {
  const meter = new RateMeter(0, 2);
  for (const second of [1, 2, 3, 3]) meter.sample(second * 1_000, second * second);

  expect(meter.history).toEqual([3, 5]);
});
