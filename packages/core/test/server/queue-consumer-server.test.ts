import { ManualClock } from '@millrace/testing';
import { describe, expect, test } from 'vitest';

import { QueueConsumerServer } from '../../src/server/queue-consumer-server.js';
import type { ServerOptions } from '../../src/server/server-options.js';
import { type FakeConduct, FakeFactory } from '../doubles/fake-consumer.js';
import { RecordingLogger } from '../doubles/recording-logger.js';

function setup(
  conducts: readonly FakeConduct[] = [{}, {}],
  options: ServerOptions = {},
): { server: QueueConsumerServer; factories: FakeFactory[]; clock: ManualClock; events: () => unknown[] } {
  const factories = conducts.map((conduct, index) => new FakeFactory(`consumer-${index}`, conduct));
  const logger = new RecordingLogger();
  const clock = new ManualClock();
  const server = QueueConsumerServer.new({ factories, logger, ...options }, clock);
  return { server, factories, clock, events: () => logger.lines.map(({ data }) => data['event']) };
}

/** Lets everything run that waits for nothing but promises. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe('start', () => {
  test('builds and starts every consumer', async () => {
    const { server, factories, events } = setup();
    expect(server.snapshot()).toEqual({ state: 'starting', consumers: [] });
    await server.start();
    expect(server.snapshot()).toMatchObject({
      state: 'running',
      consumers: [{ name: 'consumer-0' }, { name: 'consumer-1' }],
    });
    expect(factories.map(({ consumer }) => consumer.calls)).toEqual([['start'], ['start']]);
    expect(events()).toEqual(['server.starting', 'server.started']);
  });

  test('waits for the last consumer', async () => {
    const { server, factories } = setup([{}, { opens: false }]);
    const started = server.start();
    await settle();
    expect(server.snapshot().state).toBe('starting');
    factories[1]?.consumer.opened.resolve();
    await started;
    expect(server.snapshot().state).toBe('running');
  });

  test('is the same start when called again', async () => {
    const { server, factories } = setup();
    expect(server.start()).toBe(server.start());
    await server.start();
    await server.start();
    expect(factories.map(({ built }) => built.length)).toEqual([1, 1]);
  });

  test('gives all consumers one pool of slots when the server has a concurrency, otherwise none', async () => {
    const shared = setup([{}, {}], { concurrency: 3 });
    await shared.server.start();
    const [first, second] = shared.factories.map(({ consumer }) => consumer.slots);
    expect(first).toBeDefined();
    expect(second).toBe(first);
    const own = setup();
    await own.server.start();
    expect(own.factories[0]?.consumer.slots).toBeUndefined();
  });

  test('stops the others and rejects when a consumer cannot start', async () => {
    const error = new Error('topic is missing');
    const { server, factories, events } = setup([{}, { opens: false }, {}]);
    const started = server.start();
    await settle();
    factories[1]?.consumer.opened.reject(error);
    await expect(started).rejects.toBe(error);
    expect(factories.map(({ consumer }) => consumer.calls)).toEqual(Array(3).fill(['start', 'stop']));
    expect(await server.ended).toEqual({ error, clean: true, abandoned: [] });
    expect(server.snapshot().state).toBe('failed');
    expect(events()).toEqual(['server.starting', 'server.draining', 'server.failed']);
  });

  test('rejects when a consumer cannot be built, and stops those that could', async () => {
    const { server, factories } = setup([{}, {}]);
    const error = new Error('bad schema');
    Object.assign(factories[1] ?? {}, {
      build: () => {
        throw error;
      },
    });
    await expect(server.start()).rejects.toBe(error);
    expect(factories[0]?.consumer.calls).toEqual(['stop']);
  });

  test('rejects with the error of a consumer that fails while another still waits', async () => {
    const error = new Error('fatal');
    const { server, factories } = setup([{}, { opens: false }]);
    const started = server.start();
    await settle();
    factories[0]?.consumer.end({ error, clean: false });
    await expect(started).rejects.toBe(error);
    expect((await server.ended).error).toBe(error);
  });

  test('rejects when the server is stopped meanwhile, which is no failure of the server', async () => {
    const { server } = setup([{ opens: false }]);
    const started = server.start();
    await settle();
    await server.stop();
    await expect(started).rejects.toMatchObject({ code: 'STATE_INVALID' });
    expect(await server.ended).toEqual({ error: undefined, clean: true, abandoned: [] });
    expect(server.snapshot().state).toBe('stopped');
  });

  test('is refused once the server was stopped, with advice', async () => {
    const { server } = setup();
    await server.start();
    await server.stop();
    await expect(server.start()).rejects.toMatchObject({
      code: 'STATE_INVALID',
      message: 'a server does not start again once it was stopped or has failed: make a new one',
    });
  });
});

describe('stop', () => {
  test('drains every consumer and ends cleanly', async () => {
    const { server, factories, clock, events } = setup();
    await server.start();
    await server.stop();
    expect(factories.map(({ consumer }) => consumer.calls)).toEqual(Array(2).fill(['start', 'stop']));
    expect(await server.ended).toEqual({ error: undefined, clean: true, abandoned: [] });
    expect(server.snapshot().state).toBe('stopped');
    expect(clock.pending).toBe(0);
    expect(events()).toEqual(['server.starting', 'server.started', 'server.draining', 'server.stopped']);
  });

  test('is draining at once, and waits for the end', async () => {
    const { server, factories } = setup([{ drains: false }]);
    await server.start();
    let hasStopped = false;
    const stopped = server.stop().then(() => (hasStopped = true));
    expect(server.snapshot().state).toBe('draining');
    await settle();
    expect(hasStopped).toBe(false);
    factories[0]?.consumer.end({ error: undefined, clean: true });
    await stopped;
  });

  test('without a start is fine, and builds nothing', async () => {
    const { server, factories } = setup();
    const stopping = server.stop();
    await expect(server.start()).rejects.toMatchObject({ code: 'STATE_INVALID' });
    await stopping;
    expect(factories.map(({ built }) => built.length)).toEqual([0, 0]);
    expect(server.snapshot().state).toBe('stopped');
  });

  test('is the same stop when called again', async () => {
    const { server, factories } = setup();
    await server.start();
    expect(server.stop()).toBe(server.stop());
    await server.stop();
    expect(factories[0]?.consumer.calls).toEqual(['start', 'stop']);
  });

  test('gives up at stopTimeoutMs, names those that are late, and is not clean', async () => {
    const { server, factories, clock } = setup([{}, { drains: false }], { stopTimeoutMs: 24_000 });
    await server.start();
    const stopped = server.stop();
    await settle();
    clock.advance(23_999);
    expect(factories[1]?.consumer.calls).toEqual(['start', 'stop']);
    clock.advance(1);
    await stopped;
    expect(factories.map(({ consumer }) => consumer.calls.includes('abandon'))).toEqual([false, true]);
    expect(await server.ended).toMatchObject({
      error: { code: 'STOP_TIMEOUT', message: 'not drained within 24000 ms (stopTimeoutMs): consumer-1' },
      clean: false,
      abandoned: ['consumer-1'],
    });
    expect(clock.pending).toBe(0);
  });

  test('waits only a second more for one that does not even close', async () => {
    const { server, clock } = setup([{ drains: false, closes: false }]);
    await server.start();
    const stopped = server.stop();
    await settle();
    clock.advance(25_000);
    await settle();
    expect(server.snapshot().state).toBe('draining');
    clock.advance(1_000);
    await stopped;
    expect(await server.ended).toMatchObject({ clean: false, abandoned: ['consumer-0'] });
  });

  test('tells of a consumer that used up its own time to drain', async () => {
    const { server, factories } = setup([{ drains: false }]);
    await server.start();
    const stopped = server.stop();
    factories[0]?.consumer.end({ error: undefined, clean: false });
    await stopped;
    expect(await server.ended).toEqual({ error: undefined, clean: false, abandoned: ['consumer-0'] });
  });

  test('counts a consumer whose stop rejects as failed', async () => {
    const { server, factories } = setup([{}, {}]);
    await server.start();
    const error = new Error('broken');
    Object.assign(factories[0]?.consumer ?? {}, { stop: () => Promise.reject(error) });
    await server.stop();
    expect(await server.ended).toEqual({ error, clean: false, abandoned: [] });
  });

  test('comes at the end of a block with `await using`', async () => {
    const { server } = setup();
    {
      await using running = server;
      await running.start();
    }
    expect(server.snapshot().state).toBe('stopped');
  });
});

describe('abandon', () => {
  test('gives up draining at once, which is no error', async () => {
    const { server, factories, clock } = setup([{}, { drains: false }]);
    await server.start();
    void server.stop();
    await settle();
    server.abandon();
    server.abandon();
    await server.stop();
    expect(factories.map(({ consumer }) => consumer.calls)).toEqual([
      ['start', 'stop'],
      ['start', 'stop', 'abandon'],
    ]);
    expect(await server.ended).toEqual({ error: undefined, clean: false, abandoned: ['consumer-1'] });
    expect(clock.pending).toBe(0);
  });

  test('stops a running server first', async () => {
    const { server } = setup([{ drains: false }]);
    await server.start();
    server.abandon();
    await server.stop();
    expect(server.snapshot().state).toBe('stopped');
  });

  test('changes nothing once the server has ended', async () => {
    const { server, factories, clock } = setup();
    await server.start();
    await server.stop();
    server.abandon();
    expect(factories[0]?.consumer.calls).toEqual(['start', 'stop']);
    expect((await server.ended).clean).toBe(true);
    expect(clock.pending).toBe(0);
  });
});

describe('a consumer that ends by itself', () => {
  test('with an error makes the others drain, and the server fail', async () => {
    const error = new Error('handler failed');
    const { server, factories, events } = setup([{}, {}, {}]);
    await server.start();
    factories[1]?.consumer.end({ error, clean: true });
    expect(await server.ended).toEqual({ error, clean: true, abandoned: [] });
    expect(factories[0]?.consumer.calls).toEqual(['start', 'stop']);
    expect(factories[2]?.consumer.calls).toEqual(['start', 'stop']);
    expect(server.snapshot().state).toBe('failed');
    expect(events()).toEqual(['server.starting', 'server.started', 'server.draining', 'server.failed']);
  });

  test('with an error, and another one that fails while draining, are both told', async () => {
    const [first, second] = [new Error('first'), new Error('second')];
    const { server, factories } = setup([{}, { drains: false }]);
    await server.start();
    factories[0]?.consumer.end({ error: first, clean: true });
    await settle();
    factories[1]?.consumer.end({ error: second, clean: false });
    const { error, clean } = await server.ended;
    expect(error).toBeInstanceOf(AggregateError);
    expect(error).toMatchObject({ message: '2 errors: first; second', errors: [first, second] });
    expect(clean).toBe(false);
  });

  test('without an error leaves the others running; the last one ends the server', async () => {
    const { server, factories } = setup();
    await server.start();
    factories[0]?.consumer.end({ error: undefined, clean: true });
    await settle();
    expect(server.snapshot().state).toBe('running');
    factories[1]?.consumer.end({ error: undefined, clean: true });
    expect(await server.ended).toEqual({ error: undefined, clean: true, abandoned: [] });
  });

  test('with null for an error has failed all the same', async () => {
    const { server, factories } = setup([{}]);
    await server.start();
    factories[0]?.consumer.end({ error: null, clean: true });
    expect((await server.ended).error).toBeInstanceOf(TypeError);
    expect(server.snapshot().state).toBe('failed');
  });
});
