import { describe, expect, test } from 'vitest';

import { isMillraceError } from '../../src/errors.js';
import type { SchemaCompilerOptions } from '../../src/message/ajv-compiler.js';
import { schemaCompiler, type SchemaValidator } from '../../src/message/schema-validator.js';

function setup(schema: object, options?: SchemaCompilerOptions): SchemaValidator {
  return schemaCompiler(options)(schema, 'topic "links"');
}

function refusal(schema: object, options?: SchemaCompilerOptions): string {
  try {
    setup(schema, options);
  } catch (error) {
    if (isMillraceError(error) && error.code === 'SCHEMA_INVALID') return error.message;
    throw error;
  }
  return 'accepted';
}

const link = {
  type: 'object',
  properties: { id: { type: 'string' }, score: { type: 'integer', minimum: 0 } },
  required: ['id'],
};

describe('a JSON Schema', () => {
  test('says nothing about data that matches', () => {
    expect(setup(link)({ id: 'a', score: 1 })).toBeUndefined();
  });

  test('tells place, keyword and bounds of the first fault, and no value', () => {
    expect(setup(link)({ id: 'hunter2', score: -17 })).toEqual({
      kind: 'fault',
      path: '/score',
      keyword: 'minimum',
      params: { comparison: '>=', limit: 0 },
    });
  });

  test('copies the fault: the next message does not change it', () => {
    const validate = setup(link);
    const first = validate({});
    void validate({ id: 1 });
    expect(first).toMatchObject({ path: '', keyword: 'required', params: { missingProperty: 'id' } });
  });

  test('changes nothing in the data', () => {
    const schema = {
      type: 'object',
      properties: { n: { type: 'number', default: 1 }, s: { type: 'string' } },
    };
    const data = { s: 's', extra: true };
    expect(setup(schema)(data)).toBeUndefined();
    expect(data).toEqual({ s: 's', extra: true });
    expect(setup(schema)({ s: 1 })).toMatchObject({ keyword: 'type' });
  });

  test('tells of a failed choice that it failed, not how its first branch did', () => {
    const schema = {
      anyOf: [{ type: 'string' }, { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }],
    };
    expect(setup(schema)({ a: 1 })).toEqual({ kind: 'fault', path: '', keyword: 'anyOf', params: {} });
  });

  test('checks formats', () => {
    const validate = setup({ type: 'string', format: 'date-time' });
    expect(validate('2026-01-01T00:00:00Z')).toBeUndefined();
    expect(validate('yesterday')).toMatchObject({ keyword: 'format', params: { format: 'date-time' } });
  });

  test('is not misled by what every object inherits', () => {
    const schema = { type: 'object', properties: { constructor: { type: 'string' } } };
    expect(setup(schema)({})).toBeUndefined();
    expect(setup(schema)({ constructor: 'Ferrari' })).toBeUndefined();
    expect(setup({ type: 'object', properties: { toString: {} }, required: ['toString'] })({})).toMatchObject(
      { keyword: 'required' },
    );
  });

  test('can refer to shared schemas', () => {
    const schemas = [{ $id: 'https://example.org/id', type: 'string', minLength: 3 }];
    const validate = setup(
      { type: 'object', properties: { id: { $ref: 'https://example.org/id' } } },
      { schemas },
    );
    expect(validate({ id: 'abc' })).toBeUndefined();
    expect(validate({ id: 'a' })).toMatchObject({ path: '/id', keyword: 'minLength' });
  });

  test('may be one of the shared schemas, and may refer to itself', () => {
    const tree = { $id: 'https://example.org/tree', type: 'array', items: { $ref: 'tree' } };
    const validate = setup(tree, { schemas: [tree] });
    expect(validate([[[]]])).toBeUndefined();
    expect(validate([['leaf']])).toMatchObject({ path: '/0/0', keyword: 'type' });
  });

  test('may have the same $id as that of another topic', () => {
    const compile = schemaCompiler();
    const first = compile({ $id: 'link', type: 'string' }, 'topic "a"');
    const second = compile({ $id: 'link', type: 'number' }, 'topic "b"');
    expect([first('x'), second(1)]).toEqual([undefined, undefined]);
  });

  test('is read in the dialect that is chosen, else in the one it declares, else as draft 07', () => {
    const tuple07 = { type: 'array', items: [{ type: 'string' }], minItems: 1, additionalItems: false };
    const tuple2020 = { type: 'array', prefixItems: [{ type: 'string' }], minItems: 1, items: false };
    expect(setup(tuple07)([1])).toMatchObject({ path: '/0' });
    expect(setup(tuple2020, { dialect: '2020' })([1])).toMatchObject({ path: '/0' });
    expect(
      setup({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...tuple2020 })([1]),
    ).toMatchObject({ path: '/0' });
    expect(setup({ $schema: 'https://json-schema.org/draft/2019-09/schema', ...tuple07 })([1])).toMatchObject(
      { path: '/0' },
    );
    expect(setup({ properties: { id: { type: 'string' } } }, { dialect: 'jtd' })({ id: 1 })).toMatchObject({
      path: '/id',
      keyword: 'type',
      params: { type: 'string', nullable: false },
    });
  });

  test.each([
    ['an unknown keyword', { type: 'object', propertys: {} }, 'propertys'],
    ['an unknown format', { type: 'string', format: 'shoe-size' }, 'shoe-size'],
    ['a rule against the dialect', { type: 'strin' }, 'must be equal to one of the allowed values'],
    ['a reference to nothing', { $ref: 'https://example.org/nothing' }, 'https://example.org/nothing'],
    ['an asynchronous schema', { $async: true, type: 'string' }, 'asynchronous'],
  ])('with %s is refused at start, and the error says whose it is', (_, schema, told) => {
    const message = refusal(schema);
    expect(message).toContain('the schema of topic "links": ');
    expect(message).toContain(told);
  });

  test('that is shared needs an $id', () => {
    expect(refusal(link, { schemas: [{ type: 'string' }] })).toContain('a shared schema needs an $id');
  });

  test('does not take a discriminator value from the data into the fault', () => {
    const schema = { discriminator: 'kind', mapping: { a: { properties: {} } } };
    expect(setup(schema, { dialect: 'jtd' })({ kind: 'hunter2' })).toEqual({
      kind: 'fault',
      path: '/kind',
      keyword: 'discriminator',
      params: { error: 'mapping', tag: 'kind' },
    });
  });

  test('calls data too deep that would overflow the stack', () => {
    const validate = setup({ type: 'array', items: { $ref: '#' } });
    const levels = 200_000;
    expect(validate(JSON.parse('['.repeat(levels) + ']'.repeat(levels)))).toMatchObject({
      kind: 'fault',
      keyword: 'depth',
    });
    expect(validate([[[]]])).toBeUndefined();
  });

  test('cuts names from the data, which a sender may make as long as he likes', () => {
    const schema = { type: 'object', additionalProperties: { type: 'string' } };
    const fault = setup(schema)({ ['x'.repeat(10_000)]: 1 });
    expect((fault as { path: string }).path).toHaveLength(201);
    const strict = setup({ type: 'object', properties: {}, additionalProperties: false })({
      ['x'.repeat(10_000)]: 1,
    });
    expect(strict).toMatchObject({ params: { additionalProperty: `${'x'.repeat(200)}…` } });
  });
});

