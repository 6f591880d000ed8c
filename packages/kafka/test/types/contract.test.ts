import { type Static, Type } from 'typebox';
import { describe, expect, expectTypeOf, it } from 'vitest';

import {
  type ContextOf,
  createConsumer,
  FastConsumerFactory,
  InOrderConsumerFactory,
  json,
  type KafkaMessage,
  on,
  type RequestContext,
  Service,
  silentLogger,
  type TypedSchema,
} from '../../src/index.js';

declare module '@millrace/core' {
  interface SchemaTypes {
    readonly data: Static<this['schema']>;
  }
}

interface Pool {
  query(text: string): Promise<number>;
}
const pool: Pool = { query: () => Promise.resolve(1) };
const service = Service.new({
  name: 'link_service',
  logger: silentLogger,
  context: { db: () => pool, requestId: (c) => `${c.consumer}/${String(c.attempt)}` },
});
type Ctx = ContextOf<typeof service>;
const NewLink = Type.Object({ id: Type.String(), score: Type.Optional(Type.Number()) });
type NewLink = Static<typeof NewLink>;
const named = { name: 'kafka_consumer.l', groupId: 'link_service.l', bootstrapServers: 'x:1' } as const;
const base = { ...named, topics: ['a', /^b/] } as const;

describe('types of the factories', () => {
  it('infer the data from a typebox schema and the context from the service', () => {
    InOrderConsumerFactory.new({
      ...base,
      service,
      schema: NewLink,
      handler: async (context, data, message) => {
        await context.db.query(data.id);
        expectTypeOf(data.score).toEqualTypeOf<number | undefined>();
        expectTypeOf(message).toEqualTypeOf<KafkaMessage>();
        expectTypeOf(context.requestId).toBeString();
      },
    });
  });

  it('infer the data from a plain JSON Schema', () => {
    FastConsumerFactory.new({
      ...base,
      schema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
      handler: (_context, data) => {
        expectTypeOf(data.n).toBeNumber();
      },
    });
  });

  it('infer the data from the deserializer', () => {
    InOrderConsumerFactory.new({
      ...base,
      deserialize: (message) => ({ length: message.size }),
      handler: (_context, data) => {
        expectTypeOf(data.length).toBeNumber();
      },
    });
  });

  it('believe json<T>() and know nothing without it', () => {
    InOrderConsumerFactory.new({
      ...base,
      service,
      deserialize: json<NewLink>(),
      handler: async (context: Ctx, data: NewLink) => {
        await context.db.query(data.id);
      },
    });
    InOrderConsumerFactory.new({
      ...base,
      handler: (_context, data) => {
        expectTypeOf(data).toBeUnknown();
      },
    });
  });

  it('take a handler that was defined elsewhere, or that needs less than the schema gives', () => {
    const onLink = async (context: Ctx, link: NewLink, message: KafkaMessage): Promise<void> => {
      await context.db.query(`${link.id} ${String(message.offset)} ${String(context.headers.size)}`);
    };
    InOrderConsumerFactory.new({ ...base, service, schema: NewLink, handler: onLink });
    InOrderConsumerFactory.new({
      ...base,
      schema: NewLink,
      handler: (_context, data: { id: string }) => {
        expectTypeOf(data.id).toBeString();
      },
    });
  });

  it('infer the data from a Standard Schema and from a branded one', () => {
    const standard = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: unknown) => ({ value }),
        types: undefined as { readonly input: string; readonly output: { z: number } } | undefined,
      },
    } as const;
    InOrderConsumerFactory.new({
      ...base,
      schema: standard,
      handler: (_context, data) => {
        expectTypeOf(data.z).toBeNumber();
      },
    });
    const branded = { type: 'object' } as unknown as TypedSchema<{ b: string }>;
    InOrderConsumerFactory.new({
      ...base,
      schema: branded,
      handler: (_context, data) => {
        expectTypeOf(data.b).toBeString();
      },
    });
  });

  it('let every topic have its own handler', () => {
    InOrderConsumerFactory.forTopics({
      ...named,
      service,
      handlers: [
        on('a', { schema: NewLink, handler: (_context, data) => void data.id }),
        on(/^b/, {
          schema: NewLink,
          onFailure: { invalid: 'crash' },
          handler: async (context: Ctx, data) => void (await context.db.query(data.id)),
        }),
      ],
    });
  });

  it('take a client of the user in the constructor', () => {
    const { bootstrapServers: _address, ...noAddress } = base;
    const factory = new InOrderConsumerFactory({
      ...noAddress,
      consumer: (config) => createConsumer({ ...config, 'client.rack': 'a' }),
      handler: () => undefined,
    });
    expect(factory.name).toBe('kafka_consumer.l');
  });

  it('refuse what does not fit', () => {
    // The calls are never made: what matters is that each line fails to compile.
    const wrong = (): void => {
      // @ts-expect-error annotated data without a schema or deserializer
      InOrderConsumerFactory.new({ ...base, handler: (_c: RequestContext, d: NewLink) => void d });
      // @ts-expect-error the context needs the service
      InOrderConsumerFactory.new({ ...base, schema: NewLink, handler: (c: Ctx) => void c });
      // @ts-expect-error no such member
      InOrderConsumerFactory.new({ ...base, service, schema: NewLink, handler: (_c, d) => void d.nope });
      InOrderConsumerFactory.new({
        ...base,
        service,
        schema: NewLink,
        // @ts-expect-error wrong type beside a schema
        handler: (_c, d: { id: number }) => void d,
      });
      // @ts-expect-error no such context member
      InOrderConsumerFactory.new({ ...base, service, schema: NewLink, handler: (c) => void c.nope });
      // @ts-expect-error a context member hides one of ours
      Service.new({ name: 'x', context: { logger: () => 1 } });
      // @ts-expect-error a handler returns nothing
      InOrderConsumerFactory.new({ ...base, service, schema: NewLink, handler: () => Promise.resolve(1) });
      // @ts-expect-error a misspelt option
      InOrderConsumerFactory.new({ ...base, service, schema: NewLink, hanlder: () => undefined });
      // @ts-expect-error no such mode
      InOrderConsumerFactory.new({ ...base, commit: 'eech', handler: () => undefined });
      InOrderConsumerFactory.new({
        ...base,
        // @ts-expect-error schema and deserializer disagree
        schema: NewLink,
        deserialize: (m) => ({ n: m.size }),
        handler: (_c, d) => void d,
      });
      // @ts-expect-error an option of the other factory
      FastConsumerFactory.new({ ...base, commit: 'each', handler: () => undefined });
    };
    expect(wrong).toBeTypeOf('function');
  });
});
