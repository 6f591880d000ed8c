import { describe, expect, test } from 'vitest';

import { isMillraceError, MillraceError } from '../../src/errors.js';
import { DataInvalidError } from '../../src/message/data-invalid-error.js';
import { json } from '../../src/message/deserializer.js';
import { schemaCompiler } from '../../src/message/schema-validator.js';
import { aMessage } from '../doubles/a-message.js';
import { errorOf, Handling, type HandlingChoice } from '../doubles/handling.js';

/** How a message ends whose decoding or validation goes wrong; its handler must not run. */
async function invalid(choice: HandlingChoice, message = aMessage()): Promise<MillraceError> {
  const handling = new Handling({
    handler: () => {
      throw new Error('the handler has run');
    },
    ...choice,
  });
  const outcome = await handling.run(message);
  expect(outcome).toMatchObject({ kind: 'skip', cause: 'invalid' });
  const error = errorOf(outcome);
  if (!isMillraceError(error)) throw new Error('not an error of ours');
  return error;
}

describe('a value that cannot be decoded', () => {
  test('makes the message invalid', async () => {
    expect((await invalid({}, aMessage({ value: Buffer.from('{"a":') }))).code).toBe('DECODE_FAILED');
  });

  test.each<[string, () => unknown]>([
    ['throws', () => JSON.parse('4111-secret') as unknown],
    // eslint-disable-next-line @typescript-eslint/require-await -- it rejects by throwing
    ['rejects', async () => JSON.parse('4111-secret') as unknown],
  ])(
    'by a deserializer that %s is reported without what the deserializer says of it',
    async (_how, deserialize) => {
      const error = await invalid({ deserialize });
      expect(error.code).toBe('DECODE_FAILED');
      expect(error.message).toBe('the deserializer failed: SyntaxError');
      const cause = error.cause as Error;
      expect(`${error.message} ${String(error.stack)} ${cause.message} ${String(cause.stack)}`).not.toContain(
        'secret',
      );
      expect(cause.stack).toContain('decode.test');
    },
  );

  test('by a deserializer that throws no error tells the type of what it threw', async () => {
    const error = await invalid({
      deserialize: () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- deserializers throw anything
        throw 'secret';
      },
    });
    expect(error.message).toBe('the deserializer failed: a value of type string was thrown');
  });
});

describe('data that does not match its schema', () => {
  const compile = schemaCompiler();

  test('makes the message invalid, with place and rule and without the value', async () => {
    const validate = compile({ type: 'object', properties: { card: { type: 'integer' } } }, 'orders');
    const error = await invalid({ validate }, aMessage({ data: { card: 'secret' } }));
    expect(error).toBeInstanceOf(DataInvalidError);
    expect(error.message).toContain('/card breaks type');
    expect(error.message).not.toContain('secret');
  });

  test('makes it invalid when the schema answers later', async () => {
    const error = await invalid({
      validate: () => Promise.resolve({ kind: 'fault', path: '/id', keyword: 'type', params: {} }),
    });
    expect(error.code).toBe('DATA_INVALID');
  });

  test.each<[string, () => never | Promise<never>]>([
    [
      'throws',
      () => {
        throw new RangeError('secret');
      },
    ],
    ['rejects', () => Promise.reject(new RangeError('secret'))],
  ])('so that the check itself %s makes the message invalid', async (_how, validate) => {
    const error = await invalid({ validate });
    expect([error.code, error.message]).toEqual(['DATA_INVALID', "the schema's check failed: RangeError"]);
  });

  test('is not blamed for a schema that cannot be used', async () => {
    const handling = new Handling({
      validate: () => {
        throw new MillraceError('SCHEMA_INVALID');
      },
    });
    expect(await handling.run()).toMatchObject({ kind: 'crash', error: { code: 'SCHEMA_INVALID' } });
  });
});

describe('a handler that decodes something itself', () => {
  test('fails as a handler: the message is not to blame', async () => {
    const handling = new Handling({ handler: () => json()({ value: Buffer.from('{') }) });
    expect(await handling.run()).toMatchObject({ kind: 'crash', error: { code: 'DECODE_FAILED' } });
  });
});
