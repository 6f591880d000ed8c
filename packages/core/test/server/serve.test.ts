import { ManualClock } from '@millrace/testing';
import { describe, expect, test } from 'vitest';

import { serve, type ServeOptions, type ServeOutcome } from '../../src/server/serve.js';
import { type FakeConduct, FakeFactory } from '../doubles/fake-consumer.js';
import { FakeProcess } from '../doubles/fake-process.js';
import { RecordingLogger } from '../doubles/recording-logger.js';

function setup(
  conducts: readonly FakeConduct[] = [{}],
  options: ServeOptions = {},
): {
  served: Promise<ServeOutcome>;
  factories: FakeFactory[];
  process: FakeProcess;
  clock: ManualClock;
  logger: RecordingLogger;
} {
  const factories = conducts.map((conduct, index) => new FakeFactory(`consumer-${index}`, conduct));
  const process = new FakeProcess();
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const served = serve(factories, { logger, ...options }, { process, clock });
  return { served, factories, process, clock, logger };
}

function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe('serve', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s drains: exit code 0, the process ends by itself',
    async (signal) => {
      const { served, factories, process } = setup([{}, {}]);
      await settle();
      process.signal(signal);
      const outcome = await served;
      expect(outcome).toMatchObject({ exitCode: 0, last: { state: 'stopped' } });
      expect(outcome).not.toHaveProperty('error');
      expect(factories.map(({ consumer }) => consumer.calls)).toEqual(Array(2).fill(['start', 'stop']));
      expect([process.exitCodes, process.exits, process.listenerCount]).toEqual([[0], [], 0]);
    },
  );

  test('takes one factory as well', async () => {
    const factory = new FakeFactory('links');
    const process = new FakeProcess();
    const served = serve(factory, { logger: new RecordingLogger() }, { process, clock: new ManualClock() });
    await settle();
    process.signal('SIGTERM');
    expect((await served).last.consumers).toMatchObject([{ name: 'links', state: 'stopped' }]);
  });

  test('a second signal forces: exit code 2, by exit, once the streams are written out', async () => {
    const { served, process, clock } = setup([{ drains: false }]);
    await settle();
    process.signal('SIGTERM');
    clock.advance(5_000);
    process.signal('SIGTERM');
    expect(await served).toMatchObject({ exitCode: 2, last: { state: 'stopped' } });
    expect([process.calls, process.exits]).toEqual([['exit code', 'flush', 'exit'], [2]]);
  });

  test('a second signal ends even what does not close', async () => {
    const { served, process, clock } = setup([{ drains: false, closes: false }]);
    await settle();
    process.signal('SIGINT');
    clock.advance(5_000);
    process.signal('SIGINT');
    clock.advance(1_000);
    expect((await served).exitCode).toBe(2);
  });

  test('the deadline forces: exit code 2', async () => {
    const { served, process, clock } = setup([{ drains: false }]);
    await settle();
    process.signal('SIGTERM');
    await settle();
    clock.advance(25_000);
    expect(await served).toMatchObject({ exitCode: 2, error: { code: 'STOP_TIMEOUT' } });
    expect(process.exits).toEqual([2]);
  });

  test('a consumer that used up its own time to drain may have left handlers running: exit code 2', async () => {
    const { served, factories, process } = setup([{ drains: false }]);
    await settle();
    process.signal('SIGTERM');
    factories[0]?.consumer.end({ error: undefined, clean: false });
    expect((await served).exitCode).toBe(2);
    expect(process.exits).toEqual([2]);
  });

  test('a handler error drains the others: exit code 1, the process ends by itself', async () => {
    const error = new Error('handler failed');
    const { served, factories, process, logger } = setup([{}, {}]);
    await settle();
    factories[0]?.consumer.end({ error, clean: true });
    expect(await served).toMatchObject({ exitCode: 1, error, last: { state: 'failed' } });
    expect(factories[1]?.consumer.calls).toEqual(['start', 'stop']);
    expect([process.exitCodes, process.exits, process.listenerCount]).toEqual([[1], [], 0]);
    expect(logger.lines.at(-1)).toMatchObject({
      level: 'error',
      data: { event: 'server.failed', err: error },
    });
  });

  test('a failure that leaves something running: exit code 1, by exit', async () => {
    const { served, factories, process } = setup();
    await settle();
    factories[0]?.consumer.end({ error: new Error('fatal'), clean: false });
    expect((await served).exitCode).toBe(1);
    expect(process.exits).toEqual([1]);
  });

  test('a start that fails: exit code 1, logged with its message', async () => {
    const error = new Error('topic new_linsk does not exist; did you mean new_links?');
    const { served, factories, process, logger } = setup([{ opens: false }]);
    await settle();
    factories[0]?.consumer.opened.reject(error);
    expect(await served).toMatchObject({ exitCode: 1, error });
    expect([process.exitCodes, process.exits]).toEqual([[1], []]);
    expect(logger.lines.at(-1)).toMatchObject({ level: 'error', data: { err: error } });
  });

  test('a signal while it waits for the log to come up ends it: exit code 0', async () => {
    const { served, process } = setup([{ opens: false }]);
    await settle();
    process.signal('SIGTERM');
    expect((await served).exitCode).toBe(0);
  });

  test('wrong options reject before anything is started, all at once', async () => {
    const process = new FakeProcess();
    const factory = new FakeFactory('links', { drainTimeoutMs: 30_000 });
    const served = serve([factory], { signals: 'no', health: { port: -1 } } as never, { process });
    await expect(served).rejects.toMatchObject({
      owner: 'serve',
      faults: [{ path: 'health.port' }, { path: 'signals' }, { path: 'stopTimeoutMs' }],
    });
    expect([factory.built, process.listenerCount]).toEqual([[], 0]);
  });

  test('leaves signals alone with `signals: false`, and stops when it is told otherwise', async () => {
    const stop = new AbortController();
    const { served, process } = setup([{}], { signals: false, stopSignal: stop.signal });
    await settle();
    expect(process.listenerCount).toBe(0);
    stop.abort();
    expect((await served).exitCode).toBe(0);
  });

  test('builds nothing when it is told to stop before it begins', async () => {
    const { served, factories } = setup([{}], { stopSignal: AbortSignal.abort() });
    expect((await served).exitCode).toBe(0);
    expect(factories[0]?.built).toEqual([]);
  });

  test('leaves no rejection unhandled', async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listener);
    const { served, factories } = setup([{ opens: false }, { opens: false }]);
    await settle();
    for (const { consumer } of factories) consumer.opened.reject(new Error('no'));
    await served;
    await settle();
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });
});
