import { inspect } from 'node:util';

import { describe, expect, test } from 'vitest';

import { abortDelivery } from '../../src/delivery/delivery.js';
import { isMillraceError, MillraceError } from '../../src/errors.js';
import { inertSpan } from '../../src/telemetry/tracing.js';
import { aMessage } from '../doubles/a-message.js';
import { Handling } from '../doubles/handling.js';

describe('a request context', () => {
  test('knows its service, its consumer and its first attempt', () => {
    const context = new Handling().deliver();
    expect([context.service, context.consumer, context.attempt, context.round]).toEqual([
      'shop',
      'log_consumer.orders',
      1,
      0,
    ]);
  });

  test('is as large as a delivery: nothing is made before it is asked for', () => {
    const handling = new Handling({ members: { db: () => 1 } });
    const context = handling.deliver();
    expect(context.extras).toBeUndefined();
    expect(Object.keys(context)).not.toContain('logger');
    expect(handling.logger.made.children).toBe(0);
  });

  test('has a logger that tells where the message lies, made once', () => {
    const { logger, ...handling } = ((made) => ({ logger: made.logger, context: made.deliver() }))(
      new Handling(),
    );
    const { context } = handling;
    context.logger.info({ id: 1 }, 'seen');
    context.logger.info({ id: 2 }, 'seen');
    expect(logger.made.children).toBe(1);
    expect(logger.lines[0]?.data).toEqual({ topic: 'orders', partition: 3, offset: 17, id: 1 });
  });

  test('has a span that does nothing where none is recorded', () => {
    const { span } = new Handling().deliver();
    expect(span).toBe(inertSpan);
    expect(span.isRecording()).toBe(false);
    expect(() => span.setAttribute('a', 1).addEvent('b').end()).not.toThrow();
  });

  test('has headers by key, made once', () => {
    const headers = [{ tenant: Buffer.from('a') }, { tenant: Buffer.from('b') }];
    const context = new Handling().deliver(aMessage({ headers }));
    expect(context.headers.get('tenant')?.map(String)).toEqual(['a', 'b']);
    expect(context.headers).toBe(context.headers);
  });

  test('has a deadline only where handlers have a time limit', () => {
    expect(new Handling().deliver().deadline).toBeUndefined();
    const handling = new Handling({ handlerTimeoutMs: 500 });
    const context = handling.deliver();
    const startedAt = handling.clock.wall();
    handling.clock.advance(200);
    expect(context.deadline).toBe(startedAt + 500);
  });

  test('keeps its deadline when the system time is set', () => {
    const handling = new Handling({ handlerTimeoutMs: 500 });
    const context = handling.deliver();
    const { deadline } = context;
    handling.clock.setWall(0);
    expect(context.deadline).toBe(deadline);
  });
});

describe('the signal of a context', () => {
  test('fires when the delivery is aborted after it was asked for', () => {
    const context = new Handling().deliver();
    const { signal } = context;
    const reason = new MillraceError('PARTITION_LOST');
    expect(signal.aborted).toBe(false);
    abortDelivery(context, reason);
    expect([signal.aborted, signal.reason]).toEqual([true, reason]);
  });

  test('has fired already when the delivery was aborted before it was asked for', () => {
    const context = new Handling().deliver();
    const reason = new MillraceError('PARTITION_LOST');
    abortDelivery(context, reason);
    expect([context.signal.aborted, context.signal.reason]).toEqual([true, reason]);
  });

  test('keeps the first reason', () => {
    const context = new Handling().deliver();
    const first = new MillraceError('HANDLER_TIMEOUT');
    abortDelivery(context, first);
    abortDelivery(context, new MillraceError('PARTITION_LOST'));
    expect(context.signal.reason).toBe(first);
  });
});

describe('the members of a service in its contexts', () => {
  test('are made once a message and see the context', () => {
    const handling = new Handling({ members: { id: ({ consumer, attempt }) => ({ consumer, attempt }) } });
    const [one, other] = [handling.deliver(), handling.deliver()].map(
      (context) => context as unknown as { id: object },
    );
    expect(one?.id).toEqual({ consumer: 'log_consumer.orders', attempt: 1 });
    expect(one?.id).toBe(one?.id);
    expect(one?.id).not.toBe(other?.id);
  });

  test.each(['message', 'home', 'next', 'extras', 'logger', 'toJSON', 'then'])(
    'cannot be called "%s", which contexts use themselves',
    (name) => {
      const construct = (): unknown => new Handling({ members: { [name]: () => 1 } });
      expect(construct).toThrow(
        expect.toSatisfy((error) => isMillraceError(error) && error.code === 'OPTIONS_INVALID'),
      );
      expect(construct).toThrow(`"${name}"`);
    },
  );
});

describe('a context that is printed by accident', () => {
  const secret = aMessage({
    data: { card: '4111-secret' },
    key: Buffer.from('key-secret'),
    headers: [{ h: Buffer.from('head-secret') }],
  });
  const context = new Handling().deliver(secret);

  test('shows in JSON where its message lies and nothing of it', () => {
    expect(JSON.parse(JSON.stringify({ context }))).toEqual({
      context: { topic: 'orders', partition: 3, offset: 17, attempt: 1 },
    });
  });

  test('shows on a console where its message lies and nothing of it', () => {
    expect(inspect({ context }, { depth: 9 })).toContain(
      "context: RequestContext { topic: 'orders', partition: 3, offset: 17, attempt: 1 }",
    );
    expect(inspect(context)).not.toMatch(/secret|message|Buffer/);
  });
});
