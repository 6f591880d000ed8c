import { createRequire } from 'node:module';

import { Ajv, type Options } from 'ajv';
import type * as draft2019 from 'ajv/dist/2019.js';
import type * as draft2020 from 'ajv/dist/2020.js';
import type * as typeDefinition from 'ajv/dist/jtd.js';
import formats from 'ajv-formats';

/** The drafts of JSON Schema, and JSON Type Definition (RFC 8927). */
export type SchemaDialect = '07' | '2019' | '2020' | 'jtd';

/** How JSON Schemas are compiled. */
export interface SchemaCompilerOptions {
  /** Schemas that others refer to with `$ref`, each with an `$id`. @defaultValue `[]` */
  readonly schemas?: readonly object[];
  /** @defaultValue what the schema's `$schema` says, else `'07'` */
  readonly dialect?: SchemaDialect;
}

/** What ajv compiles a schema to. The faults of the last call lie on the function, and the next call overwrites them. */
export interface ValidationFunction {
  (data: unknown): unknown;
  readonly errors?: readonly object[] | null;
}

/** What the classes of all dialects are derived from. */
type AnyAjv = Parameters<typeof formats.default>[0];

/** Compiles JSON Schemas; throws what ajv throws. */
export function ajvCompiler({
  schemas = [],
  dialect,
}: SchemaCompilerOptions): (schema: object) => ValidationFunction {
  const instances = new Map<string, AnyAjv>();

  const instanceFor = (schema: object): AnyAjv => {
    const chosen = dialect ?? declaredDialect(schema) ?? '07';
    const text = JSON.stringify(schema);
    const ownProperties = namesInheritedMember(text + JSON.stringify(schemas));
    // An instance knows each $id once, and two topics may bring the same: schemas with one do not share an instance.
    const key = text.includes('"$id"') ? undefined : `${chosen} ${String(ownProperties)}`;
    const present = key === undefined ? undefined : instances.get(key);
    if (present !== undefined) return present;
    const ajv = newAjv(chosen, ownProperties);
    for (const shared of schemas) if (idOf(shared) !== idOf(schema)) ajv.addSchema(shared);
    // Making one takes 20 ms.
    if (key !== undefined) instances.set(key, ajv);
    return ajv;
  };

  return (schema) => {
    const validate = instanceFor(schema).compile(schema);
    if ('$async' in validate) throw new Error('asynchronous JSON Schemas ($async) are not supported');
    return validate;
  };
}

function newAjv(dialect: SchemaDialect, ownProperties: boolean): AnyAjv {
  // What strict mode only warns of goes to the console without `logger: false`.
  const common = { allErrors: false, ownProperties, logger: false } as const satisfies Options;
  const options = { ...common, strict: true };
  switch (dialect) {
    case '07':
      return formats.default(new Ajv(options));
    case '2019':
      return formats.default(new (require('ajv/dist/2019.js') as typeof draft2019).Ajv2019(options));
    case '2020':
      return formats.default(new (require('ajv/dist/2020.js') as typeof draft2020).Ajv2020(options));
    case 'jtd':
      // It is always strict, and has formats of its own.
      return new (require('ajv/dist/jtd.js') as typeof typeDefinition).Ajv(common);
  }
}

/** The other dialects cost 10 ms and more to load and are rare. ajv is CommonJS, so a synchronous load is possible. */
const require = createRequire(import.meta.url);

function declaredDialect(schema: object): SchemaDialect | undefined {
  const declared = '$schema' in schema && typeof schema.$schema === 'string' ? schema.$schema : '';
  if (declared.includes('draft/2020-12')) return '2020';
  if (declared.includes('draft/2019-09')) return '2019';
  return undefined;
}

/**
 * Whether a schema speaks of a property that every object inherits, as data of motor races does of `constructor`. Only
 * then does ajv look at own properties: otherwise that is a hundred nanoseconds a message for nothing.
 */
function namesInheritedMember(text: string): boolean {
  return Object.getOwnPropertyNames(Object.prototype).some((name) => text.includes(`"${name}"`));
}

function idOf(schema: object): unknown {
  return '$id' in schema ? schema.$id : undefined;
}
