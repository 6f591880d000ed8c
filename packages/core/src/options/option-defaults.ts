import type { SchemaObject } from 'ajv';

/**
 * A frozen copy of what was given, with the defaults of its schema. Only what the schema describes from inside (groups,
 * records, lists) is copied; everything else is handed on as it is. Members that are present and undefined count as
 * absent, unless the schema does not know them: a misspelt name is a fault whatever its value.
 *
 * ajv could fill in defaults, but it writes into nested objects of the caller, and not below `anyOf`.
 */
export function copyWithDefaults(schema: SchemaObject, given: unknown): unknown {
  const value = given === undefined ? (schema['default'] as unknown) : given;
  if (Array.isArray(value)) {
    const items = schema['items'] as SchemaObject | undefined;
    return items === undefined ? value : Object.freeze(value.map((item) => copyWithDefaults(items, item)));
  }
  if (!isPlainObject(value)) return value;
  const group = groupSchema(schema);
  return group === undefined ? value : Object.freeze(copyGroup(group, value));
}

function copyGroup(group: SchemaObject, value: object): object {
  const properties = (group['properties'] ?? {}) as Record<string, SchemaObject>;
  const given = new Map<string, unknown>(Object.entries(value));
  for (const [name, schema] of Object.entries(properties)) {
    const member = copyWithDefaults(schema, given.get(name));
    if (member === undefined) given.delete(name);
    else given.set(name, member);
  }
  // Not by assignment: a key `__proto__` shall be found as the unknown option that it is.
  return Object.fromEntries(given);
}

/** The schema that looks inside an object: the option's own, or that of the one alternative that does. */
function groupSchema(schema: SchemaObject): SchemaObject | undefined {
  if (schema['properties'] !== undefined || typeof schema['additionalProperties'] === 'object') return schema;
  const alternatives = (schema['anyOf'] ?? []) as readonly SchemaObject[];
  return alternatives.find((alternative) => groupSchema(alternative) !== undefined);
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
