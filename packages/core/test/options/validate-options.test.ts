import { describe, expect, test } from 'vitest';

import { isMillraceError } from '../../src/errors.js';
import { optionGroup } from '../../src/options/option-table.js';
import { OptionsError } from '../../src/options/options-error.js';
import { defineOptions } from '../../src/options/validate-options.js';
import { Service } from '../../src/service/service.js';

interface Options {
  readonly name: string;
  readonly topics: readonly (string | RegExp)[];
  readonly handler: () => void;
  readonly service?: Service;
  readonly naming?: { check(): undefined } | false;
  readonly commit?: 'each' | 'pipelined';
  readonly drainTimeoutMs?: number;
  readonly stopTimeoutMs?: number;
  readonly limits?: { readonly messages?: number; readonly bytes?: number };
  readonly tracing?: { readonly process?: 'link' | 'parent'; readonly poll?: boolean } | false;
  readonly clientConfig?: Readonly<Record<string, string | number | boolean>>;
  readonly handlers?: readonly { readonly topic: string; readonly attempts?: number }[];
  readonly schema?: object;
}

const text = { type: 'string', minLength: 1 } as const;

const options = defineOptions<Options>()(
  'Consumer',
  {
    name: { ...text, description: 'Name.' },
    topics: {
      type: 'array',
      minItems: 1,
      items: { anyOf: [text, { isA: 'RegExp' }] },
      description: 'Topics.',
    },
    handler: { typeof: 'function', description: 'Handler.' },
    service: { isA: 'Service', description: 'Service.' },
    naming: { anyOf: [{ const: false }, { methods: ['check'] }], description: 'Naming.' },
    commit: { enum: ['each', 'pipelined'], default: 'each', description: 'Commit.' },
    drainTimeoutMs: {
      type: 'integer',
      minimum: 0,
      maximum: 3_600_000,
      default: 20_000,
      description: 'Drain.',
    },
    stopTimeoutMs: { type: 'integer', minimum: 0, default: 25_000, description: 'Stop.' },
    limits: {
      ...optionGroup<NonNullable<Options['limits']>>()({
        messages: { type: 'integer', minimum: 1, default: 10_000, description: 'Messages.' },
        bytes: { type: 'integer', minimum: 1, default: 64, description: 'Bytes.' },
      }),
      default: {},
      description: 'Limits.',
    },
    tracing: {
      anyOf: [
        { const: false },
        optionGroup<Exclude<Options['tracing'], false | undefined>>()({
          process: { enum: ['link', 'parent'], default: 'link', description: 'Process.' },
          poll: { type: 'boolean', default: true, description: 'Poll.' },
        }),
      ],
      default: {},
      description: 'Tracing.',
    },
    clientConfig: {
      type: 'object',
      secret: true,
      additionalProperties: { type: ['string', 'number', 'boolean'] },
      description: 'Client.',
    },
    handlers: {
      type: 'array',
      items: {
        ...optionGroup<{ topic: string; attempts?: number }>()(
          {
            topic: { ...text, description: 'Topic.' },
            attempts: { type: 'integer', default: 3, description: 'Attempts.' },
          },
          ['topic'],
        ),
      },
      description: 'Handlers.',
    },
    schema: { typeof: ['object', 'function'], description: 'Schema.' },
  },
  ['name', 'topics', 'handler'],
  [
    {
      reads: ['drainTimeoutMs', 'stopTimeoutMs'],
      check: ({ drainTimeoutMs, stopTimeoutMs }) =>
        drainTimeoutMs < stopTimeoutMs
          ? undefined
          : {
              path: 'drainTimeoutMs',
              message: `must be < stopTimeoutMs (${String(stopTimeoutMs)}), got ${String(drainTimeoutMs)}`,
            },
    },
  ],
);

function setup(): { valid: Options; faults: (changes: object) => string[]; resolve: typeof options.resolve } {
  const valid: Options = { name: 'a', topics: ['t', /^x/], handler: () => undefined };
  const faults = (changes: object): string[] => {
    try {
      options.resolve({ ...valid, ...changes });
    } catch (error) {
      if (error instanceof OptionsError) return error.faults.map(({ path, message }) => `${path} ${message}`);
      throw error;
    }
    return [];
  };
  return { valid, faults, resolve: options.resolve.bind(options) };
}

