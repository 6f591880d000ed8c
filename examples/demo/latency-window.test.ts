import { expect, test } from 'vitest';

import { LatencyWindow } from './latency-window.js';

test('without a sample there is nothing to tell', () => {
  expect(new LatencyWindow().percentiles()).toBeUndefined();
});

test('percentiles are samples, by nearest rank', () => {
  const window = new LatencyWindow();
  for (let sample = 100; sample >= 1; sample -= 1) window.record(sample);

  expect(window.percentiles()).toEqual({ p50: 50, p95: 95, p99: 99 });
});

test('only the latest samples count', () => {
  const window = new LatencyWindow(3);
  for (const sample of [1_000, 1_000, 1, 2, 3]) window.record(sample);

  expect(window.percentiles()).toEqual({ p50: 2, p95: 3, p99: 3 });
});
