import { setImmediate as nextTurn } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { FILTERED } from '../../src/handler/message-handler.js';
import { json } from '../../src/message/deserializer.js';
import { schemaCompiler } from '../../src/message/schema-validator.js';
import { aMessage } from '../doubles/a-message.js';
import { errorOf, Handling, type HandlingChoice } from '../doubles/handling.js';

const needsId = schemaCompiler()(
  { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] },
  'orders',
);

/** A handling that keeps what its handler was given. */
function setup(choice: HandlingChoice = {}) {
  const given: { context: unknown; data: unknown; message: unknown }[] = [];
  const handling = new Handling({
    handler: (context, data, message) => {
      given.push({ context, data, message });
    },
    ...choice,
  });
  return { handling, given };
}

describe('a message', () => {
  test('reaches the handler as context, data and the transport’s own object', async () => {
    const { handling, given } = setup();
    const message = aMessage({ data: { id: 1 } });
    const delivery = handling.deliver(message);
    expect(await handling.run(message, delivery)).toEqual({ kind: 'success' });
    expect(given).toEqual([{ context: delivery, data: { id: 1 }, message }]);
    expect(given[0]?.context).toBe(delivery);
    expect(given[0]?.message).toBe(message);
  });

  test.each([undefined, json(), () => 'never called'])(
    'without a value is null, and no deserializer is asked',
    async (deserialize) => {
      const { handling, given } = setup({ deserialize });
      await handling.run(aMessage({ value: null }));
      expect(given[0]?.data).toBeNull();
    },
  );

  test('with an empty value is not one without', async () => {
    const { handling, given } = setup({ deserialize: (message: { value: Buffer }) => message.value.length });
    await handling.run(aMessage({ value: Buffer.alloc(0) }));
    expect(given[0]?.data).toBe(0);
  });

  test('whose data is a plain object with a member "then" is data, not a promise', async () => {
    const { handling, given } = setup();
    await handling.run(aMessage({ data: { then: 'later' } }));
    expect(given[0]?.data).toEqual({ then: 'later' });
  });
});

describe('handling', () => {
  const noPromise = (choice: HandlingChoice): unknown => {
    const { handling } = setup(choice);
    return handling.handle(handling.deliver(aMessage({ data: { id: 1 } })));
  };

  test.each<[string, HandlingChoice]>([
    ['a handler alone', {}],
    ['a custom deserializer', { deserialize: () => ({ id: 2 }) }],
    ['a schema', { validate: needsId }],
    ['middleware', { middleware: [(_call, next) => next()] }],
    ['async context', { asyncContext: true }],
    ['a context member that is disposed', { members: { tx: { create: () => 1, dispose: () => undefined } } }],
    ['a handler that returns something', { handler: () => 42 }],
  ])('is synchronous with %s, as long as everything in it is', (_name, choice) => {
    expect(noPromise(choice)).toBeUndefined();
  });

  test('hands on the very promise that the handler returned', () => {
    const promise = Promise.resolve();
    const { handling } = setup({ handler: () => promise, asyncContext: true });
    expect(handling.handle(handling.deliver())).toBe(promise);
  });

  test('waits for promises of other libraries', async () => {
    let settled = false;
    const foreign = {
      then(resolve: () => void) {
        settled = true;
        resolve();
      },
    };
    const { handling } = setup({ handler: () => foreign });
    await handling.run();
    expect(settled).toBe(true);
  });

  test('waits for deserializers and schemas that answer later', async () => {
    const { handling, given } = setup({
      deserialize: async () => {
        await nextTurn();
        return { id: 1 };
      },
      validate: async (data) => {
        await nextTurn();
        return { kind: 'replaced', data: { ...(data as object), seen: true } };
      },
    });
    await handling.run();
    expect(given[0]?.data).toEqual({ id: 1, seen: true });
  });

  test('hands on what the schema has made of the data', async () => {
    const { handling, given } = setup({ validate: () => ({ kind: 'replaced', data: 'other' }) });
    await handling.run();
    expect(given[0]?.data).toBe('other');
  });

  test('checks a message without a value against the schema as well: the handler was promised data', async () => {
    const { handling, given } = setup({ validate: needsId });
    expect(await handling.run(aMessage({ value: null }))).toMatchObject({ kind: 'skip', cause: 'invalid' });
    expect(given).toEqual([]);
  });
});

describe('a handler that fails', () => {
  const thrown = [new Error('no stock'), undefined, null, 'text', { code: 1 }];

  test.each(thrown)('by throwing %o fails as if it had rejected', async (value) => {
    const throwing = setup({
      handler: () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- handlers throw anything
        throw value;
      },
    });
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- handlers reject with anything
    const rejecting = setup({ handler: () => Promise.reject(value) });
    const outcomes = [await throwing.handling.run(), await rejecting.handling.run()];
    expect(outcomes).toEqual([
      { kind: 'crash', error: value },
      { kind: 'crash', error: value },
    ]);
    expect(errorOf(outcomes[0] as never)).toBe(value);
  });
});

describe('a filter', () => {
  test('leaves messages out before anything is done with them', async () => {
    const { handling, given } = setup({
      filter: (message: { offset: number }) => message.offset > 20,
      deserialize: () => {
        throw new Error('decoded');
      },
    });
    const delivery = handling.deliver(aMessage({ offset: 20 }));
    expect(handling.handle(delivery)).toBe(FILTERED);
    expect(await handling.run(aMessage({ offset: 20 }))).toEqual({
      kind: 'skip',
      cause: 'filtered',
      error: undefined,
    });
    expect(given).toEqual([]);
  });

  test('lets the others through', async () => {
    const { handling, given } = setup({ filter: () => true });
    await handling.run();
    expect(given).toHaveLength(1);
  });

  test('that throws fails the message as a handler would', async () => {
    const { handling } = setup({
      filter: () => {
        throw new Error('broken filter');
      },
    });
    expect(await handling.run()).toMatchObject({ kind: 'crash' });
  });
});

describe('several topics', () => {
  const routed = (): { handling: Handling; log: string[] } => {
    const log: string[] = [];
    const note = (name: string) => (_context: unknown, data: unknown) => {
      log.push(`${name} ${JSON.stringify(data)}`);
    };
    const handling = new Handling({
      routes: [
        { topic: /^edited_/, handler: note('pattern') },
        { topic: 'edited_links', handler: note('name'), deserialize: () => 'own' },
        { topic: 'new_links', handler: note('new'), validate: needsId },
      ],
    });
    return { handling, log };
  };

  test('have their own deserializers, schemas and handlers; a name goes before a pattern', async () => {
    const { handling, log } = routed();
    for (const topic of ['new_links', 'edited_links', 'edited_texts', 'new_links']) {
      await handling.run(aMessage({ topic, data: { id: 1 } }));
    }
    expect(log).toEqual(['new {"id":1}', 'name "own"', 'pattern {"id":1}', 'new {"id":1}']);
  });

  test('check only where there is a schema', async () => {
    const { handling } = routed();
    expect(await handling.run(aMessage({ topic: 'new_links', data: {} }))).toMatchObject({
      cause: 'invalid',
    });
    expect(await handling.run(aMessage({ topic: 'edited_texts', data: {} }))).toEqual({ kind: 'success' });
  });

  test('of which none is the message’s fail it, and say which it is', async () => {
    const { handling } = routed();
    expect(String(errorOf(await handling.run(aMessage({ topic: 'others' }))))).toContain('"others"');
  });
});