describe('resolve', () => {
  test('fills in defaults, also in groups that were given in part', () => {
    const { resolve, valid } = setup();
    expect(resolve(valid)).toMatchObject({
      commit: 'each',
      drainTimeoutMs: 20_000,
      limits: { messages: 10_000, bytes: 64 },
      tracing: { process: 'link', poll: true },
    });
    const given = resolve({
      ...valid,
      limits: { bytes: 1 },
      tracing: { poll: false },
      handlers: [{ topic: 'a' }],
    });
    expect(given.limits).toEqual({ messages: 10_000, bytes: 1 });
    expect(given.tracing).toEqual({ process: 'link', poll: false });
    expect(given.handlers).toEqual([{ topic: 'a', attempts: 3 }]);
    expect(resolve({ ...valid, tracing: false }).tracing).toBe(false);
  });

  test('leaves the caller objects alone, frozen ones included', () => {
    const { resolve, valid } = setup();
    const limits = Object.freeze({ bytes: 1 });
    const topics = ['a'];
    const resolved = resolve(Object.freeze({ ...valid, limits, topics }));
    topics.push('b');
    expect(limits).toEqual({ bytes: 1 });
    expect(resolved.topics).toEqual(['a']);
  });

  test('keeps functions, instances and whatever the table does not look into', () => {
    const { resolve, valid } = setup();
    const service = Service.new({ name: 's' });
    const naming = { check: () => undefined };
    const schema = { type: 'object' };
    const resolved = resolve({ ...valid, service, naming, schema });
    expect(resolved.handler).toBe(valid.handler);
    expect(resolved.service).toBe(service);
    expect(resolved.naming).toBe(naming);
    expect(resolved.schema).toBe(schema);
    expect(resolved.topics[1]).toBe(valid.topics[1]);
  });

  test('gives a result that cannot be changed', () => {
    const { resolve, valid } = setup();
    const resolved = resolve({ ...valid, clientConfig: { 'client.id': 'a' } });
    expect(
      [resolved, resolved.limits, resolved.clientConfig, resolved.topics].every((part) =>
        Object.isFrozen(part),
      ),
    ).toBe(true);
  });

  test('takes undefined for absent', () => {
    const { resolve, valid } = setup();
    const resolved = resolve({ ...valid, commit: undefined, service: undefined });
    expect(resolved.commit).toBe('each');
    expect('service' in resolved).toBe(false);
  });

  test('does not take what every object inherits for an option', () => {
    const group = defineOptions<{ toString?: () => string }>()(
      'Odd',
      { toString: { typeof: 'function', description: '' } },
      [],
    );
    expect(Object.keys(group.resolve({}))).toEqual([]);
  });

  test('throws one error with a code and all faults', () => {
    const { resolve } = setup();
    const error = ((): unknown => {
      try {
        return resolve({ name: '', topics: [], hander: 1, drainTimeoutMs: -1 });
      } catch (caught) {
        return caught;
      }
    })();
    expect(isMillraceError(error) && error.code).toBe('OPTIONS_INVALID');
    expect((error as OptionsError).owner).toBe('Consumer');
    expect((error as OptionsError).message).toBe(
      'Consumer: handler is required; hander is not an option; did you mean handler?; name must not be empty, got an empty string; ' +
        'topics must not be empty, got an empty array; drainTimeoutMs must be >= 0, got -1',
    );
  });
});

