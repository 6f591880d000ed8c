import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { QueueConsumerServer } from '../../src/server/queue-consumer-server.js';
import { silentLogger } from '../../src/telemetry/logger.js';
import { FakeFactory } from '../doubles/fake-consumer.js';

type Call = 'start' | 'stop' | 'abandon' | 'turn' | 'microtask' | 'fails' | 'opens';
const calls = fc.array(
  fc.constantFrom<Call>('start', 'start', 'stop', 'abandon', 'turn', 'microtask', 'fails', 'opens'),
  {
    maxLength: 30,
  },
);

/** Any calls in any order, then a stop: what must hold of every server. */
async function run(sequence: readonly Call[], opens: boolean, withHealth: boolean): Promise<void> {
  const factories = [new FakeFactory('links', { opens }), new FakeFactory('votes')];
  const server = QueueConsumerServer.new({
    factories,
    logger: silentLogger,
    health: withHealth ? { port: 0, host: '127.0.0.1' } : false,
  });
  const starts: Promise<unknown>[] = [];
  for (const call of sequence) {
    if (call === 'start') starts.push(server.start().catch((error: unknown) => error));
    else if (call === 'stop') void server.stop();
    else if (call === 'abandon') server.abandon();
    else if (call === 'fails') factories[1]?.built[0]?.end({ error: new Error('failed'), clean: true });
    else if (call === 'opens') factories[0]?.built[0]?.opened.resolve();
    else if (call === 'turn') await new Promise((resolve) => setImmediate(resolve));
    else await Promise.resolve();
  }
  await Promise.all([server.stop(), server.stop(), server[Symbol.asyncDispose]()]);
  const { error } = await server.ended;
  expect(server.snapshot().state).toBe(error === undefined ? 'stopped' : 'failed');
  expect(server.healthAddress).toBeUndefined();
  await Promise.all(starts);
  for (const { built } of factories) {
    expect(built.length).toBeLessThan(2);
    for (const consumer of built) {
      expect(['stopped', 'failed']).toContain(consumer.state);
      expect(consumer.calls.filter((call) => call === 'stop')).toHaveLength(1);
      expect(consumer.calls.filter((call) => call === 'abandon').length).toBeLessThan(2);
    }
  }
  await expect(server.start()).rejects.toMatchObject({ code: 'STATE_INVALID' });
}

describe('starting and stopping', () => {
  test('in any order, any number of times, ends once and leaves nothing open', async () => {
    await fc.assert(
      fc.asyncProperty(calls, fc.boolean(), fc.boolean(), (sequence, opens, withHealth) =>
        run(sequence, opens, withHealth),
      ),
      { numRuns: 150 },
    );
  });

  test('many at once is one start and one stop', async () => {
    for (let round = 0; round < 10; round += 1) {
      const factory = new FakeFactory('links');
      const server = QueueConsumerServer.new({ factories: [factory], logger: silentLogger });
      await Promise.all(Array.from({ length: 50 }, () => server.start()));
      await Promise.all(Array.from({ length: 50 }, () => server.stop()));
      expect(factory.consumer.calls).toEqual(['start', 'stop']);
    }
  });
});
