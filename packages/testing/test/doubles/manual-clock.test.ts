import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../src/doubles/manual-clock.js';

function setup(): { clock: ManualClock; log: string[]; note: (text: string) => () => void } {
  const clock = new ManualClock({ wallMs: 1_000, monotonicMs: 50 });
  const log: string[] = [];
  const note = (text: string) => () => void log.push(`${text} at ${String(clock.monotonic())}`);
  return { clock, log, note };
}

describe('ManualClock', () => {
  test('stands still until it is moved, and then moves both times', () => {
    const { clock } = setup();
    expect([clock.monotonic(), clock.wall()]).toEqual([50, 1_000]);
    clock.advance(2.5);
    expect([clock.monotonic(), clock.wall()]).toEqual([52.5, 1_002.5]);
  });

  test('runs timers at their own moments, in the order they are due, equal ones in the order they were asked for', () => {
    const { clock, log, note } = setup();
    clock.after(20, note('late'));
    clock.after(10, note('first'));
    clock.after(10, note('second'));
    clock.advance(15);
    expect(log).toEqual(['first at 60', 'second at 60']);
    clock.advance(15);
    expect(log).toEqual(['first at 60', 'second at 60', 'late at 70']);
    expect(clock.monotonic()).toBe(80);
  });

  test('runs a timer that another one starts, when it is due as well', () => {
    const { clock, log, note } = setup();
    clock.after(10, () => clock.after(5, note('inner')));
    clock.after(12, note('outer'));
    clock.advance(15);
    expect(log).toEqual(['outer at 62', 'inner at 65']);
  });

  test('runs what is due at once only when it is moved, be it by nothing', () => {
    const { clock, log, note } = setup();
    clock.after(0, note('zero'));
    clock.after(-5, note('negative'));
    expect(log).toEqual([]);
    clock.advance(0);
    expect(log).toEqual(['zero at 50', 'negative at 50']);
  });

  test('does not run what was taken back', () => {
    const { clock, log, note } = setup();
    const timer = clock.after(10, note('never'));
    expect(clock.pending).toBe(1);
    timer.cancel();
    timer.cancel();
    clock.advance(100);
    expect([log, clock.pending]).toEqual([[], 0]);
  });

  test('tells when the next timer is due', () => {
    const { clock } = setup();
    expect(clock.nextInMs).toBeUndefined();
    clock.after(10, () => undefined);
    clock.advance(4);
    expect(clock.nextInMs).toBe(6);
  });

  test('lets the wall time jump without moving timers', () => {
    const { clock, log, note } = setup();
    clock.after(10, note('due'));
    clock.setWall(500);
    clock.advance(10);
    expect([clock.wall(), log]).toEqual([510, ['due at 60']]);
  });

  test.each([-1, Number.NaN])('does not move by %d', (ms) => {
    expect(() => {
      setup().clock.advance(ms);
    }).toThrow(RangeError);
  });
});
