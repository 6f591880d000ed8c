import { Writable } from 'node:stream';

import { pino } from 'pino';
import { describe, expect, test } from 'vitest';

import { MillraceError } from '../../src/errors.js';
import { EventLog, logEvent } from '../../src/telemetry/event-log.js';
import type { Logger } from '../../src/telemetry/logger.js';
import { RecordingLogger } from '../doubles/recording-logger.js';

function setup() {
  const logger = new RecordingLogger();
  const time = { now: 0 };
  return { logger, time, log: new EventLog(logger, () => time.now) };
}
const place = { topic: 'orders', partition: 3, offset: 17, attempt: 1 };

describe('an event', () => {
  test('is logged at its level, with its name and its payload', () => {
    const { logger, log } = setup();
    log.emit({ type: 'partition.halted', topic: 'orders', partition: 3, reason: 'gap' });
    expect(logger.lines).toEqual([
      {
        level: 'error',
        text: 'partition halted',
        data: { event: 'partition.halted', topic: 'orders', partition: 3, reason: 'gap' },
      },
    ]);
  });

  test('about many partitions stays short', () => {
    const { logger, log } = setup();
    const partitions = [0, 1, 2]
      .map((partition) => ({ topic: 'orders', partition }))
      .concat({ topic: 'refunds', partition: 0 });
    log.emit({ type: 'partitions.assigned', partitions });
    expect(logger.lines[0]?.data).toEqual({
      event: 'partitions.assigned',
      count: 4,
      partitions: { orders: [0, 1, 2], refunds: [0] },
    });
  });

  test('keeps a count that is called partitions as it is', () => {
    const { logger, log } = setup();
    log.emit({ type: 'commit.acknowledged', partitions: 4, roundTripMs: 2 });
    expect(logger.lines[0]?.data).toEqual({ event: 'commit.acknowledged', partitions: 4, roundTripMs: 2 });
  });

  test('with an error has it where loggers look for it', () => {
    const { logger, log } = setup();
    const error = new Error('no stock');
    log.emit({ type: 'message.failed', ...place, error });
    expect(logger.lines[0]?.data).toEqual({ event: 'message.failed', ...place, err: error });
  });

  test('with something thrown that is no error tells only its type', () => {
    const { logger, log } = setup();
    log.emit({ type: 'message.failed', ...place, error: 'secret' });
    expect(String(logger.lines[0]?.data['err'])).toBe('TypeError: a value of type string was thrown');
  });

  test('about an invalid message tells the code and the framework’s text, and nothing of a foreign error', () => {
    const { logger, log } = setup();
    const cause = new SyntaxError('secret');
    log.emit({
      type: 'message.skipped',
      ...place,
      cause: 'invalid',
      error: new MillraceError('DECODE_FAILED', 'the value is empty', { cause }),
    });
    log.emit({ type: 'message.skipped', ...place, cause: 'invalid', error: cause });
    expect(logger.lines.map(({ data }) => data)).toEqual([
      {
        event: 'message.skipped',
        ...place,
        cause: 'invalid',
        code: 'DECODE_FAILED',
        reason: 'the value is empty',
      },
      { event: 'message.skipped', ...place, cause: 'invalid', code: 'DECODE_FAILED' },
    ]);
  });

  test('does no harm when the logger throws', () => {
    const broken = {
      warn: () => {
        throw new Error('disk full');
      },
    } as unknown as Logger;
    expect(() => {
      logEvent(broken, {
        type: 'partition.stalled',
        topic: 'orders',
        partition: 3,
        position: 1,
        highWater: 2,
        silentMs: 3,
      });
    }).not.toThrow();
  });

  test('is written by pino as it is', () => {
    const lines: string[] = [];
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    });
    new EventLog(pino(stream).child({ consumer: 'orders' }), () => 0).emit({
      type: 'message.failed',
      ...place,
      error: new RangeError('no stock'),
    });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 50,
      consumer: 'orders',
      event: 'message.failed',
      offset: 17,
      err: { type: 'RangeError', message: 'no stock' },
      msg: 'message failed',
    });
  });
});

describe('an event that may come with every message', () => {
  const skip = { type: 'message.skipped', ...place, cause: 'failed', error: new Error('no stock') } as const;

  test('is logged ten times a second at most, and the next line says how many were left out', () => {
    const { logger, log, time } = setup();
    for (let i = 0; i < 25; i += 1) log.emit(skip);
    expect(logger.lines).toHaveLength(10);
    time.now = 1_000;
    log.emit(skip);
    log.emit(skip);
    expect(logger.lines.slice(10).map(({ data }) => data['suppressed'])).toEqual([15, undefined]);
  });

  test('does not use up what others may log', () => {
    const { logger, log } = setup();
    for (let i = 0; i < 25; i += 1) log.emit(skip);
    for (let i = 0; i < 25; i += 1) log.emit({ type: 'message.failed', ...place, error: skip.error });
    expect(logger.lines).toHaveLength(35);
  });
});
