import { describe, expect, test } from 'vitest';

import type { OptionsError } from '../../src/options/options-error.js';
import { loggerOf, serverOptions } from '../../src/server/server-options.js';
import { FakeFactory } from '../doubles/fake-consumer.js';
import { RecordingLogger } from '../doubles/recording-logger.js';

function faultsOf(given: object): string[] {
  try {
    serverOptions.resolve(given);
    return [];
  } catch (error) {
    return (error as OptionsError).faults.map(({ path, message }) => `${path} ${message}`);
  }
}

const links = new FakeFactory('links');

describe('the options of a server', () => {
  test('have defaults', () => {
    const options = serverOptions.resolve({ factories: [links] });
    expect(options).toEqual({ factories: [links], health: false, stopTimeoutMs: 25_000 });
    expect(options.factories[0]).toBe(links);
  });

  test('have defaults for the health server, once it has a port', () => {
    const { health } = serverOptions.resolve({ factories: [links], health: { port: 8080 } });
    expect(health).toEqual({ port: 8080, host: '0.0.0.0', timeoutMs: 1_000, checks: {} });
  });

  test('are all told at once when they are wrong', () => {
    expect(
      faultsOf({
        factories: [],
        health: { host: '', port: 70_000 },
        stopTimeoutMs: 0,
        concurrency: 1.5,
        logger: {},
      }),
    ).toEqual([
      'factories must not be empty, got an empty array',
      'health.port must be <= 65535, got 70000',
      'health.host must not be empty, got an empty string',
      'stopTimeoutMs must be >= 1, got 0',
      'concurrency must be an integer, got 1.5',
      'logger must have the method debug, info, warn, error, child, got an object',
    ]);
  });

  test('take only factories', () => {
    expect(faultsOf({ factories: [links, { name: 'links' }] })).toEqual([
      'factories[1] must be a consumer factory, as InOrderConsumerFactory.new({ … }) makes one',
    ]);
  });

  test('take no two consumers of one name', () => {
    const factories = ['links', 'votes', 'links', 'links'].map((name) => new FakeFactory(name));
    expect(faultsOf({ factories })).toEqual([
      'factories must have different names, got more than once: links',
    ]);
  });

  test('give the server more time to stop than any consumer has to drain', () => {
    const slow = [
      new FakeFactory('slow', { drainTimeoutMs: 25_000 }),
      new FakeFactory('slower', { drainTimeoutMs: 40_000 }),
    ];
    expect(faultsOf({ factories: [links, ...slow] })).toEqual([
      'stopTimeoutMs must be > the drainTimeoutMs of every consumer, got 25000 with 25000 (slow), 40000 (slower)',
    ]);
    expect(faultsOf({ factories: [links, ...slow], stopTimeoutMs: 40_001 })).toEqual([]);
  });

  test.each(['server', 'event-loop', 'a:b', 'two words', ''])('refuse %j as the name of a check', (name) => {
    const checks = { [name]: () => true };
    expect(faultsOf({ factories: [links], health: { port: 0, checks } })).toHaveLength(1);
  });

  test('take checks that are functions', () => {
    expect(faultsOf({ factories: [links], health: { port: 0, checks: { db: true } } })).toEqual([
      'health.checks.db must be a function, got true',
    ]);
  });
});

describe('the logger of a server', () => {
  const own = new RecordingLogger();
  const ofFactory = new RecordingLogger();
  const factories = [links, new FakeFactory('votes', { logger: ofFactory })];

  test('is the one it is given', () => {
    expect(loggerOf(serverOptions.resolve({ factories, logger: own }))).toBe(own);
  });

  test('is otherwise that of its first factory that has one, or a default', () => {
    expect(loggerOf(serverOptions.resolve({ factories }))).toBe(ofFactory);
    expect(loggerOf(serverOptions.resolve({ factories: [links] }))).toHaveProperty('child');
  });
});
