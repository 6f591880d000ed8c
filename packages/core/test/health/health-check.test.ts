import { ManualClock } from '@millrace/testing';
import { describe, expect, test } from 'vitest';

import { HealthChecks } from '../../src/health/health-check.js';
import type { HealthOptions } from '../../src/health/health-options.js';
import type { HealthCheckCallback, ServerSnapshot } from '../../src/inspection/snapshot.js';
import { FakeConsumer, healthyVitals } from '../doubles/fake-consumer.js';
import { RecordingLogger } from '../doubles/recording-logger.js';

class FakeServer {
  state: ServerSnapshot['state'] = 'running';
  readonly consumers: FakeConsumer[];

  constructor(consumers: FakeConsumer[]) {
    this.consumers = consumers;
  }

  snapshot(): ServerSnapshot {
    return { state: this.state, consumers: this.consumers.map((consumer) => consumer.snapshot()) };
  }
}

function setup(
  given: { healthCheck?: HealthCheckCallback; checks?: NonNullable<HealthOptions['checks']> } = {},
): {
  health: HealthChecks;
  server: FakeServer;
  consumer: FakeConsumer;
  logger: RecordingLogger;
} {
  const { healthCheck, checks = {} } = given;
  const consumer = new FakeConsumer('links', healthCheck === undefined ? {} : { healthCheck }, undefined);
  const server = new FakeServer([consumer]);
  const logger = new RecordingLogger();
  const options = { timeoutMs: 1_000, checks };
  const health = new HealthChecks({ server, options, clock: new ManualClock(), logger });
  return { health, server, consumer, logger };
}

describe('a health report', () => {
  test('has the checks of the framework, of the consumers and of the server', async () => {
    const { health } = setup({ healthCheck: () => true, checks: { db: () => true } });
    expect(await health.report('readiness')).toEqual({
      status: 'pass',
      checks: {
        server: { status: 'pass' },
        'links:connection': { status: 'pass' },
        'links:assignment': { status: 'pass' },
        'links:problems': { status: 'pass' },
        'links:healthCheck': { status: 'pass' },
        db: { status: 'pass' },
      },
    });
  });

  test('of liveness asks the event loop, the poll loop and the handlers', async () => {
    const { health } = setup();
    const { checks } = await health.report('liveness');
    expect(Object.keys(checks)).toEqual(['server', 'event-loop', 'links:poll-loop', 'links:handlers']);
  });

  test('fails when one check fails, and says which', async () => {
    const { health } = setup({ checks: { db: () => false, cache: () => true } });
    const report = await health.report('readiness');
    expect(report.status).toBe('fail');
    expect(report.checks).toMatchObject({
      db: { status: 'fail', detail: 'unhealthy' },
      cache: { status: 'pass' },
    });
  });

  test('tells nobody what an error says or which topic has a problem', async () => {
    const { health, consumer } = setup({
      healthCheck: () => Promise.reject(new Error('secret of links')),
      checks: {
        db: () => {
          throw new Error('secret of db');
        },
      },
    });
    consumer.shown = { ...healthyVitals, problems: ['secret topic is halted'] };
    expect(JSON.stringify(await health.report('readiness'))).not.toContain('secret');
  });

  test('gives custom checks the probe and the snapshot of what they belong to', async () => {
    const given: unknown[] = [];
    const keep = (...args: unknown[]): boolean => given.push(args) > 0;
    const { health, server, consumer } = setup({ healthCheck: keep, checks: { db: keep } });
    await health.report('startup');
    expect(given).toEqual([
      ['startup', consumer.snapshot()],
      ['startup', server.snapshot()],
    ]);
  });

  test('does not call a consumer’s check again while it hangs', async () => {
    let calls = 0;
    const clock = new ManualClock();
    const healthCheck = (): Promise<boolean> => {
      calls += 1;
      return new Promise(() => undefined);
    };
    const server = new FakeServer([new FakeConsumer('links', { healthCheck }, undefined)]);
    const options = { timeoutMs: 1_000, checks: {} };
    const health = new HealthChecks({ server, options, clock, logger: new RecordingLogger() });
    for (let probe = 0; probe < 3; probe += 1) {
      const report = health.report('readiness');
      clock.advance(1_000);
      expect((await report).checks['links:healthCheck']).toEqual({
        status: 'fail',
        detail: 'no answer in time',
      });
    }
    expect(calls).toBe(1);
  });

  test('while draining, readiness fails at once and liveness passes without asking anybody', async () => {
    let calls = 0;
    const { health, server, consumer } = setup({ checks: { db: () => ++calls < 0 } });
    server.state = 'draining';
    consumer.shown = { ...healthyVitals, sinceLastPollMs: 600_000 };
    expect(await health.report('liveness')).toEqual({
      status: 'pass',
      checks: { server: { status: 'pass' } },
    });
    expect(calls).toBe(0);
    expect((await health.report('readiness')).status).toBe('fail');
  });

  test('before the start is about the server alone: alive, not ready, not started', async () => {
    const { health, server } = setup();
    server.state = 'starting';
    server.consumers.length = 0;
    expect((await health.report('liveness')).status).toBe('pass');
    expect((await health.report('readiness')).status).toBe('fail');
    expect(await health.report('startup')).toEqual({
      status: 'fail',
      checks: { server: { status: 'fail', detail: 'starting' } },
    });
  });
});

describe('the log', () => {
  test('is told when a probe begins to fail, with what the answer keeps back, and when it passes again', async () => {
    const { health, consumer, logger } = setup({
      checks: {
        db: () => {
          throw new RangeError('pool is empty');
        },
      },
    });
    consumer.shown = { ...healthyVitals, problems: ['orders[3]: halted'] };
    await health.report('readiness');
    await health.report('readiness');
    expect(logger.lines).toMatchObject([
      {
        level: 'warn',
        data: {
          event: 'health.failing',
          probe: 'readiness',
          checks: [
            { name: 'links:problems', reason: ['orders[3]: halted'] },
            { name: 'db', detail: 'threw', reason: 'RangeError: pool is empty' },
          ],
        },
      },
    ]);
  });

  test('is told when a probe passes again', async () => {
    let healthy = false;
    const { health, logger } = setup({ checks: { db: () => healthy } });
    await health.report('readiness');
    healthy = true;
    await health.report('readiness');
    await health.report('readiness');
    expect(logger.lines.map(({ data }) => data['event'])).toEqual(['health.failing', 'health.passing']);
  });

  test('hears nothing of a server that is not ready because it starts or drains', async () => {
    const { health, server, logger } = setup();
    for (const state of ['starting', 'draining'] as const) {
      server.state = state;
      await health.report('readiness');
    }
    expect(logger.lines).toEqual([]);
  });
});
