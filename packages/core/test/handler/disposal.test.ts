import { setImmediate as nextTurn } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import type { ContextFactories } from '../../src/service/context-members.js';
import { aMessage } from '../doubles/a-message.js';
import { Handling } from '../doubles/handling.js';

interface WithTransaction {
  readonly tx: { id: number };
}

/** A service whose member must be disposed, and what happened. */
function setup(handler: (context: WithTransaction) => unknown, dispose: () => unknown = () => undefined) {
  const log: string[] = [];
  const members: ContextFactories = {
    tx: {
      create: () => {
        log.push('made');
        return { id: 1 };
      },
      dispose: () => {
        log.push('disposed');
        return dispose() as Promise<void>;
      },
    },
  };
  const handling = new Handling({
    members,
    handler: async (context) => {
      await handler(context as unknown as WithTransaction);
      log.push('handled');
    },
  });
  return { handling, log };
}

describe('a context member with a disposal', () => {
  test('is disposed when the handler has ended', async () => {
    const { handling, log } = setup(async ({ tx }) => {
      await nextTurn();
      expect(tx.id).toBe(1);
    });
    expect(await handling.run()).toEqual({ kind: 'success' });
    expect(log).toEqual(['made', 'handled', 'disposed']);
  });

  test('is waited for: the message is not done before', async () => {
    const { handling, log } = setup(
      ({ tx }) => tx,
      async () => {
        await nextTurn();
        log.push('closed');
      },
    );
    await handling.run();
    expect(log.at(-1)).toBe('closed');
  });

  test('is not made, and not disposed, when nobody asks for it', async () => {
    const { handling, log } = setup(() => undefined);
    await handling.run();
    expect(log).toEqual(['handled']);
  });

  test('that cannot be disposed fails the message', async () => {
    const { handling } = setup(
      ({ tx }) => tx,
      () => Promise.reject(new Error('commit refused')),
    );
    expect(await handling.run()).toMatchObject({ kind: 'crash', error: { code: 'CONTEXT_MEMBER_FAILED' } });
  });

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('also broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('also broken'))],
    ['works', () => undefined],
  ])(
    'is disposed after a handler that has failed, whose error counts, when that %s',
    async (how, dispose) => {
      const { handling, log } = setup(({ tx }) => {
        throw new Error(`no stock for ${tx.id}`);
      }, dispose);
      expect(await handling.run(aMessage({ offset: 5 }))).toMatchObject({
        kind: 'crash',
        error: { message: 'no stock for 1' },
      });
      expect(log).toEqual(['made', 'disposed']);
      const logged = handling.logger.lines.map(({ level, data }) => [level, data['event'], data['offset']]);
      expect(logged).toEqual(how === 'works' ? [] : [['warn', 'member.undisposed', 5]]);
    },
  );

  test('is disposed after a handler that throws synchronously', async () => {
    const log: string[] = [];
    const handling = new Handling({
      members: { tx: { create: () => ({ id: 1 }), dispose: () => void log.push('disposed') } },
      handler: (context) => {
        throw new Error(`no stock for ${(context as unknown as WithTransaction).tx.id}`);
      },
    });
    expect(await handling.run()).toMatchObject({ kind: 'crash', error: { message: 'no stock for 1' } });
    expect(log).toEqual(['disposed']);
  });
});
