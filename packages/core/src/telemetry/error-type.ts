import { isMillraceError } from '../errors.js';

/**
 * `error.type`: of few values, so that metrics can be grouped by it. A code of ours, else the name of the
 * error's class.
 */
export function errorType(error: unknown): string {
  if (isMillraceError(error)) return error.code;
  if (!(error instanceof Error)) return '_OTHER';
  const made: unknown = error.constructor;
  const className = typeof made === 'function' ? made.name : '';
  // a class that sets only its `name` is as common as one that sets only its class
  const name = error.name === 'Error' && className !== '' ? className : error.name;
  return typeof name === 'string' && name !== '' ? name.slice(0, 80) : '_OTHER';
}
