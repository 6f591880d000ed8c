import { expect, expectTypeOf, test } from 'vitest';

import { optionGroup } from '../../src/options/option-table.js';
import { defineOptions } from '../../src/options/validate-options.js';

interface Limits {
  readonly messages?: number;
  readonly bytes?: number;
}
interface Options {
  readonly name: string;
  readonly handler: () => void;
  readonly limits?: Limits;
  readonly tracing?: { readonly poll?: boolean } | false;
  readonly timeoutMs?: number;
  readonly retries?: number;
}
const name = { type: 'string', description: '' } as const;
const handler = { typeof: 'function', description: '' } as const;
const limits = {
  ...optionGroup<Limits>()({
    messages: { type: 'integer', default: 10, description: '' },
    bytes: { type: 'integer', description: '' },
  }),
  default: {},
  description: '',
} as const;
const tracing = {
  anyOf: [
    { const: false },
    optionGroup<{ poll?: boolean }>()({ poll: { type: 'boolean', default: true, description: '' } }),
  ],
  default: {},
  description: '',
} as const;
const timeoutMs = { type: 'integer', default: 5, description: '' } as const;
const retries = { type: 'integer', description: '' } as const;
const table = { name, handler, limits, tracing, timeoutMs, retries };

const options = defineOptions<Options>()('Test', table, ['name', 'handler']);
type Resolved = ReturnType<typeof options.resolve>;

test('a member with a default is always there', () => {
  expect(options.resolve({ name: 'a', handler: () => undefined }).timeoutMs).toBe(5);
  expectTypeOf<Resolved['timeoutMs']>().toEqualTypeOf<number>();
  expectTypeOf<Resolved['retries']>().toEqualTypeOf<number | undefined>();
  expectTypeOf<Resolved['handler']>().toEqualTypeOf<() => void>();
});

test('defaults reach into groups, also beside another form', () => {
  expectTypeOf<Resolved['limits']['messages']>().toEqualTypeOf<number>();
  expectTypeOf<Resolved['limits']['bytes']>().toEqualTypeOf<number | undefined>();
  expectTypeOf<Exclude<Resolved['tracing'], false>['poll']>().toEqualTypeOf<boolean>();
  expectTypeOf<Extract<Resolved['tracing'], boolean>>().toEqualTypeOf<false>();
});

test('a table that does not fit its type does not compile', () => {
  const wrong = (): void => {
    const forgotten = { name, handler, limits, tracing, timeoutMs };
    // @ts-expect-error a member without an entry
    defineOptions<Options>()('Test', forgotten, ['name', 'handler']);
    // @ts-expect-error an entry without a member
    defineOptions<Options>()('Test', { ...table, surplus: name }, ['name', 'handler']);
    const wrongDefault = { ...table, timeoutMs: { type: 'integer', default: '5', description: '' } } as const;
    // @ts-expect-error a default of another type
    defineOptions<Options>()('Test', wrongDefault, ['name', 'handler']);
    const called = {
      ...table,
      handler: { typeof: 'function', default: () => undefined, description: '' },
    } as const;
    // @ts-expect-error a default for a function
    defineOptions<Options>()('Test', called, ['name', 'handler']);
    // @ts-expect-error an entry without a description
    defineOptions<Options>()('Test', { ...table, name: { type: 'string' } }, ['name', 'handler']);
    // @ts-expect-error a required member that is not named
    defineOptions<Options>()('Test', table, ['name']);
    // @ts-expect-error an optional member that is named as required
    defineOptions<Options>()('Test', table, ['name', 'handler', 'limits']);
    // @ts-expect-error a group with a surplus entry
    optionGroup<Limits>()({ ...limits.properties, surplus: name });
  };
  expectTypeOf(wrong).returns.toBeVoid();
});
