/**
 * The end of every exhaustive `switch`: it does not compile when a case is missing, and throws when a value arrives that
 * the types rule out. Only the kind of the value is told, since it may be data.
 */
export function assertNever(value: never, what = 'value'): never {
  throw new TypeError(`unexpected ${what} of type ${typeof value}`);
}
