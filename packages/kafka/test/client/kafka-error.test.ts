import { createRequire } from 'node:module';

import { describe, expect, test } from 'vitest';

import { asError, clientError, commitErrorOf, eventTexts } from '../../src/client/kafka-error.js';
import { nativeError } from './fake-client.js';

describe('clientError', () => {
  test('goes by the code', () => {
    expect(clientError(nativeError(-195, 'Local: Broker transport failure'))).toEqual({
      code: -195,
      name: '_TRANSPORT',
      kind: 'unreachable',
      message: 'Local: Broker transport failure',
    });
    expect(clientError(nativeError(58)).kind).toBe('unauthenticated');
    expect(clientError(-150).kind).toBe('fatal');
  });

  test('goes by the text where an event has no code', () => {
    const event = Object.assign(nativeError(-1, 'all broker connections are down'), { origin: 'local' });
    expect(clientError(event)).toMatchObject({ code: -187, name: '_ALL_BROKERS_DOWN', kind: 'unreachable' });
  });

  test('does not go by the text where there is a code', () => {
    expect(clientError(nativeError(29, 'fatal error')).kind).toBe('partition');
  });

  test('gives back what the binding took for an origin', () => {
    const complaint = Object.assign(nativeError(-172, 'not in pem format?'), {
      origin: 'ssl.key.pem failed',
    });
    expect(clientError(complaint).message).toBe('ssl.key.pem failed: not in pem format?');
  });

  test.each([undefined, null, 'text', 7n, {}, { code: 'x' }, Symbol('s')])(
    'has an answer to everything: %s',
    (it) => {
      expect(clientError(it)).toMatchObject({ kind: 'transient', name: 'UNKNOWN' });
      expect(commitErrorOf(it).kind).toBe('retry');
      expect(asError(it)).toBeInstanceOf(Error);
    },
  );

  test('names codes that nothing depends on by their number', () => {
    expect(clientError(nativeError(4711)).name).toBe('ERROR_4711');
  });
});

describe('commitErrorOf', () => {
  test.each([
    [27, 'retry'],
    [113, 'retry'],
    [14, 'retry'],
    [-195, 'retry'],
    [22, 'not-owned'],
    [25, 'not-owned'],
    [110, 'not-owned'],
    [82, 'not-owned'],
    [3, 'rejected'],
    [12, 'rejected'],
    [29, 'rejected'],
  ])('takes %i for %s', (code, kind) => {
    expect(commitErrorOf(nativeError(code)).kind).toBe(kind);
  });
});

describe('the texts of events', () => {
  test('are those of the installed librdkafka, as the binding changes them', () => {
    const require = createRequire(import.meta.url);
    const binding = require('@confluentinc/kafka-javascript/librdkafka.js') as {
      err2str: (code: number) => string;
    };
    const LibrdKafkaError = require('@confluentinc/kafka-javascript/lib/error.js') as {
      create: (error: Error) => { message: string; code: number };
    };
    expect(eventTexts.length).toBeGreaterThan(6);
    for (const { code, text } of eventTexts) {
      const event = LibrdKafkaError.create(new Error(binding.err2str(code)));
      expect({ code, text: event.message }).toEqual({ code, text });
      expect(clientError(event).code).toBe(code);
    }
  });
});
