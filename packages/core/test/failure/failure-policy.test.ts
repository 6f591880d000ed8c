import { setImmediate as nextTurn } from 'node:timers/promises';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { failureDecision, type FailurePolicy } from '../../src/failure/failure-policy.js';
import type { Outcome } from '../../src/handler/outcome.js';
import { markInvalid } from '../../src/message/invalid-message.js';
import { Handling } from '../doubles/handling.js';

const error = new Error('no stock');
const delivery = new Handling().deliver();
const decide = (policy?: FailurePolicy, thrown: unknown = error): Outcome =>
  failureDecision(policy)(thrown, delivery);

describe('a handler that failed', () => {
  test('crashes the consumer unless something else is configured', () => {
    expect(decide()).toEqual({ kind: 'crash', error });
    expect(decide({})).toEqual({ kind: 'crash', error });
  });

  test('is skipped where otherwise says so', () => {
    expect(decide({ otherwise: 'skip' })).toEqual({ kind: 'skip', cause: 'failed', error });
  });

  test('is what classify says it is', () => {
    expect(decide({ classify: () => 'skip' })).toEqual({ kind: 'skip', cause: 'failed', error });
    expect(decide({ classify: () => 'crash', otherwise: 'skip' })).toEqual({ kind: 'crash', error });
  });

  test('is shown to classify with its context', () => {
    const seen: unknown[] = [];
    decide({
      classify: (...shown) => {
        seen.push(...shown);
        return 'crash';
      },
    });
    expect(seen).toEqual([error, delivery]);
    expect(seen[1]).toBe(delivery);
  });

  test.each(['retry', 'dead-letter', undefined, null, 'SKIP', 0, {}] as never[])(
    'falls to otherwise when classify returns %o',
    (verdict) => {
      expect(decide({ classify: () => verdict })).toEqual({ kind: 'crash', error });
      expect(decide({ classify: () => verdict, otherwise: 'skip' })).toMatchObject({ kind: 'skip' });
    },
  );

  test('falls to otherwise when classify answers with a promise, whose rejection is nobody’s', async () => {
    const classify = (): never => Promise.reject(new Error('late')) as never;
    expect(decide({ classify, otherwise: 'skip' })).toMatchObject({ kind: 'skip' });
    // an unhandled rejection would fail the run
    await nextTurn();
  });

  test('crashes with both errors when classify throws, whatever otherwise says', () => {
    const bug = new TypeError('bug in classify');
    const outcome = decide({
      classify: () => {
        throw bug;
      },
      otherwise: 'skip',
    });
    expect(outcome.kind).toBe('crash');
    expect((outcome as { error: AggregateError }).error.errors).toEqual([error, bug]);
  });
});

describe('an invalid message', () => {
  const invalid = markInvalid(new Error('undecodable'));

  test('is skipped unless something else is configured, and classify is not asked', () => {
    const classify = (): never => {
      throw new Error('asked');
    };
    expect(decide({ classify }, invalid)).toEqual({ kind: 'skip', cause: 'invalid', error: invalid });
  });

  test('crashes the consumer where invalid says so, whatever otherwise says', () => {
    expect(decide({ invalid: 'crash', otherwise: 'skip' }, invalid)).toEqual({
      kind: 'crash',
      error: invalid,
    });
  });
});

test('every policy decides about everything that can be thrown', () => {
  const policies = fc.record(
    {
      invalid: fc.constantFrom('skip', 'crash'),
      otherwise: fc.constantFrom('skip', 'crash'),
      classify: fc.func(fc.anything()) as fc.Arbitrary<never>,
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<FailurePolicy>;
  fc.assert(
    fc.property(policies, fc.anything(), (policy, thrown) => {
      expect(['skip', 'crash']).toContain(decide(policy, thrown).kind);
    }),
  );
});
