import { describe, expectTypeOf, test } from 'vitest';

import {
  type ConsumerFactory,
  type HealthOptions,
  QueueConsumerServer,
  serve,
  type ServeOutcome,
  type ServerSnapshot,
} from '../../src/index.js';

declare const factory: ConsumerFactory;

describe('the types of a server', () => {
  test('take what the contract shows', () => {
    expectTypeOf(() =>
      QueueConsumerServer.new({
        factories: [factory],
        health: {
          port: 8080,
          checks: { db: () => true, cache: async (probe) => Promise.resolve(probe === 'liveness') },
        },
        stopTimeoutMs: 25_000,
        concurrency: 100,
      }),
    ).returns.toExtend<AsyncDisposable>();
    expectTypeOf(() => serve(factory)).returns.resolves.toEqualTypeOf<ServeOutcome>();
    expectTypeOf(() =>
      serve([factory], { health: false, signals: false }),
    ).returns.resolves.toEqualTypeOf<ServeOutcome>();
    expectTypeOf<ServeOutcome['exitCode']>().toEqualTypeOf<0 | 1 | 2>();
    expectTypeOf<ServeOutcome['last']>().toEqualTypeOf<ServerSnapshot>();
    expectTypeOf<QueueConsumerServer['healthAddress']>().toEqualTypeOf<string | undefined>();
  });

  test('refuse what it does not', () => {
    // @ts-expect-error the port has no default
    expectTypeOf<{ host: string }>().toExtend<HealthOptions>();
    // @ts-expect-error a misspelt option
    expectTypeOf(() => serve(factory, { stopTimeout: 1 })).toBeFunction();
    // @ts-expect-error no factory
    expectTypeOf(() => serve({ name: 'x' })).toBeFunction();
    // @ts-expect-error a check answers yes or no
    expectTypeOf(() => serve(factory, { health: { port: 0, checks: { db: () => 'up' } } })).toBeFunction();
  });
});
