/**
 * Where and why data does not match its schema. It goes into logs, spans and dead letters, so it names places and rules
 * and holds no value of the data.
 */
export interface SchemaFault {
  readonly kind: 'fault';
  /** JSON pointer to the place; empty = the whole value. Cut after 200 characters, since keys come from the data. */
  readonly path: string;
  /** The rule that is broken: a keyword of JSON Schema, or the issue code of a Standard Schema. */
  readonly keyword: string;
  /** The bounds of the rule, as the schema has them. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** The fault on one line, for logs and errors. */
export function faultText({ path, keyword, params }: SchemaFault): string {
  const bounds = Object.keys(params).length === 0 ? '' : ` ${JSON.stringify(params)}`;
  return `${path === '' ? 'the value' : path} breaks ${keyword}${bounds}`;
}

/**
 * Copies what may be told of ajv's errors. With `allErrors` off there is one, or, after a failed choice (`anyOf`,
 * `oneOf`, `if`), those of the branches and last the choice itself: the last is the one that is true without knowing
 * which branch was meant.
 */
export function copyFault(errors: readonly object[] | null | undefined): SchemaFault {
  const last: { instancePath?: unknown; keyword?: unknown; params?: unknown } = errors?.at(-1) ?? {};
  return {
    kind: 'fault',
    path: cut(text(last.instancePath, '')),
    keyword: cut(text(last.keyword, 'schema')),
    params: typeof last.params === 'object' && last.params !== null ? allowedParams(last.params) : {},
  };
}

/** Copies what may be told of a Standard Schema's issues: their messages often quote the data and are left out. */
export function standardFault(issues: readonly object[]): SchemaFault {
  const first: { path?: unknown; code?: unknown } = issues[0] ?? {};
  const path = Array.isArray(first.path) ? (first.path as unknown[]) : [];
  return {
    kind: 'fault',
    path: cut(path.map((segment) => `/${pointerSegment(segment)}`).join('')),
    keyword: cut(text(first.code, 'standard')),
    params: {},
  };
}

/**
 * Names of parameters that come from the schema, or name a property. A list of what is allowed, since there are others
 * that quote the data (`tagValue` of `discriminator`, whatever custom keywords hold).
 */
const paramNames = new Set([
  ...[
    'type',
    'nullable',
    'limit',
    'comparison',
    'multipleOf',
    'format',
    'pattern',
    'allowedValue',
    'allowedValues',
  ],
  ...[
    'missingProperty',
    'additionalProperty',
    'unevaluatedProperty',
    'propertyName',
    'property',
    'deps',
    'depsCount',
  ],
  ...['minContains', 'maxContains', 'i', 'j', 'len', 'failingKeyword', 'passingSchemas', 'error', 'tag'],
]);

function allowedParams(params: object): Record<string, unknown> {
  const allowed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(params)) {
    if (paramNames.has(name)) allowed[name] = typeof value === 'string' ? cut(value) : value;
  }
  return allowed;
}

function pointerSegment(segment: unknown): string {
  const key = typeof segment === 'object' && segment !== null && 'key' in segment ? segment.key : segment;
  return String(key).replaceAll('~', '~0').replaceAll('/', '~1');
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

function cut(value: string): string {
  return value.length > 200 ? `${value.slice(0, 200)}…` : value;
}
