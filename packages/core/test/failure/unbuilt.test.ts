import { describe, expect, test } from 'vitest';

import type { FailurePolicy } from '../../src/failure/failure-policy.js';
import { unbuiltFaults } from '../../src/failure/unbuilt.js';

describe('a policy that this version cannot carry out', () => {
  test.each<[string, FailurePolicy]>([
    ['retry', { retry: { attempts: 3 } }],
    ['retryTopic', { retryTopic: { delaysMs: [1_000] } }],
    ['deadLetter', { deadLetter: true }],
    ['killedAfter', { killedAfter: 5 }],
    ['allowReordering', { allowReordering: true }],
    ['keepKeyOrder', { keepKeyOrder: { maxParked: 10 } }],
    ['invalid', { invalid: 'dead-letter' }],
  ])('is refused for its member %s, with what there is instead', (name, policy) => {
    const [fault, ...others] = unbuiltFaults(policy);
    expect(others).toEqual([]);
    expect(fault?.path).toBe(`onFailure.${name}`);
    expect(fault?.message).toMatch(/this version/);
    expect(fault?.message).toMatch(/'skip'.*'crash'/);
  });

  test('is refused for all of its members at once, where it stands', () => {
    const faults = unbuiltFaults(
      { retry: { attempts: 3 }, deadLetter: true, otherwise: 'skip' },
      'handlers[1].onFailure',
    );
    expect(faults.map(({ path }) => path)).toEqual([
      'handlers[1].onFailure.retry',
      'handlers[1].onFailure.deadLetter',
    ]);
  });
});

test('a policy that this version carries out is let through', () => {
  expect(unbuiltFaults({})).toEqual([]);
  const policy: FailurePolicy = {
    invalid: 'crash',
    otherwise: 'skip',
    classify: () => 'skip',
    keepKeyOrder: false,
    allowReordering: false,
  };
  expect(unbuiltFaults(policy)).toEqual([]);
});
