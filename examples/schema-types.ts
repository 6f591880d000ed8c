import type { FromSchema, JSONSchema } from 'json-schema-to-ts';

// #region schema-types
// Once in an application: how the type of a schema becomes the type of the data. This line is for JSON Schema literals;
// for typebox it is `readonly data: Static<this['schema']>`. Zod, valibot and arktype need none.
declare module '@millrace/kafka' {
  interface SchemaTypes {
    readonly data: this['schema'] extends JSONSchema ? FromSchema<this['schema']> : unknown;
  }
}
// #endregion
