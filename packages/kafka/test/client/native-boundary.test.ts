import { isMillraceError } from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  bytesForNative,
  commitForNative,
  configForNative,
  countForNative,
  headersForNative,
  offsetForNative,
  partitionForNative,
  startForNative,
  timeoutForNative,
  topicForNative,
} from '../../src/client/native-boundary.js';

const hostile = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withTypedArray: true, withSparseArray: true }),
  fc.constantFrom(NaN, -0, -1, 0.5, 2 ** 31, 2 ** 53, Infinity, '0', '12', 0n, 1n, '', ' ', null, undefined),
);

/** What came through, or the refusal. */
function outcome<T>(call: () => T): { readonly passed: T } | 'refused' {
  try {
    return { passed: call() };
  } catch (error) {
    expect(isMillraceError(error) && error.code).toBe('NATIVE_ARGUMENT');
    return 'refused';
  }
}

const isInteger = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;

describe('hostile values never get through', () => {
  test('partitions', () => {
    fc.assert(
      fc.property(hostile, hostile, (topic, partition) => {
        const seen = outcome(() => partitionForNative({ topic, partition }));
        if (seen === 'refused') return;
        expect(seen.passed.topic).toMatch(/^[\w.-]{1,249}$/);
        expect(isInteger(seen.passed.partition, 0, 2 ** 31 - 1)).toBe(true);
      }),
    );
  });

  test('commits', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, hostile, (partition, offset, metadata, leaderEpoch) => {
        const entry = { topic: 'links', partition, offset, metadata, leaderEpoch };
        const seen = outcome(() => commitForNative(entry));
        if (seen === 'refused') return;
        expect(isInteger(seen.passed.offset, 0, Number.MAX_SAFE_INTEGER)).toBe(true);
        expect(seen.passed.metadata).toMatch(/^[ -~]{0,4095}$/);
        if ('leaderEpoch' in seen.passed)
          expect(isInteger(seen.passed.leaderEpoch, -1, 2 ** 31 - 1)).toBe(true);
      }),
    );
  });

  test('starts, counts and timeouts', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const start = outcome(() => startForNative({ topic: 'links', partition: 0, offset: value }));
        if (start !== 'refused' && value !== undefined)
          expect(Number.isSafeInteger(start.passed.offset)).toBe(true);
        const count = outcome(() => countForNative(value));
        if (count !== 'refused') expect(isInteger(count.passed, 1, 100_000)).toBe(true);
        const timeout = outcome(() => timeoutForNative(value));
        if (timeout !== 'refused') expect(isInteger(timeout.passed, 10, 600_000)).toBe(true);
      }),
    );
  });

  test('keys, values and headers', () => {
    fc.assert(
      fc.property(hostile, fc.string({ unit: 'binary' }), (value, key) => {
        const bytes = outcome(() => bytesForNative(value));
        if (bytes !== 'refused') expect(bytes.passed === null || Buffer.isBuffer(bytes.passed)).toBe(true);
        const headers = outcome(() => headersForNative([{ [key]: value }]));
        if (headers === 'refused') return;
        const [entry] = Object.entries(headers.passed[0] ?? {});
        expect(entry?.[0]).toBe(key);
        expect(Buffer.isBuffer(entry?.[1])).toBe(true);
        expect(Buffer.from(key).toString()).toBe(key);
      }),
    );
  });

  test('properties of a client', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), hostile), (config) => {
        const seen = outcome(() => configForNative(config));
        if (seen === 'refused') return;
        for (const text of Object.values(seen.passed)) expect(text.includes('\0')).toBe(false);
      }),
    );
  });
});

describe('a value is looked at once', () => {
  test('a getter cannot show another offset afterwards', () => {
    let reads = 0;
    const entry = {
      topic: 'links',
      partition: 0,
      get offset() {
        reads += 1;
        return reads === 1 ? 7 : NaN;
      },
      metadata: '',
      leaderEpoch: undefined,
    };
    const share = commitForNative(entry);
    expect([share.offset, share.offset]).toEqual([7, 7]);
    expect(reads).toBe(1);
  });
});

describe('what must not change on its way', () => {
  test('an unknown leader epoch is left out, not handed over as undefined', () => {
    const share = commitForNative({
      topic: 't',
      partition: 0,
      offset: 1,
      metadata: '',
      leaderEpoch: undefined,
    });
    expect(Object.keys(share)).not.toContain('leaderEpoch');
  });

  test('a start without an offset has no offset', () => {
    expect(startForNative({ topic: 't', partition: 1, offset: undefined })).toEqual({
      topic: 't',
      partition: 1,
    });
  });

  test('an empty value is a view of no bytes into some, so that it does not arrive as null', () => {
    for (const bytes of [bytesForNative(Buffer.alloc(0)), headersForNative([{ a: '' }])[0]?.['a']]) {
      expect(bytes?.length).toBe(0);
      expect(bytes?.buffer.byteLength).toBeGreaterThan(0);
    }
  });

  test('bytes are the very same object', () => {
    const bytes = Buffer.from([0, 255]);
    expect(bytesForNative(bytes)).toBe(bytes);
  });
});

describe('refusals', () => {
  test('topics that are none', () => {
    for (const topic of ['', '^links', 'a b', '.', '..', 'a'.repeat(250), 'a\0b', 'ä']) {
      expect(() => topicForNative(topic)).toThrow('a topic must');
    }
  });

  test('tell the kind of a value, never the value', () => {
    expect(() => topicForNative('secret topic')).toThrow('got a string of 12');
    expect(() => offsetForNative('123')).toThrow('an offset must be a safe integer >= 0, got a string of 3');
    expect(() => configForNative({ 'sasl.password': { secret: 1 } })).toThrow(
      'the property sasl.password must be a string, a finite number or a boolean, got object',
    );
  });

  test('headers that the binding would lose or garble', () => {
    for (const header of [
      {},
      { a: 'x', b: 'y' },
      { a: null },
      { '': 'x' },
      { 'a\0b': 'x' },
      { '\ud800': 'x' },
    ]) {
      expect(() => headersForNative([header])).toThrow('header must');
    }
    const named = JSON.parse('{"__proto__": "x"}') as object;
    expect(() => headersForNative([named])).toThrow('not __proto__');
  });
});