describe('a function compiled ahead', () => {
  test('validates as the schema would', () => {
    const compiled = Object.assign(
      (data: unknown) => {
        compiled.errors =
          data === 'a' ? null : [{ instancePath: '', keyword: 'const', params: { allowedValue: 'a' }, data }];
        return data === 'a';
      },
      { errors: null as object[] | null },
    );
    const validate = setup(compiled);
    expect(validate('a')).toBeUndefined();
    expect(validate('b')).toEqual({
      kind: 'fault',
      path: '',
      keyword: 'const',
      params: { allowedValue: 'a' },
    });
  });

  test('that leaves no errors still tells that the data does not match', () => {
    expect(setup(() => false)('b')).toEqual({ kind: 'fault', path: '', keyword: 'schema', params: {} });
  });

  test('that answers with something else is no validation function', () => {
    expect(() => setup(() => Promise.resolve(true))('a')).toThrow('must return true or false');
  });
});

describe('a Standard Schema', () => {
  const standard = (validate: (data: unknown) => unknown): object => ({
    '~standard': { version: 1, vendor: 'test', validate },
  });

  test('says nothing when it returns the data itself', () => {
    expect(setup(standard((value) => ({ value })))({ id: 'a' })).toBeUndefined();
  });

  test('replaces the data by what it returns', () => {
    expect(setup(standard((data) => ({ value: Number(data) })))('17')).toEqual({
      kind: 'replaced',
      data: 17,
    });
  });

  test('tells the first issue without its message, which may quote the data', () => {
    const issues = [
      {
        message: 'got hunter2',
        code: 'invalid_type',
        path: ['users', { key: 0 }, 'a/b'],
        received: 'hunter2',
      },
      { message: 'later' },
    ];
    expect(setup(standard(() => ({ issues })))('x')).toEqual({
      kind: 'fault',
      path: '/users/0/a~1b',
      keyword: 'invalid_type',
      params: {},
    });
    expect(setup(standard(() => ({ issues: [{ message: 'got hunter2' }] })))('x')).toMatchObject({
      path: '',
      keyword: 'standard',
    });
  });

  test('may answer later', async () => {
    const validate = setup(standard((data) => Promise.resolve(data === 1 ? { value: 2 } : { issues: [{}] })));
    await expect(validate(1)).resolves.toEqual({ kind: 'replaced', data: 2 });
    await expect(validate(3)).resolves.toMatchObject({ kind: 'fault' });
  });

  test('may be a function', () => {
    const callable = Object.assign(
      () => false,
      standard((value) => ({ value })),
    );
    expect(setup(callable)('x')).toBeUndefined();
  });
});
