import { ManualClock } from '@millrace/testing';
import { describe, expect, test } from 'vitest';

import { CallbackCheck } from '../../src/health/callback-check.js';
import type { Probe } from '../../src/inspection/snapshot.js';
import { Deferred } from '../../src/internal/deferred.js';

function setup(callback: (probe: Probe, snapshot: string) => unknown): {
  check: CallbackCheck<string>;
  clock: ManualClock;
} {
  const clock = new ManualClock();
  const check = new CallbackCheck<string>({
    name: 'db',
    callback: callback as () => boolean,
    snapshot: () => 'snapshot',
    timeoutMs: 1_000,
    clock,
  });
  return { check, clock };
}

describe('a custom check', () => {
  test('passes with true, at once or later, and is given the probe and a snapshot', async () => {
    const given: unknown[] = [];
    const { check, clock } = setup((...args) => {
      given.push(args);
      return args[0] === 'liveness' ? true : Promise.resolve(true);
    });
    expect(await check.ask('liveness')).toEqual({ name: 'db', passes: true });
    expect(await check.ask('readiness')).toEqual({ name: 'db', passes: true });
    expect(given).toEqual([
      ['liveness', 'snapshot'],
      ['readiness', 'snapshot'],
    ]);
    expect(clock.pending).toBe(0);
  });

  test.each([
    [false, 'unhealthy'],
    [undefined, 'answered neither true nor false'],
    ['yes', 'answered neither true nor false'],
  ])('fails with %s', async (answer, detail) => {
    const { check } = setup(() => answer);
    expect(await check.ask('readiness')).toEqual({ name: 'db', passes: false, detail });
  });

  test('fails when it throws or rejects; the error is kept from the answer', async () => {
    const error = new Error('password is hunter2');
    const throwing = setup(() => {
      throw error;
    });
    const rejecting = setup(() => Promise.reject(error));
    for (const { check } of [throwing, rejecting]) {
      expect(await check.ask('readiness')).toEqual({
        name: 'db',
        passes: false,
        detail: 'threw',
        reason: error,
      });
    }
  });

  test('fails when its time is up, and at once while that call still runs', async () => {
    const answers: Deferred<boolean>[] = [];
    const { check, clock } = setup(() => {
      const answer = new Deferred<boolean>();
      answers.push(answer);
      return answer.promise;
    });
    const late = { name: 'db', passes: false, detail: 'no answer in time', reason: { timeoutMs: 1_000 } };
    const first = check.ask('readiness');
    clock.advance(1_000);
    expect(await first).toEqual(late);
    expect(await check.ask('readiness')).toEqual(late);
    expect(answers).toHaveLength(1);
  });

  test('is called anew once a call that took too long has ended', async () => {
    const answers = [new Deferred<boolean>(), new Deferred<boolean>()];
    let calls = 0;
    const { check, clock } = setup(() => answers[calls++]?.promise);
    const first = check.ask('readiness');
    clock.advance(1_000);
    await first;
    answers[0]?.resolve(true);
    await new Promise((resolve) => setImmediate(resolve));
    const second = check.ask('readiness');
    answers[1]?.resolve(true);
    expect(await second).toEqual({ name: 'db', passes: true });
    expect(calls).toBe(2);
    expect(clock.pending).toBe(0);
  });

  test('answers probes that come together with one call, of each kind', async () => {
    const probes: Probe[] = [];
    const { check } = setup((probe) => {
      probes.push(probe);
      return Promise.resolve(true);
    });
    const asked = await Promise.all([check.ask('readiness'), check.ask('readiness'), check.ask('startup')]);
    expect(asked.every(({ passes }) => passes)).toBe(true);
    expect(probes).toEqual(['readiness', 'startup']);
  });
});
