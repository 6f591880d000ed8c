import { once } from 'node:events';
import { createServer } from 'node:net';

import { afterEach, describe, expect, test } from 'vitest';

import { QueueConsumerServer } from '../../src/server/queue-consumer-server.js';
import type { ServerOptions } from '../../src/server/server-options.js';
import { type FakeConduct, FakeFactory, healthyVitals } from '../doubles/fake-consumer.js';
import { RecordingLogger } from '../doubles/recording-logger.js';

const opened: QueueConsumerServer[] = [];

afterEach(() => {
  for (const server of opened.splice(0)) server.abandon();
});

function setup(
  conduct: FakeConduct = {},
  health: ServerOptions['health'] = { port: 0, host: '127.0.0.1' },
): {
  server: QueueConsumerServer;
  factory: FakeFactory;
  logger: RecordingLogger;
  probe: (path: string) => Promise<number>;
} {
  const factory = new FakeFactory('links', conduct);
  const logger = new RecordingLogger();
  const server = QueueConsumerServer.new({ factories: [factory], health, logger });
  opened.push(server);
  const probe = async (path: string): Promise<number> =>
    (await fetch((server.healthAddress ?? '') + path)).status;
  return { server, factory, logger, probe };
}

/** Until the health server listens; consumers may still be starting. */
async function listening(server: QueueConsumerServer): Promise<void> {
  while (server.healthAddress === undefined) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

describe('the health server of a queue consumer server', () => {
  test('is there only if it is asked for', async () => {
    const { server } = setup({}, false);
    await server.start();
    expect(server.healthAddress).toBeUndefined();
  });

  test('answers before the consumers have started: alive, not ready, not started', async () => {
    const { server, factory, probe } = setup({ opens: false });
    expect(server.healthAddress).toBeUndefined();
    const started = server.start();
    await listening(server);
    expect([await probe('/livez'), await probe('/readyz'), await probe('/startupz')]).toEqual([
      200, 503, 503,
    ]);
    factory.consumer.opened.resolve();
    await started;
    expect([await probe('/livez'), await probe('/readyz'), await probe('/startupz')]).toEqual([
      200, 200, 200,
    ]);
  });

  test('shows what the consumers show', async () => {
    const { server, factory, probe } = setup();
    await server.start();
    factory.consumer.shown = { ...healthyVitals, connected: false };
    expect([await probe('/livez'), await probe('/health')]).toEqual([200, 503]);
    factory.consumer.shown = { ...healthyVitals, sinceLastPollMs: 60_000 };
    expect([await probe('/livez'), await probe('/health')]).toEqual([503, 200]);
  });

  test('while draining is alive and not ready, and closes last', async () => {
    const { server, factory, probe } = setup({ drains: false });
    await server.start();
    const stopped = server.stop();
    expect([await probe('/livez'), await probe('/readyz'), await probe('/startupz')]).toEqual([
      200, 503, 200,
    ]);
    factory.consumer.end({ error: undefined, clean: true });
    await stopped;
    expect(server.healthAddress).toBeUndefined();
  });

  test('asks the checks of consumers and server', async () => {
    let healthy = true;
    const health = { port: 0, host: '127.0.0.1', checks: { db: () => healthy } };
    const { server, probe } = setup({ healthCheck: (kind) => kind !== 'startup' }, health);
    await server.start();
    expect([await probe('/livez'), await probe('/readyz'), await probe('/startupz')]).toEqual([
      200, 200, 503,
    ]);
    healthy = false;
    expect([await probe('/livez'), await probe('/readyz')]).toEqual([503, 503]);
  });

  test('that cannot listen lets nothing start', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { server, factory } = setup({}, { port, host: '127.0.0.1' });
    await expect(server.start()).rejects.toMatchObject({ code: 'HEALTH_UNAVAILABLE' });
    expect(factory.built).toEqual([]);
    expect(await server.ended).toMatchObject({ error: { code: 'HEALTH_UNAVAILABLE' }, clean: true });
    other.close();
  });

  test('closes when a consumer cannot start', async () => {
    const { server, factory } = setup({ opens: false });
    const started = server.start();
    await listening(server);
    factory.consumer.opened.reject(new Error('no'));
    await expect(started).rejects.toThrow('no');
    expect(server.healthAddress).toBeUndefined();
  });

  test('closes when the server is stopped before it listens, and no consumer is built', async () => {
    const { server, factory } = setup();
    const started = server.start();
    await server.stop();
    await expect(started).rejects.toMatchObject({ code: 'STATE_INVALID' });
    expect([server.healthAddress, factory.built]).toEqual([undefined, []]);
  });

  test('tells the log where it listens', async () => {
    const { server, logger } = setup();
    await server.start();
    expect(logger.lines).toContainEqual(
      expect.objectContaining({ data: { event: 'health.listening', address: server.healthAddress } }),
    );
  });
});