describe('a fault', () => {
  test.each<[string, object, string[]]>([
    ['the wrong type', { drainTimeoutMs: '5' }, ["drainTimeoutMs must be an integer, got '5'"]],
    ['a fraction', { drainTimeoutMs: 0.5 }, ['drainTimeoutMs must be an integer, got 0.5']],
    [
      'a number past its bound',
      { drainTimeoutMs: 4_000_000, stopTimeoutMs: 5_000_000 },
      ['drainTimeoutMs must be <= 3600000, got 4000000'],
    ],
    ['no number at all', { drainTimeoutMs: Number.NaN }, ['drainTimeoutMs must be an integer, got NaN']],
    ['a wrong word', { commit: 'eech' }, ["commit must be 'each' or 'pipelined', got 'eech'"]],
    ['no function', { handler: 'x' }, ["handler must be a function, got 'x'"]],
    ['null', { handler: null }, ['handler must be a function, got null']],
    ['no instance', { service: {} }, ['service must be a Service, got an object']],
    ['an instance of another class', { service: new Map() }, ['service must be a Service, got a Map']],
    [
      'a port without its method',
      { naming: {} },
      ['naming must be false or have the method check, got an object'],
    ],
    ['an item that is neither', { topics: ['a', 3] }, ['topics[1] must be a string or be a RegExp, got 3']],
    ['an empty item', { topics: [''] }, ['topics[0] must not be empty or be a RegExp, got an empty string']],
    ['a member of a group', { limits: { bytes: 0 } }, ['limits.bytes must be >= 1, got 0']],
    [
      'a misspelt member of a group',
      { limits: { byte: 1 } },
      ['limits.byte is not an option; did you mean bytes?'],
    ],
    ['the form that was meant', { tracing: { poll: 'yes' } }, ["tracing.poll must be a boolean, got 'yes'"]],
    [
      'a misspelling in the form that was meant',
      { tracing: { pol: true } },
      ['tracing.pol is not an option; did you mean poll?'],
    ],
    ['no form at all', { tracing: 'link' }, ["tracing must be false or be an object, got 'link'"]],
    ['a group in a list', { handlers: [{ topic: 'a' }, {}] }, ['handlers[1].topic is required']],
    [
      'a rule across fields',
      { drainTimeoutMs: 30_000 },
      ['drainTimeoutMs must be < stopTimeoutMs (25000), got 30000'],
    ],
    [
      'a misspelt option that is undefined',
      { comit: undefined },
      ['comit is not an option; did you mean commit?'],
    ],
    ['an option like nothing else', { flux: 1 }, ['flux is not an option']],
    ['exchanged letters', { nmae: 'x' }, ['nmae is not an option; did you mean name?']],
  ])('tells %s', (_, changes, expected) => {
    expect(setup().faults(changes)).toEqual(expected);
  });

  test('of a rule is told beside others, unless they concern what it reads', () => {
    const { faults } = setup();
    expect(faults({ commit: 'x', drainTimeoutMs: 30_000 })).toHaveLength(2);
    expect(faults({ stopTimeoutMs: 'x', drainTimeoutMs: 30_000 })).toEqual([
      "stopTimeoutMs must be an integer, got 'x'",
    ]);
  });

  test.each([[null], [undefined], ['x'], [[]], [() => undefined]])(
    'tells that %s are no options',
    (given) => {
      expect(() => setup().resolve(given)).toThrow(/^Consumer: the options must be an object, got /);
    },
  );

  test('tells a key that is no identifier as one would write it', () => {
    const config = Object.defineProperty({}, '__proto__', { value: {}, enumerable: true });
    expect(setup().faults({ clientConfig: { 'sasl.password': ['hunter2'] } })).toEqual([
      "clientConfig['sasl.password'] must be a string, a number or a boolean, got an array of 1",
    ]);
    expect(setup().faults({ clientConfig: config })).toEqual([
      'clientConfig.__proto__ must be a string, a number or a boolean, got an object',
    ]);
  });

  test('never tells a secret', () => {
    expect(setup().faults({ clientConfig: 'hunter2' })).toEqual([
      'clientConfig must be an object, got a string',
    ]);
    const inside = defineOptions<{ config?: object }>()(
      'Secretive',
      {
        config: {
          type: 'object',
          additionalProperties: { anyOf: [{ type: 'number' }, { const: true }] },
          secret: true,
          description: '',
        },
      },
      [],
    );
    expect(() => inside.resolve({ config: { password: 'hunter2' } })).toThrow(
      'config.password must be a number or be true, got a string',
    );
  });

  test('cuts a value that is a whole file', () => {
    expect(setup().faults({ commit: 'x'.repeat(10_000) })[0]?.length).toBeLessThan(200);
  });

  test('tells a symbol, a function and a big integer by their kind', () => {
    const { faults } = setup();
    expect(faults({ drainTimeoutMs: 5n })).toEqual(['drainTimeoutMs must be an integer, got 5n']);
    expect(faults({ drainTimeoutMs: Symbol('s') })).toEqual([
      'drainTimeoutMs must be an integer, got a symbol',
    ]);
    expect(faults({ drainTimeoutMs: () => 5 })).toEqual([
      'drainTimeoutMs must be an integer, got a function',
    ]);
  });
});

describe('describe', () => {
  test('tells every option with type, default and bounds, groups after their option', () => {
    const described = options.describe();
    expect(described.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'name: string',
      'topics: (string | RegExp)[]',
      'handler: function',
      'service: Service',
      'naming: false | { check() }',
      "commit: 'each' | 'pipelined'",
      'drainTimeoutMs: integer',
      'stopTimeoutMs: integer',
      'limits: object',
      'limits.messages: integer',
      'limits.bytes: integer',
      'tracing: false | object',
      "tracing.process: 'link' | 'parent'",
      'tracing.poll: boolean',
      'clientConfig: Record<string, string | number | boolean>',
      'handlers: object[]',
      'schema: object | function',
    ]);
    expect(described.find(({ name }) => name === 'drainTimeoutMs')).toEqual({
      name: 'drainTimeoutMs',
      type: 'integer',
      required: false,
      description: 'Drain.',
      default: 20_000,
      bounds: ['>= 0', '<= 3600000'],
      secret: false,
    });
    expect(described[0]).toEqual({
      name: 'name',
      type: 'string',
      required: true,
      description: 'Name.',
      bounds: ['not empty'],
      secret: false,
    });
    expect(described.find(({ secret }) => secret)?.name).toBe('clientConfig');
  });
});
