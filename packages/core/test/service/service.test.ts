import { describe, expect, test } from 'vitest';

import { Service, serviceOptions } from '../../src/service/service.js';
import { silentLogger } from '../../src/telemetry/logger.js';

describe('Service', () => {
  test('keeps its logger and its context factories as they are', () => {
    const db = (): number => 1;
    const tx = { create: (): number => 1, dispose: (): void => undefined };
    const service = Service.new({ name: 'links', logger: silentLogger, context: { db, tx } });
    expect(service.name).toBe('links');
    expect(service.logger).toBe(silentLogger);
    expect(service.contextFactories['db']).toBe(db);
    expect(service.contextFactories['tx']).toEqual(tx);
    expect(service.telemetry).toEqual({});
  });

  test('needs nothing but a name', () => {
    const service = Service.new({ name: 'links' });
    expect(Object.keys(service.contextFactories)).toEqual([]);
    expect(typeof service.logger.child).toBe('function');
  });

  test('keeps providers by identity, and can do without telemetry', () => {
    const tracerProvider = { getTracer: () => ({}) } as never;
    expect(Service.new({ name: 'links', telemetry: { tracerProvider } }).telemetry).toEqual({
      tracerProvider,
    });
    expect(Service.new({ name: 'links', telemetry: false }).telemetry).toBe(false);
  });

  test('carries the brand that options look for', () => {
    expect(Symbol.for('@millrace/service') in Service.new({ name: 'links' })).toBe(true);
  });

  test('tells all that is wrong at once', () => {
    const options = {
      nmae: 'links',
      logger: { info: () => undefined },
      telemetry: true,
      context: { logger: () => 1, db: 3 },
    };
    expect(() => Service.new(options as never)).toThrow(
      'Service: name is required; nmae is not an option; did you mean name?; ' +
        'logger must have the method debug, warn, error, child, got an object; ' +
        'telemetry must be false or be an object, got true; ' +
        'context.logger is not a possible name here; ' +
        'context.db must be a function or be an object, got 3',
    );
  });

  test.each(['__proto__', 'then', 'headers', 'toString'])('refuses a context member called %s', (name) => {
    const context = Object.defineProperty({}, name, { value: () => 1, enumerable: true });
    expect(() => Service.new({ name: 'links', context })).toThrow('is not a possible name here');
  });

  test('describes its options', () => {
    expect(serviceOptions.describe().map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'name: string',
      'logger: { debug(), info(), warn(), error(), child() }',
      'telemetry: false | object',
      'telemetry.tracerProvider: { getTracer() }',
      'telemetry.meterProvider: { getMeter() }',
      'context: Record<string, function | object>',
    ]);
  });
});
