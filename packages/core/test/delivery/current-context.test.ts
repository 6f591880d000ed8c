import { setImmediate as nextTurn } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { currentContext } from '../../src/delivery/current-context.js';
import type { RequestContext } from '../../src/service/request-context.js';
import { aMessage } from '../doubles/a-message.js';
import { Handling } from '../doubles/handling.js';

describe('the current context', () => {
  test('is undefined outside of handlers', () => {
    expect(currentContext()).toBeUndefined();
  });

  test('is found by everything that a handler calls and awaits', async () => {
    const seen: unknown[] = [];
    const handling = new Handling({
      asyncContext: true,
      handler: async (context) => {
        seen.push(currentContext() === context);
        await nextTurn();
        seen.push(currentContext() === context);
      },
    });
    await handling.run();
    expect(seen).toEqual([true, true]);
    expect(currentContext()).toBeUndefined();
  });

  test('is found by deserializers and middleware', async () => {
    const seen: (RequestContext | undefined)[] = [];
    const handling = new Handling({
      asyncContext: true,
      deserialize: () => seen.push(currentContext()),
      middleware: [
        async (_call, next) => {
          await next();
          seen.push(currentContext());
        },
      ],
    });
    const delivery = handling.deliver();
    await handling.run(undefined, delivery);
    expect(seen).toEqual([delivery, delivery]);
  });

  test('is each handler’s own when several run at once', async () => {
    const seen: unknown[] = [];
    const handling = new Handling({
      asyncContext: true,
      handler: async (context) => {
        await nextTurn();
        seen.push(currentContext() === context);
      },
    });
    await Promise.all([1, 2, 3].map((offset) => handling.run(aMessage({ offset }))));
    expect(seen).toEqual([true, true, true]);
  });

  test('is undefined in handlers when async context is off', async () => {
    let seen: unknown = 'not run';
    const handling = new Handling({
      asyncContext: false,
      handler: () => {
        seen = currentContext();
      },
    });
    await handling.run();
    expect(seen).toBeUndefined();
  });
});
