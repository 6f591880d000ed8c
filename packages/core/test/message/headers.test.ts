import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { headerMap } from '../../src/message/headers.js';

const key = fc.oneof(
  fc.string(),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'a', 'b'),
);
const value = fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes));

/** As a transport makes it, but with keys defined rather than assigned, so that `__proto__` is a key like any other. */
function entry(name: string, bytes: Buffer): Record<string, Buffer> {
  return Object.defineProperty({}, name, { value: bytes, enumerable: true });
}

describe('headerMap', () => {
  test('keeps repeated keys in order', () => {
    const [a1, b, a2] = [Buffer.from('1'), Buffer.from('2'), Buffer.from('3')];
    const map = headerMap([{ a: a1 }, { b }, { a: a2 }]);
    expect([...map]).toEqual([
      ['a', [a1, a2]],
      ['b', [b]],
    ]);
    expect(map.get('a')?.[0]).toBe(a1);
  });

  test('gives one empty map for all messages without headers', () => {
    expect(headerMap(undefined).size).toBe(0);
    expect(headerMap([])).toBe(headerMap(undefined));
  });

  test('protects the empty map from writes around the types', () => {
    const map = headerMap(undefined) as Map<string, Buffer[]>;
    expect(() => map.set('a', [])).toThrow('cannot be changed');
    expect(headerMap([]).size).toBe(0);
  });

  test('is not misled by an entry whose prototype a hostile header has replaced', () => {
    const hostile = { a: Buffer.from('1') };
    Object.setPrototypeOf(hostile, Buffer.from('evil'));
    expect([...headerMap([hostile]).keys()]).toEqual(['a']);
  });

  test('holds exactly the headers that were sent, whatever their keys', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value)), (sent) => {
        const map = headerMap(sent.map(([name, bytes]) => entry(name, bytes)));
        const expected = new Map<string, Buffer[]>();
        for (const [name, bytes] of sent) expected.set(name, [...(expected.get(name) ?? []), bytes]);
        expect([...map]).toEqual([...expected]);
      }),
    );
  });
});
