import { setImmediate as nextTurn } from 'node:timers/promises';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isMillraceError } from '../../src/errors.js';
import { composeMiddleware, type Middleware } from '../../src/handler/middleware.js';
import type { RequestContext } from '../../src/service/request-context.js';

const context = {} as RequestContext;
const misuse = expect.toSatisfy(
  (error) => isMillraceError(error) && error.code === 'STATE_INVALID',
) as unknown;

/** A chain around a handler, and what ran in it. */
function setup(chain: (log: string[]) => readonly Middleware[], handler: () => unknown = () => undefined) {
  const log: string[] = [];
  const composed = composeMiddleware(chain(log), () => {
    log.push('handler');
    return handler();
  });
  return { log, run: () => composed(context, { id: 1 }, 'message') };
}

const around =
  (log: string[], name: string): Middleware =>
  async (_call, next) => {
    log.push(`before ${name}`);
    await next();
    log.push(`after ${name}`);
  };

describe('middleware', () => {
  test('runs around the handler, the first one outermost', async () => {
    const { log, run } = setup((made) => [around(made, 'a'), around(made, 'b')]);
    await run();
    expect(log).toEqual(['before a', 'before b', 'handler', 'after b', 'after a']);
  });

  test('nests for any number of them, synchronous or not, however the handler answers', async () => {
    const sync =
      (log: string[], name: string): Middleware =>
      (_call, next) => {
        log.push(`before ${name}`);
        const inner = next();
        log.push(`after ${name}`);
        return inner;
      };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 6 }),
        fc.boolean(),
        async (kinds, handlerWaits) => {
          const { log, run } = setup(
            (made) => kinds.map((isSync, place) => (isSync ? sync : around)(made, String(place))),
            () => (handlerWaits ? nextTurn() : undefined),
          );
          await run();
          const before = kinds.map((_, place) => `before ${String(place)}`);
          const started = log.filter((line) => line.startsWith('before') || line === 'handler');
          expect(started).toEqual([...before, 'handler']);
          expect(log.filter((line) => line.startsWith('after')).toSorted()).toEqual(
            before.map((line) => line.replace('before', 'after')),
          );
        },
      ),
    );
  });

  test('gets the context, the data and the message', async () => {
    const calls: unknown[] = [];
    const { run } = setup(() => [
      (call, next) => {
        calls.push(call);
        return next();
      },
    ]);
    await run();
    expect(calls).toEqual([{ context, data: { id: 1 }, message: 'message' }]);
  });

  test('that does not call next leaves the handler out', async () => {
    const { log, run } = setup(() => [() => undefined]);
    await run();
    expect(log).toEqual([]);
  });

  test('costs no promise when all of it is synchronous', () => {
    const { run, log } = setup(() => [(_call, next) => next(), (_call, next) => void next()]);
    expect(run()).toBeUndefined();
    expect(log).toEqual(['handler']);
  });

  test('with an empty chain is the handler itself', () => {
    const handler = (): undefined => undefined;
    expect(composeMiddleware([], handler)).toBe(handler);
  });
});

describe('an error under middleware', () => {
  const failing = (how: 'throws' | 'rejects') => () => {
    const error = new Error('no stock');
    if (how === 'throws') throw error;
    return Promise.reject(error);
  };

  test.each(['throws', 'rejects'] as const)(
    'of a handler that %s reaches every middleware and the end',
    async (how) => {
      const { log, run } = setup(
        (made) => [
          async (_call, next) => {
            await next().catch((error: unknown) => {
              made.push(`caught ${String(error)}`);
              throw error;
            });
          },
        ],
        failing(how),
      );
      await expect(run()).rejects.toThrow('no stock');
      expect(log).toEqual(['handler', 'caught Error: no stock']);
    },
  );

  test.each(['throws', 'rejects'] as const)(
    'of a handler that %s is dealt with when a middleware keeps it',
    async (how) => {
      const { run } = setup(
        () => [
          async (_call, next) => {
            await next().catch(() => undefined);
          },
        ],
        failing(how),
      );
      await expect(run()).resolves.toBeUndefined();
    },
  );

  test.each(['throws', 'rejects'] as const)(
    'of a handler that %s counts although a synchronous middleware ignores it',
    async (how) => {
      const { run } = setup(() => [(_call, next) => void next()], failing(how));
      await expect(run()).rejects.toThrow('no stock');
    },
  );

  test('that a middleware throws itself is thrown', () => {
    const { run } = setup(() => [
      () => {
        throw new Error('not authorised');
      },
    ]);
    expect(run).toThrow('not authorised');
  });
});

describe('next', () => {
  test('called a second time is an error', async () => {
    const { log, run } = setup(() => [
      async (_call, next) => {
        await next();
        await next();
      },
    ]);
    await expect(run()).rejects.toEqual(misuse);
    expect(log).toEqual(['handler']);
  });

  test('called after its middleware has ended is an error, and does not run the handler', async () => {
    let late: (() => Promise<void>) | undefined;
    const { log, run } = setup(() => [
      (_call, next) => {
        late = next;
      },
    ]);
    await run();
    await expect(late?.()).rejects.toEqual(misuse);
    expect(log).toEqual([]);
  });

  test.each([
    ['synchronous', (_call, next) => void next()],
    // eslint-disable-next-line @typescript-eslint/require-await -- what is forgotten is the point
    ['async', async (_call, next) => void next()],
  ] as [string, Middleware][])(
    'that a %s middleware forgets to await is waited for: its message is not done before',
    async (_name, middleware) => {
      let handled = false;
      const { run } = setup(
        () => [middleware],
        async () => {
          await nextTurn();
          handled = true;
        },
      );
      await run();
      expect(handled).toBe(true);
    },
  );

  test('that is forgotten and fails later makes the message fail', async () => {
    const { run } = setup(
      // eslint-disable-next-line @typescript-eslint/require-await -- what is forgotten is the point
      () => [async (_call, next) => void next()],
      async () => {
        await nextTurn();
        throw new Error('no stock');
      },
    );
    await expect(run()).rejects.toThrow('no stock');
  });
});
