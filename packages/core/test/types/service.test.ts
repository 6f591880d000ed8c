import { expect, expectTypeOf, test } from 'vitest';

import type { Handler, RequestContext } from '../../src/service/request-context.js';
import { type ContextOf, Service } from '../../src/service/service.js';

interface Pool {
  query(sql: string): Promise<number>;
}
declare const pool: Pool;
declare function rollback(tx: Pool): Promise<void>;

const service = Service.new({
  name: 'links',
  context: {
    db: () => pool,
    requestId: (context) => `${context.consumer}/${String(context.attempt)}`,
    tx: { create: () => pool, dispose: (tx: Pool) => rollback(tx) },
  },
});

test('a service types the members of its contexts', () => {
  expect(service.name).toBe('links');
  type Context = ContextOf<typeof service>;
  expectTypeOf<Context['db']>().toEqualTypeOf<Pool>();
  expectTypeOf<Context['requestId']>().toEqualTypeOf<string>();
  expectTypeOf<Context['tx']>().toEqualTypeOf<Pool>();
  expectTypeOf<Context['attempt']>().toEqualTypeOf<number>();
});

test('the type of what is disposed is inferred where no other factory takes the context', () => {
  const alone = Service.new({
    name: 'links',
    context: { tx: { create: () => pool, dispose: (tx) => rollback(tx) } },
  });
  expect(alone.name).toBe('links');
  expectTypeOf<ContextOf<typeof alone>['tx']>().toEqualTypeOf<Pool>();
});

test('a context with members serves a handler that needs none', () => {
  expectTypeOf<ContextOf<typeof service>>().toExtend<RequestContext>();
  expectTypeOf<Handler>().toExtend<Handler<unknown, { db: Pool }>>();
  expectTypeOf<Handler<unknown, { db: Pool }>>().not.toExtend<Handler>();
});

test('a service with members serves where none are needed, and not the other way round', () => {
  expectTypeOf<Service<{ db: Pool }>>().toExtend<Service>();
  expectTypeOf<Service>().not.toExtend<Service<{ db: Pool }>>();
});

test('wrong uses do not compile', () => {
  const wrong = (): void => {
    // @ts-expect-error a member may not hide one of every context
    Service.new({ name: 'links', context: { logger: () => 1 } });
    // @ts-expect-error a member needs a factory
    Service.new({ name: 'links', context: { db: 1 } });
    // @ts-expect-error the name is missing
    Service.new({});
    // @ts-expect-error there is no such member
    expectTypeOf<ContextOf<typeof service>['nope']>().toBeUnknown();
  };
  expectTypeOf(wrong).returns.toBeVoid();
});
