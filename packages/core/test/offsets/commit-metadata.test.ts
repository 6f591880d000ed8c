import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  decodeMetadata,
  encodeMetadata,
  type MetadataSections,
  partitionCountOf,
  withPartitionCount,
} from '../../src/offsets/commit-metadata.js';

const letter = fc
  .integer({ min: 0x20, max: 0x7e })
  .filter((code) => code !== 0x7c)
  .map((code) => String.fromCharCode(code));
const value = fc
  .array(
    fc.integer({ min: 0x20, max: 0x7e }).filter((code) => code !== 0x7c),
    { maxLength: 80 },
  )
  .map((codes) => String.fromCharCode(...codes));
const sections: fc.Arbitrary<MetadataSections> = fc
  .array(fc.tuple(letter, value), { maxLength: 20 })
  .map((entries) => new Map(entries));

describe('the metadata of a commit', () => {
  test('is a version, sections and a pad', () => {
    expect(encodeMetadata(new Map())).toBe('MR1|~');
    expect(
      encodeMetadata(
        new Map([
          ['n', 'c'],
          ['m', 'x~y'],
        ]),
      ),
    ).toBe('MR1|n:c|m:x~y|~');
  });

  test('comes back as it was written, in the same order', () => {
    fc.assert(
      fc.property(sections, (given) => {
        const text = encodeMetadata(given);
        expect(text).toMatch(/^[\x20-\x7e]*$/);
        expect([...(decodeMetadata(text) ?? [])]).toEqual([...given]);
      }),
    );
  });

  test('survives a client that drops the last byte or adds one', () => {
    fc.assert(
      fc.property(sections, fc.nat(255), (given, code) => {
        const text = encodeMetadata(given);
        const byte = String.fromCharCode(code);
        expect(decodeMetadata(text.slice(0, -1))).toEqual(new Map(given));
        expect(decodeMetadata(text + byte)).toEqual(byte === '|' ? undefined : new Map(given));
      }),
    );
  });

  test('keeps sections of a letter that it does not know', () => {
    const text = 'MR1|n:c|q:from a newer version|~';
    expect(encodeMetadata(withPartitionCount(decodeMetadata(text) as MetadataSections, 12))).toBe(text);
  });

  test.each([
    ['nothing', ''],
    ['a foreign text', 'committed by hand'],
    ['another version', 'MR2|n:c|~'],
    ['another program with a similar start', 'MRX|n:c|~'],
    ['a head alone, cut off', 'MR1'],
    ['a section without a value mark', 'MR1|n|~'],
    ['an empty section', 'MR1||~'],
    ['the same section twice', 'MR1|n:c|n:d|~'],
    ['a section that was cut off', 'MR1|n:c|m:abc'],
    ['rubbish behind the pad', 'MR1|n:c|~~~'],
    ['a letter outside printable ASCII', 'MR1|n:\u00e9|~'],
    ['a control character', 'MR1|n:\u0000|~'],
    ['more than fits', `MR1|n:${'c'.repeat(4_095)}|~`],
  ])('ignores %s', (_, text) => {
    expect(decodeMetadata(text)).toBeUndefined();
  });

  test('reads any text without failing, and what it accepts it can write again', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `MR1|${text}|~`),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          const read = decodeMetadata(text);
          if (read !== undefined) expect(decodeMetadata(encodeMetadata(read))).toEqual(read);
        },
      ),
    );
  });

  test('never exceeds 4,095 bytes: what does not fit is left out, the rest stays', () => {
    const written = encodeMetadata(
      new Map([
        ['n', 'c'],
        ['m', 'x'.repeat(4_090)],
        ['q', 'y'],
      ]),
    );
    expect(written).toBe('MR1|n:c|q:y|~');
    const brimful = encodeMetadata(new Map([['m', 'x'.repeat(4_095 - 'MR1|m:|~'.length)]]));
    expect([brimful.length, decodeMetadata(brimful)?.get('m')?.length]).toEqual([4_095, 4_087]);
  });

  test('leaves out what cannot be written, instead of damaging the rest', () => {
    const hostile = new Map([
      ['ab', 'x'],
      ['', 'x'],
      ['|', 'x'],
      ['x', 'a|b'],
      ['y', 'tab\t'],
      ['z', 'é'],
      ['n', '4'],
    ]);
    expect(encodeMetadata(hostile)).toBe('MR1|n:4|~');
  });

  describe('the partition count', () => {
    test('comes back', () => {
      fc.assert(
        fc.property(sections, fc.integer({ min: 1, max: 200_000 }), (given, count) => {
          expect(partitionCountOf(decodeMetadata(encodeMetadata(withPartitionCount(given, count))))).toBe(
            count,
          );
        }),
      );
    });

    test('goes first, so that it is the last to be left out', () => {
      const full = new Map([['m', 'x'.repeat(4_080)]]);
      expect(partitionCountOf(decodeMetadata(encodeMetadata(withPartitionCount(full, 6))))).toBe(6);
    });

    test.each(['', '0', '000', '-1', '1.5', 'A', '1234567', ' 6'])('is unknown when it says %j', (text) => {
      expect(partitionCountOf(new Map([['n', text]]))).toBeUndefined();
    });

    test('is unknown without metadata or without its section', () => {
      expect([partitionCountOf(undefined), partitionCountOf(new Map())]).toEqual([undefined, undefined]);
    });
  });
});
