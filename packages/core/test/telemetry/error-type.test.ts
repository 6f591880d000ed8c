import fc from 'fast-check';
import { expect, test } from 'vitest';

import { MillraceError } from '../../src/errors.js';
import { errorType } from '../../src/telemetry/error-type.js';

test('the type of an error is the code of ours, the class of others, and nothing of what is none', () => {
  class OutOfStock extends Error {}
  const renamed = Object.assign(new Error(), { name: 'AbortError' });
  const errors = [
    new MillraceError('HANDLER_TIMEOUT'),
    new TypeError(),
    new OutOfStock(),
    renamed,
    new Error(),
    'TypeError',
    undefined,
  ];
  expect(errors.map(errorType)).toEqual([
    'HANDLER_TIMEOUT',
    'TypeError',
    'OutOfStock',
    'AbortError',
    'Error',
    '_OTHER',
    '_OTHER',
  ]);
});

test('the type of anything thrown is a short text', () => {
  fc.assert(
    fc.property(fc.anything(), (thrown) => {
      expect(errorType(thrown).length).toBeLessThan(100);
    }),
  );
});
