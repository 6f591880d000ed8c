import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isMillraceError } from '../../src/errors.js';
import { json } from '../../src/message/deserializer.js';

function setup(): {
  decode: (value: Buffer | string | null) => unknown;
  refusal: (value: Buffer | string) => string;
} {
  const deserialize = json<unknown>();
  const decode = (value: Buffer | string | null): unknown =>
    deserialize({ value: typeof value === 'string' ? Buffer.from(value) : value });
  const refusal = (value: Buffer | string): string => {
    try {
      decode(value);
    } catch (error) {
      if (isMillraceError(error) && error.code === 'DECODE_FAILED' && error.cause === undefined)
        return error.message;
      throw error;
    }
    return 'accepted';
  };
  return { decode, refusal };
}

/** The key, with each letter written plainly or as an escape. */
function spelt(key: string, escapes: readonly boolean[], upper: boolean): string {
  const escape = (letter: string): string => {
    const code = letter.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${upper ? code.toUpperCase() : code}`;
  };
  return Array.from(key, (letter, i) => (escapes[i] === true ? escape(letter) : letter)).join('');
}
const spelling = fc.tuple(fc.array(fc.boolean(), { minLength: 11, maxLength: 11 }), fc.boolean());

describe('json', () => {
  test('reads JSON', () => {
    expect(setup().decode('{"id":"a","tags":[1,null,"é"]}')).toEqual({ id: 'a', tags: [1, null, 'é'] });
  });

  test.each([['0'], ['""'], ['false'], ['null']])('reads %s as the value it is', (text) => {
    expect(setup().decode(text)).toBe(JSON.parse(text));
  });

  test('gives null for an absent value', () => {
    expect(setup().decode(null)).toBeNull();
  });

  test('refuses an empty value', () => {
    expect(setup().refusal('')).toBe('the value is empty');
  });

  test.each([
    ['a byte that starts nothing', Buffer.from([0x22, 0xff, 0x22])],
    ['a sequence cut short', Buffer.from([0x22, 0xe2, 0x82, 0x22])],
    ['a surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['an overlong form', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
  ])('refuses UTF-8 with %s', (_, value) => {
    expect(setup().refusal(value)).toBe('the value is not valid UTF-8');
  });

  test('accepts a replacement character that was sent', () => {
    expect(setup().decode('"a\uFFFDb"')).toBe('a\uFFFDb');
  });

  test('refuses what is no JSON without a word of it', () => {
    expect(setup().refusal('{"password":"hunter2"')).toBe('the value (21 bytes) is not valid JSON');
    expect(setup().refusal('hunter2')).toBe('the value (7 bytes) is not valid JSON');
  });

  test('reads text that only looks suspicious', () => {
    const data = {
      protocol: 'https',
      note: '__proto__',
      a: 'prototype',
      constructor: 'Ferrari',
      prototype: 1,
      b: '\u0041',
    };
    const text = JSON.stringify(data).replace('"b":"A"', '"b":"\\u0041"');
    expect(setup().decode(text)).toEqual(data);
  });

  test('reads a key that only contains the forbidden one', () => {
    expect(setup().decode('{"x__proto__":1,"__proto__x":2}')).toEqual({ x__proto__: 1, __proto__x: 2 });
  });

  test('refuses a key constructor with a key prototype, alone or deep inside', () => {
    expect(setup().refusal('[{"a":{"constructor":{"b":1,"prototype":{"admin":true}}}}]')).toContain(
      '"constructor"',
    );
  });

  test('refuses __proto__ under a million levels without a stack overflow', () => {
    const levels = 1_000_000;
    expect(setup().refusal(`${'['.repeat(levels)}{"__proto__":1}${']'.repeat(levels)}`)).toContain(
      '"__proto__"',
    );
  });

  test('agrees with JSON.parse on every JSON', () => {
    const { decode } = setup();
    fc.assert(
      fc.property(fc.json(), fc.nat({ max: 3 }), (text, indent) => {
        fc.pre(!text.includes('__proto__'));
        const spaced = JSON.stringify(JSON.parse(text), undefined, indent);
        expect(decode(spaced)).toEqual(JSON.parse(spaced));
      }),
    );
  });

  test('agrees with JSON.parse on every text, JSON or not', () => {
    const { refusal } = setup();
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json().map((text) => text.slice(1)),
        ),
        (text) => {
          fc.pre(text !== '' && !text.includes('__proto__'));
          let valid = true;
          try {
            JSON.parse(text);
          } catch {
            valid = false;
          }
          expect(refusal(text) === 'accepted').toBe(valid);
        },
      ),
    );
  });

  test('lets no spelling of __proto__ through, at any place', () => {
    const { refusal } = setup();
    fc.assert(
      fc.property(spelling, fc.constantFrom('{"polluted":1}', 'null', '[]'), ([escapes, upper], payload) => {
        const key = spelt('__proto__', escapes, upper);
        expect(refusal(`{"a":[{"${key}":${payload}}]}`)).toBe('the value has a key "__proto__"');
        expect('polluted' in {}).toBe(false);
      }),
    );
  });

  test('lets no spelling of constructor.prototype through', () => {
    const { refusal } = setup();
    fc.assert(
      fc.property(spelling, spelling, (first, second) => {
        const text = `{"${spelt('constructor', ...first)}" : {"${spelt('prototype', ...second)}":{"polluted":true}}}`;
        expect(refusal(text)).toContain('"constructor"');
        expect('polluted' in {}).toBe(false);
      }),
    );
  });

  test('never tells a part of what it refuses', () => {
    const { refusal } = setup();
    const known =
      /^the value (is empty|is not valid UTF-8|\(\d+ bytes\) is not valid JSON|has a key "(__proto__|constructor" with a key "prototype)")$|^accepted$/;
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(refusal(Buffer.from(bytes))).toMatch(known);
      }),
    );
  });
});
