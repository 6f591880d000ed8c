import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { DurationHistogram } from '../../src/telemetry/duration-histogram.js';

const windowMs = 10_000;

function summaryOf(durations: readonly number[]) {
  const histogram = new DurationHistogram(windowMs, 0);
  for (const duration of durations) histogram.record(duration, 1);
  return histogram.summary(1);
}

/** The value below or at which the given part of all values lies. */
function exact(durations: readonly number[], part: number): number {
  return durations.toSorted((a, b) => a - b)[Math.ceil(durations.length * part) - 1] ?? NaN;
}

describe('a histogram of durations', () => {
  test('tells percentiles with an error of at most one part in 32, from microseconds to years', () => {
    const duration = fc.double({ min: 0.001, max: 3e10, noNaN: true });
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1, maxLength: 200 }), (durations) => {
        const summary = summaryOf(durations);
        for (const [part, told] of [
          [0.5, summary?.p50],
          [0.95, summary?.p95],
          [0.99, summary?.p99],
        ] as const) {
          const wanted = exact(durations, part);
          // values below a millisecond or so are told in whole microseconds
          expect(Math.abs((told ?? NaN) - wanted)).toBeLessThanOrEqual(Math.max(wanted / 32, 0.001));
        }
        expect(summary?.count).toBe(durations.length);
        expect(summary?.max).toBe(Math.max(...durations));
      }),
    );
  });

  test('tells small whole microseconds exactly', () => {
    expect(summaryOf([0.001, 0.002, 0.063])).toMatchObject({ p50: 0.002, p99: 0.063, max: 0.063 });
  });

  test('counts a negative duration as none', () => {
    expect(summaryOf([-5, -1])).toMatchObject({ count: 2, p50: 0, max: 0, mean: 0 });
  });

  test('tells nothing before anything was recorded', () => {
    expect(summaryOf([])).toBeUndefined();
  });
});

describe('the windows of a histogram', () => {
  test('keep values for at least one window and at most two', () => {
    const histogram = new DurationHistogram(windowMs, 0);
    histogram.record(1, 9_999);
    expect(histogram.summary(10_000)?.count).toBe(1);
    histogram.record(3, 15_000);
    expect(histogram.summary(19_999)?.count).toBe(2);
    expect(histogram.summary(20_000)).toMatchObject({ count: 1, max: 3 });
  });

  test('are both empty after a silence, whether it ends with a value or a look', () => {
    const histogram = new DurationHistogram(windowMs, 0);
    histogram.record(7, 1);
    expect(histogram.summary(60_000)).toBeUndefined();
    histogram.record(7, 60_001);
    histogram.record(1, 200_000);
    expect(histogram.summary(200_000)).toMatchObject({ count: 1, max: 1 });
  });
});
