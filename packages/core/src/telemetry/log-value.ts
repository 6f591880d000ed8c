/**
 * Replacer for JSON.stringify that keeps out of the log what does not belong there: contents of Buffers and of class
 * instances, and all fields of an error but the known ones.
 */
export function describeForLog(this: unknown, key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  // `toJSON` has been called on `value` already, which turns a Buffer into its bytes; the holder still has the original.
  const original = (this as Record<string, unknown>)[key];
  if (ArrayBuffer.isView(original)) return `<${String(original.byteLength)} bytes>`;
  if (value instanceof Error) return errorForLog(value, 0);
  if (Array.isArray(value) || isPlain(value)) return value;
  return `<${className(value)}>`;
}

/** Causes nest; a chain that is longer, or a ring, is cut. */
const deepestCause = 5;

/** Of `AggregateError`: the first tell what happened. */
const mostErrors = 10;

function errorForLog(error: Error, depth: number): object {
  const { name, message, stack, cause } = error;
  const code =
    'code' in error && (typeof error.code === 'string' || typeof error.code === 'number')
      ? error.code
      : undefined;
  const deeper = depth < deepestCause;
  return {
    name,
    code,
    message,
    stack,
    cause: deeper ? partForLog(cause, depth + 1) : undefined,
    errors:
      deeper && error instanceof AggregateError
        ? error.errors.slice(0, mostErrors).map((part: unknown) => partForLog(part, depth + 1))
        : undefined,
  };
}

/** A cause that is no error may be anything, a payload too: only a text is told. */
function partForLog(value: unknown, depth: number): unknown {
  if (value instanceof Error) return errorForLog(value, depth);
  return typeof value === 'string' || value === undefined ? value : `<${typeof value}>`;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function className(value: object): string {
  const made: unknown = value.constructor;
  return typeof made === 'function' && made.name !== '' ? made.name : 'object';
}
