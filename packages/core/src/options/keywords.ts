import { types } from 'node:util';

import type { Ajv } from 'ajv';

/**
 * What options need and JSON Schema lacks. In a schema:
 *
 * - `typeof: 'function'` or `typeof: ['object', 'function']`: what the operator says (null is no object here);
 * - `isA: 'RegExp'`: a regular expression; `isA: 'Service'`: an object with the brand `Symbol.for('@millrace/service')`,
 *   which survives two copies of the package in one process, as `instanceof` does not;
 * - `methods: ['check']`: an object or function that has these methods, for ports that users implement;
 * - `secret: true`: values below are never printed.
 */
export function addOptionKeywords(ajv: Ajv): void {
  ajv.addKeyword({
    keyword: 'typeof',
    schemaType: ['string', 'array'],
    errors: false,
    validate: (wanted: string | readonly string[], value: unknown) => hasType(wanted, value),
  });
  ajv.addKeyword({
    keyword: 'isA',
    schemaType: 'string',
    errors: false,
    validate: (wanted: string, value: unknown) => isA(wanted, value),
  });
  ajv.addKeyword({
    keyword: 'methods',
    schemaType: 'array',
    errors: false,
    validate: (wanted: readonly string[], value: unknown) => missingMethods(wanted, value).length === 0,
  });
  ajv.addKeyword({ keyword: 'secret', schemaType: 'boolean' });
}

/** Those of the wanted methods that a value does not have. */
export function missingMethods(wanted: readonly string[], value: unknown): readonly string[] {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return wanted;
  return wanted.filter((name) => typeof (value as Record<string, unknown>)[name] !== 'function');
}

function hasType(wanted: string | readonly string[], value: unknown): boolean {
  return (
    value !== null && (typeof wanted === 'string' ? typeof value === wanted : wanted.includes(typeof value))
  );
}

function isA(wanted: string, value: unknown): boolean {
  if (wanted === 'RegExp') return types.isRegExp(value);
  return typeof value === 'object' && value !== null && Symbol.for(brandOf(wanted)) in value;
}

/** `ConsumerFactory` is branded `@millrace/consumer-factory`. */
function brandOf(className: string): string {
  return `@millrace/${className.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}`;
}
