import { expect, test } from 'vitest';

import { DataInvalidError } from '../../src/message/data-invalid-error.js';
import { faultText } from '../../src/message/schema-fault.js';

test('a fault reads as a sentence', () => {
  expect(faultText({ kind: 'fault', path: '/items/0', keyword: 'type', params: { type: 'string' } })).toBe(
    '/items/0 breaks type {"type":"string"}',
  );
  expect(faultText({ kind: 'fault', path: '', keyword: 'anyOf', params: {} })).toBe('the value breaks anyOf');
});

test('an error for invalid data carries its fault', () => {
  const fault = { kind: 'fault', path: '/id', keyword: 'type', params: {} } as const;
  const error = new DataInvalidError(fault);
  expect(error).toMatchObject({ name: 'DataInvalidError', code: 'DATA_INVALID', fault });
  expect(error.message).toBe('the data does not match its schema: /id breaks type');
});
