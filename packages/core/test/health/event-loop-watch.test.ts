import { expect, test } from 'vitest';

import { EventLoopWatch } from '../../src/health/event-loop-watch.js';
import type { Clock } from '../../src/time/clock.js';

/** A clock whose one timer runs as late as the test says. */
class LateClock implements Clock {
  #now = 0;
  #waiting: (() => void) | undefined = undefined;
  readonly refs: (boolean | undefined)[] = [];

  monotonic(): number {
    return this.#now;
  }

  wall(): number {
    return this.#now;
  }

  after(ms: number, run: () => void, options?: { readonly ref?: boolean }): { cancel: () => void } {
    this.refs.push(options?.ref);
    this.#waiting = () => {
      this.#now += ms;
      run();
    };
    return {
      cancel: () => {
        this.#waiting = undefined;
      },
    };
  }

  get waits(): boolean {
    return this.#waiting !== undefined;
  }

  runLateBy(ms: number): void {
    this.#now += ms;
    this.#waiting?.();
  }
}

function setup(): { clock: LateClock; watch: EventLoopWatch } {
  const clock = new LateClock();
  const watch = new EventLoopWatch(clock);
  watch.start();
  return { clock, watch };
}

test('one long stop, as of a suspended process, is no overload', () => {
  const { clock, watch } = setup();
  clock.runLateBy(600_000);
  clock.runLateBy(0);
  expect(watch.isOverloaded).toBe(false);
});

test('a loop that is late five times in a row is overloaded, until it is in time once', () => {
  const { clock, watch } = setup();
  for (let run = 0; run < 4; run += 1) clock.runLateBy(1_500);
  expect(watch.isOverloaded).toBe(false);
  clock.runLateBy(1_500);
  expect(watch.isOverloaded).toBe(true);
  clock.runLateBy(900);
  expect(watch.isOverloaded).toBe(false);
});

test('neither keeps the process alive nor watches on once stopped', () => {
  const { clock, watch } = setup();
  watch.start();
  expect(clock.refs).toEqual([false]);
  watch.stop();
  expect(clock.waits).toBe(false);
});
