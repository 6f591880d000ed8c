import { ManualClock } from '@millrace/testing';
import { describe, expect, test } from 'vitest';

import { Shutdown } from '../../src/server/shutdown.js';
import { FakeProcess } from '../doubles/fake-process.js';
import { RecordingLogger } from '../doubles/recording-logger.js';

function setup(): {
  process: FakeProcess;
  clock: ManualClock;
  done: string[];
  shutdown: Shutdown;
  logger: RecordingLogger;
} {
  const process = new FakeProcess();
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const done: string[] = [];
  const shutdown = new Shutdown({
    drain: () => done.push('drain'),
    force: () => done.push('force'),
    process,
    clock,
    logger,
  });
  shutdown.listen();
  return { process, clock, done, shutdown, logger };
}

describe('shutdown', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s drains', (signal) => {
    const { process, done, logger } = setup();
    process.signal(signal);
    expect(done).toEqual(['drain']);
    expect(logger.lines).toMatchObject([{ data: { event: 'signal.received', signal, does: 'drain' } }]);
  });

  test('a second signal, of either kind, forces', () => {
    const { process, clock, done } = setup();
    process.signal('SIGTERM');
    clock.advance(250);
    process.signal('SIGINT');
    clock.advance(1);
    process.signal('SIGINT');
    expect(done).toEqual(['drain', 'force', 'force']);
  });

  test('one Ctrl-C that arrives twice, from the terminal and through npm, does not force', () => {
    const { process, clock, done } = setup();
    process.signal('SIGINT');
    clock.advance(249);
    process.signal('SIGINT');
    expect(done).toEqual(['drain']);
  });

  test('listens to nothing any more once closed', () => {
    const { process, shutdown } = setup();
    expect(process.listenerCount).toBe(2);
    shutdown.close();
    expect(process.listenerCount).toBe(0);
  });
});
