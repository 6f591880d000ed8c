import type { SchemaObject } from 'ajv';

/** JSON Schema of one option, plus what JSON Schema cannot say (see `keywords.ts`). */
export interface OptionSchema<V> extends SchemaObject {
  /** One line for the generated configuration page; the same as in the TSDoc of the member. */
  readonly description: string;
  /** A function has no default: it could not be shown, and would be called for a value by nobody. */
  readonly default?: V extends (...args: never[]) => unknown ? never : V;
  /** Values are never printed, in no error and no page. */
  readonly secret?: boolean;
}

/** Exactly one entry for each member of T: a forgotten one and a default of the wrong type do not compile. */
export type OptionTable<T> = { readonly [K in keyof Required<T>]: OptionSchema<Required<T>[K]> };

/** What `D` has beyond the members of `T` may not be there. */
export type NoSurplus<T, D> = { readonly [K in Exclude<keyof D, keyof T>]: never };

/** The members that T demands. */
export type RequiredMember<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T] & string;

/** Names exactly the members that T demands: one that is left out does not compile. */
export type ExactlyRequired<T, R extends readonly string[]> = [
  Exclude<RequiredMember<T>, R[number]>,
] extends [never]
  ? R
  : readonly RequiredMember<T>[] & {
      readonly 'these are required too': Exclude<RequiredMember<T>, R[number]>;
    };

/** T after the table's defaults have been filled in, nested groups included: a member with a default is never undefined. */
export type WithDefaults<T, D> = {
  readonly [K in keyof T as K extends Defaulted<D> ? never : K]: MemberWithDefaults<T[K], EntryOf<D, K>>;
} & {
  readonly [K in keyof T as K extends Defaulted<D> ? K : never]-?: MemberWithDefaults<
    Exclude<T[K], undefined>,
    EntryOf<D, K>
  >;
};

type EntryOf<D, K> = K extends keyof D ? D[K] : unknown;
type Defaulted<D> = { [K in keyof D]: D[K] extends { readonly default: unknown } ? K : never }[keyof D];

type MemberWithDefaults<V, S> = S extends { readonly properties: infer P }
  ? GroupWithDefaults<V, P>
  : S extends { readonly anyOf: readonly (infer B)[] }
    ? [Extract<B, { readonly properties: unknown }>] extends [never]
      ? V
      : GroupWithDefaults<V, Extract<B, { readonly properties: unknown }>['properties']>
    : V;

/** Of a union such as `false | Group`, the group alone has members. */
type GroupWithDefaults<V, P> = V extends ((...args: never[]) => unknown) | readonly unknown[]
  ? V
  : V extends object
    ? WithDefaults<V, P>
    : V;

/** A group of options inside an option, for `properties` of its entry. */
export interface OptionGroup<D, R extends readonly string[]> {
  readonly type: 'object';
  readonly properties: D;
  readonly required: R;
  readonly additionalProperties: false;
}

/** Schema of an option that is a group of options: `limits: { ...optionGroup<Limits>()({ … }), default: {}, description: '…' }`. */
export function optionGroup<T extends object>() {
  return <const D extends OptionTable<T>, const R extends readonly RequiredMember<T>[] = readonly []>(
    table: D & NoSurplus<T, D>,
    ...[required]: [RequiredMember<T>] extends [never] ? [] : [required: ExactlyRequired<T, R>]
  ): OptionGroup<D, R> => ({
    type: 'object',
    properties: table,
    required: (required ?? []) as unknown as R,
    additionalProperties: false,
  });
}
