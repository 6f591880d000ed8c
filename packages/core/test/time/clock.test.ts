import { describe, expect, test } from 'vitest';

import { Deferred } from '../../src/internal/deferred.js';
import { isoTime, systemClock } from '../../src/time/clock.js';

describe('systemClock', () => {
  test('measures forward, in fractions of a millisecond', async () => {
    const before = systemClock.monotonic();
    const fired = new Deferred();
    systemClock.after(5, fired.resolve);
    await fired.promise;
    expect(systemClock.monotonic() - before).toBeGreaterThan(4);
  });

  test('tells the time since the epoch', () => {
    expect(isoTime(systemClock.wall())).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test('runs at once for a wait that is negative or no number', async () => {
    for (const ms of [-1, Number.NaN]) {
      const fired = new Deferred();
      systemClock.after(ms, fired.resolve);
      await fired.promise;
    }
  });

  test('does not run at once what lies further away than a timer can hold', async () => {
    const fired: string[] = [];
    const far = systemClock.after(2 ** 31, () => fired.push('far'));
    const near = new Deferred();
    systemClock.after(20, near.resolve);
    await near.promise;
    far.cancel();
    expect(fired).toEqual([]);
  });

  test('does not run what was taken back', async () => {
    const fired: string[] = [];
    systemClock.after(1, () => fired.push('cancelled')).cancel();
    const later = new Deferred();
    systemClock.after(10, later.resolve, { ref: true });
    await later.promise;
    expect(fired).toEqual([]);
  });
});
