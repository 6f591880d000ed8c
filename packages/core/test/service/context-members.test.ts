import { describe, expect, test } from 'vitest';

import { isMillraceError } from '../../src/errors.js';
import {
  type ContextFactories,
  defineMembers,
  disposeMembers,
  type MemberHolder,
  memberValues,
} from '../../src/service/context-members.js';

interface Context extends MemberHolder {
  readonly consumer: string;
  readonly [name: string]: unknown;
}

function setup(factories: ContextFactories, reserved?: readonly string[]): () => Context {
  class BaseOfAll {
    [memberValues]: MemberHolder[typeof memberValues] = undefined;
    get consumer(): string {
      return 'links';
    }
  }
  class OfService extends BaseOfAll {}
  defineMembers(OfService.prototype, factories, reserved);
  return () => new OfService() as unknown as Context;
}

function use(context: Context, ...names: string[]): unknown[] {
  return names.map((name) => context[name]);
}

describe('a context member', () => {
  test('is made on first use, once a context', () => {
    let made = 0;
    const context = setup({ id: () => (made += 1) });
    const [first, second] = [context(), context()];
    expect(made).toBe(0);
    expect([first['id'], first['id'], second['id']]).toEqual([1, 1, 2]);
  });

  test('is not made twice when it is undefined', () => {
    let made = 0;
    const context = setup({
      none: () => {
        made += 1;
      },
    })();
    expect([context['none'], context['none'], made]).toEqual([undefined, undefined, 1]);
  });

  test('sees the context and its other members', () => {
    const context = setup({
      greeting: (base) => `hello ${base.consumer}`,
      letter: (base) => `${String((base as unknown as Context)['greeting'])}!`,
    })();
    expect(context['letter']).toBe('hello links!');
  });

  test('costs no field of its own: all contexts have one shape', () => {
    const context = setup({ a: () => 1, b: () => 2 })();
    const before = Reflect.ownKeys(context);
    use(context, 'b');
    expect(Reflect.ownKeys(context)).toEqual(before);
  });

  test('is asked again when its factory has thrown', () => {
    let calls = 0;
    const context = setup({
      flaky: () => {
        calls += 1;
        if (calls === 1) throw new Error('not yet');
        return 'made';
      },
    })();
    expect(() => context['flaky']).toThrow('not yet');
    expect(context['flaky']).toBe('made');
  });

  test('that needs itself says so instead of overflowing the stack', () => {
    const context = setup({
      a: (base) => (base as unknown as Context)['b'],
      b: (base) => (base as unknown as Context)['a'],
    })();
    expect(() => context['a']).toThrow('the context member "a" needs itself');
  });

  test.each(['consumer', 'toString', '__proto__', 'then', 'message'])('cannot be called %s', (name) => {
    const factories = Object.defineProperty({}, name, { value: () => 1, enumerable: true });
    expect(() => setup(factories, ['message'])).toThrow(`a context member cannot be called "${name}"`);
  });
});

describe('disposeMembers', () => {
  function recorded(...names: string[]): { factories: ContextFactories; log: string[] } {
    const log: string[] = [];
    const factories = Object.fromEntries(
      names.map((name) => [
        name,
        { create: () => name, dispose: (value: unknown) => void log.push(`dispose ${String(value)}`) },
      ]),
    );
    return { factories, log };
  }

  test('is synchronous and does nothing when nothing disposable was made', () => {
    const { factories, log } = recorded('a');
    const context = setup({ ...factories, plain: () => 1 })();
    expect(disposeMembers(context)).toBeUndefined();
    use(context, 'plain');
    expect(disposeMembers(context)).toBeUndefined();
    expect(log).toEqual([]);
  });

  test('disposes what was made, last made first, once', () => {
    const { factories, log } = recorded('a', 'b', 'c');
    const context = setup(factories)();
    use(context, 'b', 'a');
    expect(disposeMembers(context)).toBeUndefined();
    expect(disposeMembers(context)).toBeUndefined();
    expect(log).toEqual(['dispose a', 'dispose b']);
  });

  test('lets a further run of the message make its own', () => {
    let made = 0;
    const context = setup({
      tx: { create: () => (made += 1), dispose: () => undefined },
      kept: () => ({}),
    })();
    const kept = context['kept'];
    expect(context['tx']).toBe(1);
    void disposeMembers(context);
    expect(context['tx']).toBe(2);
    expect(context['kept']).toBe(kept);
  });

  test('waits for each before the next', async () => {
    const log: string[] = [];
    const slow = (name: string): ContextFactories[string] => ({
      create: () => name,
      dispose: async () => {
        log.push(`${name} begins`);
        await Promise.resolve();
        log.push(`${name} ends`);
      },
    });
    const context = setup({ a: slow('a'), b: slow('b') })();
    use(context, 'a', 'b');
    await disposeMembers(context);
    expect(log).toEqual(['b begins', 'b ends', 'a begins', 'a ends']);
  });

  test('disposes all though one fails, and then tells', () => {
    const { factories, log } = recorded('a');
    const failing = {
      create: () => 'f',
      dispose: () => {
        throw new Error('rollback failed');
      },
    };
    const context = setup({ ...factories, failing })();
    use(context, 'a', 'failing');
    expect(() => disposeMembers(context)).toThrow(
      expect.objectContaining({
        code: 'CONTEXT_MEMBER_FAILED',
        cause: new Error('rollback failed'),
      }) as Error,
    );
    expect(log).toEqual(['dispose a']);
  });

  test('tells several failures, synchronous and not, at once', async () => {
    const context = setup({
      a: {
        create: () => 1,
        dispose: () => {
          throw new Error('first');
        },
      },
      b: { create: () => 1, dispose: () => Promise.reject(new Error('second')) },
    })();
    use(context, 'a', 'b');
    const error: unknown = await Promise.resolve(disposeMembers(context)).catch((caught: unknown) => caught);
    expect(isMillraceError(error) && (error.cause as AggregateError).errors).toEqual([
      new Error('second'),
      new Error('first'),
    ]);
  });
});
