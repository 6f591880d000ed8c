import { MillraceError } from '../errors.js';
import { ajvCompiler, type SchemaCompilerOptions, type ValidationFunction } from './ajv-compiler.js';
import { copyFault, type SchemaFault, standardFault } from './schema-fault.js';

/** Data that a Standard Schema has made of the data given: coerced, stripped, filled with defaults. */
export interface SchemaReplacement {
  readonly kind: 'replaced';
  readonly data: unknown;
}

/** Undefined = valid as it is. */
export type SchemaVerdict = SchemaFault | SchemaReplacement | undefined;

/** A schema made ready. A promise comes back from Standard Schemas only, and only from those that answer with one. */
export type SchemaValidator = (data: unknown) => SchemaVerdict | Promise<SchemaVerdict>;

/** Makes a validator, or throws SCHEMA_INVALID. `subject` says whose schema it is, for the error: `topic "orders"`. */
export type SchemaCompiler = (schema: object, subject: string) => SchemaValidator;

/**
 * Compiles schemas at start, so that a bad one is known before a message arrives. Accepted are
 *
 * - anything with `~standard` (Standard Schema: zod, valibot, arktype), synchronous or not; what it returns is the data;
 * - a validation function compiled ahead by ajv's standalone mode: it returns a boolean and leaves `errors` on itself;
 * - a JSON Schema. ajv compiles it in strict mode (an unknown keyword or format is an error), stops at the first fault
 *   (collecting all of them lets one message cost without bound), and changes nothing: no coercion, defaults or removal.
 */
export function schemaCompiler(options: SchemaCompilerOptions = {}): SchemaCompiler {
  if (options.schemas?.some((shared) => !('$id' in shared))) {
    throw new MillraceError('SCHEMA_INVALID', 'a shared schema needs an $id, by which others refer to it');
  }
  const fromJsonSchema = ajvCompiler(options);
  return (schema, subject) => {
    if (isStandardSchema(schema)) return standardValidator(schema);
    try {
      return booleanValidator(
        typeof schema === 'function' ? (schema as ValidationFunction) : fromJsonSchema(schema),
        subject,
      );
    } catch (error) {
      const why = error instanceof Error ? error.message : 'it cannot be compiled';
      throw new MillraceError('SCHEMA_INVALID', `the schema of ${subject}: ${why}`, { cause: error });
    }
  };
}

function booleanValidator(validate: ValidationFunction, subject: string): SchemaValidator {
  return (data) => {
    const valid = callSafely(validate, data);
    if (valid === true) return undefined;
    if (valid === tooDeep) return { kind: 'fault', path: '', keyword: 'depth', params: {} };
    if (valid === false) return copyFault(validate.errors);
    throw new MillraceError(
      'SCHEMA_INVALID',
      `the schema of ${subject}: a validation function must return true or false`,
    );
  };
}

const tooDeep = Symbol('too deep');

/** A schema that refers to itself recurses as deep as the data: a sender's doing, not a failure of ours. */
function callSafely(validate: ValidationFunction, data: unknown): unknown {
  try {
    return validate(data);
  } catch (error) {
    if (error instanceof RangeError) return tooDeep;
    throw error;
  }
}

/** The part of the Standard Schema interface, version 1, that is used here. */
interface StandardSchema {
  readonly '~standard': { readonly validate: (data: unknown) => StandardResult | Promise<StandardResult> };
}
type StandardResult =
  { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly object[] };

function isStandardSchema(schema: object): schema is StandardSchema {
  return '~standard' in schema;
}

function standardValidator(schema: StandardSchema): SchemaValidator {
  const standard = schema['~standard'];
  return (data) => {
    const result = standard.validate(data);
    // Any thenable counts: a library may bring promises of its own.
    return 'then' in result ? result.then((late) => verdict(late, data)) : verdict(result, data);
  };
}

function verdict(result: StandardResult, data: unknown): SchemaVerdict {
  if (result.issues !== undefined) return standardFault(result.issues);
  return result.value === data ? undefined : { kind: 'replaced', data: result.value };
}
