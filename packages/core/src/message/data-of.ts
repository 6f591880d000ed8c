/**
 * Filled in by the application, once: how a schema's type becomes a data type. An augmentation adds a member `data`,
 * written in terms of `this['schema']`:
 *
 * ```ts
 * declare module '@millrace/core' {
 *   interface SchemaTypes { readonly data: Static<this['schema']> } // typebox
 * }
 * ```
 */
export interface SchemaTypes {
  readonly schema: object;
}

declare const dataOf: unique symbol;

/** A schema that says itself which data it describes. The mark exists for the compiler only. */
export type TypedSchema<T> = object & { readonly [dataOf]: T };

/**
 * The data that a schema describes: by its own mark ({@link TypedSchema}), as a Standard Schema, or by the application's
 * {@link SchemaTypes}; `unknown` when there is no schema or nothing says.
 */
export type DataOf<S> = object extends S
  ? unknown
  : S extends { readonly [dataOf]: infer T }
    ? T
    : S extends { readonly '~standard': { readonly types?: { readonly output: infer T } | undefined } }
      ? T
      : SchemaTypes & { readonly schema: S } extends { readonly data: infer T }
        ? T
        : unknown;
