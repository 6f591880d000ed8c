import { expectTypeOf, test } from 'vitest';

import type { DataOf, TypedSchema } from '../../src/message/data-of.js';

declare module '../../src/message/data-of.js' {
  // What an application writes once; here a schema names its data under a key of our own.
  interface SchemaTypes {
    readonly data: this['schema'] extends { readonly describes: infer T } ? T : unknown;
  }
}

test('without a schema the data is unknown', () => {
  expectTypeOf<DataOf<object>>().toBeUnknown();
  expectTypeOf<DataOf<{ readonly type: 'string' }>>().toBeUnknown();
});

test('a typed schema says itself what it describes', () => {
  expectTypeOf<DataOf<TypedSchema<{ id: string }>>>().toEqualTypeOf<{ id: string }>();
});

test('a Standard Schema gives its output', () => {
  interface Standard {
    readonly '~standard': {
      readonly types?: { readonly input: string; readonly output: number } | undefined;
    };
  }
  expectTypeOf<DataOf<Standard>>().toEqualTypeOf<number>();
});

test('the application says what its schemas describe', () => {
  expectTypeOf<DataOf<{ readonly describes: { id: string } }>>().toEqualTypeOf<{ id: string }>();
});
