import type { ErrorObject, SchemaObject } from 'ajv';

import { missingMethods } from './keywords.js';
import { nearName } from './near-name.js';
import type { OptionFault } from './options-error.js';

/** ajv's errors, made with `allErrors` and `verbose`, in our words; a place is told once for each thing wrong with it. */
export function faultsOf(errors: readonly ErrorObject[], schema: SchemaObject): OptionFault[] {
  return withoutWrappers(errors).map((found) => {
    const { error, expectations } = found;
    const segments = segmentsOf(error.instancePath);
    switch (error.keyword) {
      case 'required':
        return { path: pathOf([...segments, param(error, 'missingProperty')]), message: 'is required' };
      case 'additionalProperties': {
        const name = param(error, 'additionalProperty');
        return { path: pathOf([...segments, name]), message: `is not an option${hint(name, error)}` };
      }
      case 'propertyNames':
        return {
          path: pathOf([...segments, param(error, 'propertyName')]),
          message: 'is not a possible name here',
        };
      default: {
        const got = describeValue(error.data, isSecret(segments, schema));
        return { path: pathOf(segments), message: `must ${expectations.join(' or ')}, got ${got}` };
      }
    }
  });
}

interface Found {
  readonly error: ErrorObject;
  /** What the value must do or be; several for a choice. */
  readonly expectations: readonly string[];
}

/**
 * `if` only says that a branch failed, which the branch has said already. A failed choice (`anyOf`) comes after the
 * errors of all its branches: when one of them looked inside the value, that branch was meant and its errors stand;
 * otherwise all become one, "must be this or that". Inner choices come first, so one pass is enough.
 */
function withoutWrappers(errors: readonly ErrorObject[]): Found[] {
  let found: Found[] = [];
  for (const error of errors) {
    if (error.keyword === 'if' || isOfPropertyName(error)) continue;
    if (error.keyword !== 'anyOf') {
      found.push({ error, expectations: [expectation(error)] });
      continue;
    }
    const isOfBranch = ({ error: other }: Found): boolean =>
      other.schemaPath.startsWith(`${error.schemaPath}/`) && isWithin(other, error);
    const branches = found.filter(isOfBranch);
    const inside = branches.filter(({ error: other }) => looksInside(other, error));
    found = found.filter((other) => !isOfBranch(other));
    if (inside.length > 0) found.push(...inside);
    else found.push({ error, expectations: [...new Set(branches.flatMap((branch) => branch.expectations))] });
  }
  return found;
}

/** The rule that a name breaks is told by the error of `propertyNames` that follows. */
function isOfPropertyName(error: ErrorObject): boolean {
  return error.keyword !== 'propertyNames' && error.schemaPath.includes('/propertyNames/');
}

function isWithin(error: ErrorObject, wrapper: ErrorObject): boolean {
  return (
    error.instancePath === wrapper.instancePath || error.instancePath.startsWith(`${wrapper.instancePath}/`)
  );
}

function looksInside(error: ErrorObject, wrapper: ErrorObject): boolean {
  return (
    error.instancePath !== wrapper.instancePath ||
    error.keyword === 'required' ||
    error.keyword === 'additionalProperties'
  );
}

/** To be read after "must". */
function expectation(error: ErrorObject): string {
  const wanted: unknown = error.schema;
  switch (error.keyword) {
    case 'type':
    case 'typeof':
      return `be ${listed([wanted].flat().map((type) => withArticle(String(type))))}`;
    case 'isA':
      return `be ${withArticle(String(wanted))}`;
    case 'methods':
      return `have the method ${missingMethods(wanted as string[], error.data).join(', ')}`;
    case 'enum':
      return `be ${listed((wanted as unknown[]).map(literal))}`;
    case 'const':
      return `be ${literal(wanted)}`;
    case 'minLength':
      return wanted === 1 ? 'not be empty' : `have at least ${String(wanted)} characters`;
    case 'maxLength':
      return `have at most ${String(wanted)} characters`;
    case 'minItems':
      return wanted === 1 ? 'not be empty' : `have at least ${String(wanted)} items`;
    case 'maxItems':
      return `have at most ${String(wanted)} items`;
    case 'uniqueItems':
      return 'not hold the same item twice';
    case 'pattern':
      return `match ${String(wanted)}`;
    default:
      // minimum, exclusiveMaximum, multipleOf …: "must be >= 0".
      return (error.message ?? `satisfy ${error.keyword}`).replace(/^must /, '');
  }
}

function hint(name: string, error: ErrorObject): string {
  const meant = nearName(name, Object.keys((error.parentSchema?.['properties'] ?? {}) as object));
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

/** What a value is, told so that it can be found in the code; a secret by its kind alone. */
function describeValue(value: unknown, secret: boolean): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value))
    return value.length === 0 ? 'an empty array' : `an array of ${String(value.length)}`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object') return withArticle(className(value));
  if (value === '') return 'an empty string';
  if (secret || typeof value === 'symbol') return withArticle(typeof value);
  return literal(value);
}

function className(value: object): string {
  const made: unknown = value.constructor;
  return typeof made === 'function' && made.name !== '' && made !== Object ? made.name : 'object';
}

/** Whether the option at a place, or one around it, is marked `secret`. Of several alternatives one is enough. */
function isSecret(segments: readonly string[], schema: SchemaObject): boolean {
  if (schema['secret'] === true) return true;
  const [name, ...rest] = segments;
  if (name === undefined) return false;
  const properties = (schema['properties'] ?? {}) as Record<string, SchemaObject>;
  const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
  const inner: unknown = own ?? schema['additionalProperties'] ?? schema['items'];
  if (isSchema(inner) && isSecret(rest, inner)) return true;
  const branches: unknown[] = [...((schema['anyOf'] ?? []) as unknown[]), schema['then'], schema['else']];
  return branches.some((branch) => isSchema(branch) && isSecret(segments, branch));
}

function isSchema(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null;
}

function literal(value: unknown): string {
  if (typeof value !== 'string') return typeof value === 'bigint' ? `${String(value)}n` : String(value);
  return `'${value.length > 60 ? `${value.slice(0, 60)}…` : value}'`;
}

function withArticle(noun: string): string {
  if (noun === 'null' || noun === 'undefined') return noun;
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? 'nothing';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

function param(error: ErrorObject, name: string): string {
  return String((error.params as Record<string, unknown>)[name]);
}

function segmentsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** As one would write it in code: `limits.bytes`, `topics[0]`, `headers['content-type']`. */
function pathOf(segments: readonly string[]): string {
  return segments.reduce((path, segment) => {
    if (/^\d+$/.test(segment)) return `${path}[${segment}]`;
    if (!/^[A-Za-z_$][\w$]*$/.test(segment)) return `${path}['${segment}']`;
    return path === '' ? segment : `${path}.${segment}`;
  }, '');
}
