import { describe, expect, test } from 'vitest';

import { type ErrorCode, errorCodes, isMillraceError, MillraceError } from '../src/errors.js';

describe('MillraceError', () => {
  test('has a code, and whether a retry can help', () => {
    expect(new MillraceError('CONNECT_FAILED').retriable).toBe(true);
    expect(new MillraceError('OPTIONS_INVALID').retriable).toBe(false);
    expect(new MillraceError('OPTIONS_INVALID').code).toBe('OPTIONS_INVALID');
  });

  test('says what the table says when nothing better is given', () => {
    expect(new MillraceError('CONNECT_FAILED').message).toBe(errorCodes.CONNECT_FAILED.summary);
    expect(new MillraceError('CONNECT_FAILED', 'no').message).toBe('no');
  });

  test('keeps the error behind it', () => {
    const cause = new Error('socket closed');
    expect(new MillraceError('CONNECT_FAILED', 'no', { cause }).cause).toBe(cause);
  });

  test('names itself in its stack', () => {
    expect(new MillraceError('CONNECT_FAILED', 'no broker').stack).toMatch(/^MillraceError: no broker\n/);
  });

  test('shows its code and no brand as data', () => {
    expect(Object.keys(new MillraceError('CONNECT_FAILED'))).toEqual(['code']);
  });

  test('has a sentence for every code', () => {
    for (const code of Object.keys(errorCodes) as ErrorCode[]) {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
      expect(errorCodes[code].summary).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe('isMillraceError', () => {
  test('knows an error of another copy of the package', () => {
    class OfAnotherCopy extends Error {
      readonly code = 'CONNECT_FAILED';
      get [Symbol.for('@millrace/error')](): true {
        return true;
      }
    }
    expect(isMillraceError(new OfAnotherCopy())).toBe(true);
    expect(isMillraceError(new MillraceError('CONNECT_FAILED'))).toBe(true);
  });

  test.each([new Error('x'), { code: 'CONNECT_FAILED' }, 'CONNECT_FAILED', null, undefined])(
    'does not know %s',
    (value) => {
      expect(isMillraceError(value)).toBe(false);
    },
  );
});
