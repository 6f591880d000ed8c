import { describe, expect, test } from 'vitest';

import { consumerChecks, eventLoopCheck, serverCheck } from '../../src/health/built-in-checks.js';
import type { ConsumerVitals } from '../../src/health/consumer-vitals.js';
import type { CheckResult } from '../../src/health/health-report.js';
import type { Probe, ServerSnapshot } from '../../src/inspection/snapshot.js';
import { healthyVitals } from '../doubles/fake-consumer.js';

function failing(probe: Probe, vitals: Partial<ConsumerVitals>): readonly CheckResult[] {
  return consumerChecks(probe, 'links', { ...healthyVitals, ...vitals }).filter(({ passes }) => !passes);
}

describe('the check of the server', () => {
  test.each<[ServerSnapshot['state'], Probe[]]>([
    ['starting', ['liveness']],
    ['running', ['liveness', 'readiness', 'startup']],
    ['draining', ['liveness', 'startup']],
    ['stopped', []],
    ['failed', []],
  ])('when %s, passes %j', (state, passing) => {
    const probes: readonly Probe[] = ['liveness', 'readiness', 'startup'];
    expect(probes.filter((probe) => serverCheck(probe, state).passes)).toEqual(passing);
  });

  test('tells the state when it fails', () => {
    expect(serverCheck('readiness', 'draining')).toEqual({
      name: 'server',
      passes: false,
      detail: 'draining',
    });
  });
});

describe('the check of the event loop', () => {
  test('fails when it is overloaded', () => {
    expect(eventLoopCheck(false).passes).toBe(true);
    expect(eventLoopCheck(true).passes).toBe(false);
  });
});

describe('the checks of a consumer', () => {
  test.each<[Probe, string[]]>([
    ['liveness', ['links:poll-loop', 'links:handlers']],
    ['readiness', ['links:connection', 'links:assignment', 'links:problems']],
    ['startup', []],
  ])('for %s are %j, and pass when all is well', (probe, names) => {
    const checks = consumerChecks(probe, 'links', healthyVitals);
    expect(checks).toEqual(names.map((name) => ({ name, passes: true })));
  });

  test('liveness fails when the poll loop has not gone round for 30 s', () => {
    expect(failing('liveness', { sinceLastPollMs: 30_000 })).toEqual([]);
    expect(failing('liveness', { sinceLastPollMs: 30_001 })).toMatchObject([{ name: 'links:poll-loop' }]);
  });

  test('a handler of any age is alive where handlers have no time limit', () => {
    expect(failing('liveness', { oldestHandlerMs: 86_400_000 })).toEqual([]);
  });

  test.each([
    [1_000, 11_000],
    [60_000, 120_000],
  ])('liveness fails when a handler with %i ms of time is older than %i ms', (handlerTimeoutMs, limit) => {
    expect(failing('liveness', { handlerTimeoutMs, oldestHandlerMs: limit })).toEqual([]);
    expect(failing('liveness', { handlerTimeoutMs, oldestHandlerMs: limit + 1 })).toMatchObject([
      { name: 'links:handlers', detail: 'one is stuck' },
    ]);
  });

  test('liveness is not about the log: neither connection nor assignment nor problems matter', () => {
    expect(failing('liveness', { connected: false, assigned: false, problems: ['a commit failed'] })).toEqual(
      [],
    );
  });

  test.each<[Partial<ConsumerVitals>, string]>([
    [{ connected: false }, 'links:connection'],
    [{ assigned: false }, 'links:assignment'],
    [{ problems: ['orders[3]: halted'] }, 'links:problems'],
  ])('readiness fails with %j', (vitals, name) => {
    expect(failing('readiness', vitals).map((check) => check.name)).toEqual([name]);
  });

  test('problems are kept for the log, since they name topics', () => {
    const [check] = failing('readiness', { problems: ['orders[3]: halted'] });
    expect(check?.detail).not.toContain('orders');
    expect(check?.reason).toEqual(['orders[3]: halted']);
  });
});
