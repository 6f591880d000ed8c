import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { MillraceError } from '../../src/errors.js';
import { jsonLogger, type JsonLoggerOptions, type Logger, silentLogger } from '../../src/telemetry/logger.js';
import { systemClock } from '../../src/time/clock.js';

function setup(options: JsonLoggerOptions = {}): {
  logger: Logger;
  lines: string[];
  events: () => Record<string, unknown>[];
} {
  const lines: string[] = [];
  const clock = { ...systemClock, wall: () => Date.UTC(2026, 0, 2) };
  const logger = jsonLogger({ clock, write: (line) => lines.push(line), ...options });
  return { logger, lines, events: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

class Pool {
  readonly password = 'hunter2';
}

describe('jsonLogger', () => {
  test('writes one line of JSON an event', () => {
    const { logger, lines } = setup({ base: { service: 'links' } });
    logger.info({ topic: 'a', offset: 17 }, 'message handled');
    expect(lines).toEqual([
      '{"time":"2026-01-02T00:00:00.000Z","level":"info","service":"links","topic":"a","offset":17,"msg":"message handled"}',
    ]);
  });

  test('drops what is below its level', () => {
    const { logger, events } = setup({ level: 'warn' });
    logger.debug({}, 'a');
    logger.info({}, 'b');
    logger.warn({}, 'c');
    logger.error({}, 'd');
    expect(events().map(({ msg }) => msg)).toEqual(['c', 'd']);
    const talkative = setup({ level: 'debug' });
    talkative.logger.debug({}, 'a');
    expect(talkative.events()).toHaveLength(1);
  });

  test('adds the members of all its ancestors, the nearest first', () => {
    const { logger, events } = setup({ base: { a: 1, b: 1, c: 1 } });
    logger.child({ b: 2, c: 2 }).child({ c: 3 }).info({ d: 4 });
    expect(events()[0]).toMatchObject({ a: 1, b: 2, c: 3, d: 4 });
  });

  test('does not let an event pass for another level or time', () => {
    const { logger, events } = setup();
    logger.error({ level: 'debug', time: 'never' }, 'broken');
    expect(events()[0]).toMatchObject({ level: 'error', time: '2026-01-02T00:00:00.000Z' });
  });

  test('tells of an error its name, code, message, stack and causes, and nothing else', () => {
    const { logger, lines, events } = setup();
    const cause = Object.assign(new TypeError('no route'), {
      config: { password: 'hunter2' },
      code: 'ENETUNREACH',
    });
    logger.error({ err: new MillraceError('CONNECT_FAILED', 'no broker', { cause }) }, 'start failed');
    expect(events()[0]).toMatchObject({
      err: {
        name: 'MillraceError',
        code: 'CONNECT_FAILED',
        message: 'no broker',
        stack: expect.stringContaining('MillraceError: no broker') as string,
        cause: { name: 'TypeError', code: 'ENETUNREACH', message: 'no route' },
      },
    });
    expect(lines[0]).not.toContain('hunter2');
  });

  test('takes an error in place of data', () => {
    const { logger, events } = setup();
    logger.error(new Error('no'), 'failed');
    expect(events()[0]).toMatchObject({ err: { message: 'no' }, msg: 'failed' });
  });

  test('tells several errors at once, and cuts a ring of causes', () => {
    const { logger, events } = setup();
    const ring = new Error('ring');
    ring.cause = ring;
    logger.error({ err: new AggregateError([new Error('a'), ring, { payload: 1 }], 'two') });
    expect(events()[0]).toMatchObject({
      err: { message: 'two', errors: [{ message: 'a' }, { message: 'ring' }, '<object>'] },
    });
  });

  test('tells no content of buffers and class instances', () => {
    const { logger, lines, events } = setup();
    logger.info({
      value: Buffer.from('hunter2'),
      view: new Uint8Array(3),
      pool: new Pool(),
      pools: [new Pool()],
      byName: new Map(),
    });
    expect(events()[0]).toMatchObject({
      value: '<7 bytes>',
      view: '<3 bytes>',
      pool: '<Pool>',
      pools: ['<Pool>'],
      byName: '<Map>',
    });
    expect(lines[0]).not.toContain('hunter2');
  });

  test('writes dates and big integers as text', () => {
    const { logger, events } = setup();
    logger.info({ at: new Date(0), n: 2n ** 64n });
    expect(events()[0]).toMatchObject({ at: '1970-01-01T00:00:00.000Z', n: '18446744073709551616' });
  });

  test('does not throw for what cannot be written', () => {
    const { logger, events } = setup();
    const ring: Record<string, unknown> = {};
    ring['self'] = ring;
    let deep: unknown[] = [];
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    const hostile = {
      toJSON: () => {
        throw new Error('gotcha');
      },
    };
    logger.info({ ring }, 'a');
    logger.info({ deep }, 'b');
    logger.info({ hostile }, 'c');
    expect(events().map(({ msg, level }) => [msg, level])).toEqual([
      ['a', 'info'],
      ['b', 'info'],
      ['c', 'info'],
    ]);
    expect(events().every(({ unwritable }) => typeof unwritable === 'string')).toBe(true);
  });

  test('cannot be made to break a line or to steer a terminal', () => {
    const { logger, lines, events } = setup();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (key, text) => {
        lines.length = 0;
        logger.info({ [`k${key}`]: text }, text);
        // eslint-disable-next-line no-control-regex -- control characters are what must not be there
        expect(lines[0]).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
        expect(events()[0]).toMatchObject({ msg: text });
      }),
    );
    logger.info({}, '\u001b[2J\u009b31m\r\n{"level":"error"}\u2028');
    expect(events()).toHaveLength(2);
  });
});

describe('silentLogger', () => {
  test('says nothing, its children neither', () => {
    const child = silentLogger.child({ a: 1 });
    for (const level of ['debug', 'info', 'warn', 'error'] as const) child[level]({}, 'x');
    expect(child).toBe(silentLogger);
  });
});
