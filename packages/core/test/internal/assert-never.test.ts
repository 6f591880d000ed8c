import { expect, test } from 'vitest';

import { assertNever } from '../../src/internal/assert-never.js';

test('a value that the types rule out is refused without being told', () => {
  expect(() => assertNever('hunter2' as never, 'outcome')).toThrow(
    new TypeError('unexpected outcome of type string'),
  );
});
