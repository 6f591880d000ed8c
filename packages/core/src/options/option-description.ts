import type { SchemaObject } from 'ajv';

/** One option, for the generated configuration page. */
export interface OptionDescription {
  /** Path from the options: `limits.bytes`. */
  readonly name: string;
  /** As in TypeScript: `integer`, `'each' | 'pipelined'`, `(string | RegExp)[]`. */
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
  /** Absent when there is none. */
  readonly default?: unknown;
  /** In words: `>= 0`, `<= 3600000`, `not empty`. */
  readonly bounds: readonly string[];
  /** Whether values are kept out of every text. */
  readonly secret: boolean;
}

/** A table as data, groups after the option that holds them. */
export function describeOptions(
  table: Readonly<Record<string, SchemaObject>>,
  required: readonly string[],
  prefix = '',
): readonly OptionDescription[] {
  return Object.entries(table).flatMap(([name, schema]) => {
    const path = `${prefix}${name}`;
    const group = [schema, ...alternatives(schema)].find((one) => one['properties'] !== undefined);
    const members =
      group === undefined
        ? []
        : describeOptions(
            group['properties'] as typeof table,
            (group['required'] ?? []) as string[],
            `${path}.`,
          );
    return [describe(path, schema, required.includes(name)), ...members];
  });
}

function describe(name: string, schema: SchemaObject, required: boolean): OptionDescription {
  return {
    name,
    type: typeText(schema),
    required,
    description: String(schema['description'] ?? ''),
    ...('default' in schema ? { default: schema['default'] as unknown } : {}),
    bounds: boundsOf(schema),
    secret: schema['secret'] === true,
  };
}

function typeText(schema: SchemaObject): string {
  const choices = [...alternatives(schema), ...conditions(schema)];
  if (choices.length > 0) return union(choices.map(typeText));
  if ('const' in schema) return literal(schema['const']);
  if (schema['enum'] !== undefined) return union((schema['enum'] as unknown[]).map(literal));
  if (schema['isA'] !== undefined) return String(schema['isA']);
  if (schema['typeof'] !== undefined) return union([schema['typeof']].flat().map(String));
  if (schema['methods'] !== undefined)
    return `{ ${(schema['methods'] as string[]).map((method) => `${method}()`).join(', ')} }`;
  if (schema['type'] === 'array') return arrayText(typeText((schema['items'] ?? {}) as SchemaObject));
  const values = schema['additionalProperties'] as SchemaObject | false | undefined;
  if (schema['type'] === 'object' && typeof values === 'object') return `Record<string, ${typeText(values)}>`;
  return schema['type'] === undefined ? 'unknown' : union([schema['type']].flat().map(String));
}

function boundsOf(schema: SchemaObject): string[] {
  const words: Readonly<Record<string, (bound: unknown) => string>> = {
    minimum: (bound) => `>= ${String(bound)}`,
    exclusiveMinimum: (bound) => `> ${String(bound)}`,
    maximum: (bound) => `<= ${String(bound)}`,
    exclusiveMaximum: (bound) => `< ${String(bound)}`,
    minLength: (bound) => (bound === 1 ? 'not empty' : `at least ${String(bound)} characters`),
    maxLength: (bound) => `at most ${String(bound)} characters`,
    minItems: (bound) => (bound === 1 ? 'not empty' : `at least ${String(bound)} items`),
    maxItems: (bound) => `at most ${String(bound)} items`,
    pattern: (bound) => `matches ${String(bound)}`,
  };
  return Object.entries(words).flatMap(([keyword, inWords]) =>
    schema[keyword] === undefined ? [] : [inWords(schema[keyword])],
  );
}

function alternatives(schema: SchemaObject): readonly SchemaObject[] {
  return (schema['anyOf'] ?? []) as readonly SchemaObject[];
}

function conditions(schema: SchemaObject): readonly SchemaObject[] {
  return schema['if'] === undefined
    ? []
    : [schema['if'] as SchemaObject, (schema['else'] ?? {}) as SchemaObject];
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ');
}

function arrayText(item: string): string {
  return item.includes(' ') ? `(${item})[]` : `${item}[]`;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
