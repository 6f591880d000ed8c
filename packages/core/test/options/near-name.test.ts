import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { editDistance, nearName } from '../../src/options/near-name.js';

describe('nearName', () => {
  const names = ['handler', 'topics', 'name', 'groupId', 'drainTimeoutMs'];

  test.each([
    ['hander', 'handler'],
    ['hanlder', 'handler'],
    ['topic', 'topics'],
    ['nmae', 'name'],
    ['groupID', 'groupId'],
    ['draintimeoutms', 'drainTimeoutMs'],
    ['drainTimeout', 'drainTimeoutMs'],
  ])('takes %s for %s', (given, meant) => {
    expect(nearName(given, names)).toBe(meant);
  });

  test.each(['flux', 'x', '', 'nm'])('takes %j for nothing', (given) => {
    expect(nearName(given, names)).toBeUndefined();
  });
});

describe('editDistance', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });

  test('counts an exchange of neighbours as one slip', () => {
    expect(editDistance('hanlder', 'handler')).toBe(1);
  });

  test('is 0 for equal words only, and the same in both directions', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b)).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
    );
  });

  test('stops at its limit', () => {
    fc.assert(
      fc.property(word, word, fc.integer({ min: 1, max: 9 }), (a, b, limit) => {
        expect(editDistance(a, b, limit)).toBe(Math.min(editDistance(a, b), limit));
      }),
    );
  });
});
