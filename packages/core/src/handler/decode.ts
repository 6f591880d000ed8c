import { isMillraceError, MillraceError } from '../errors.js';
import { isThenable } from '../internal/thenable.js';
import { DataInvalidError } from '../message/data-invalid-error.js';
import type { Deserializer } from '../message/deserializer.js';
import { markInvalid } from '../message/invalid-message.js';
import type { Message } from '../message/message.js';
import type { SchemaReplacement, SchemaValidator, SchemaVerdict } from '../message/schema-validator.js';

/** What a schema makes of data that it accepts: nothing, or other data. */
export type Acceptance = SchemaReplacement | undefined;

/**
 * The data of a message, by its deserializer; what that throws, or rejects with, is turned into an error that
 * says so and is marked as the message's own fault. An absent value is null and no deserializer is asked: it
 * stands for a deletion.
 */
export function decoding(deserialize: Deserializer): (message: Message) => unknown {
  return (message) => {
    if (message.value === null) return null;
    try {
      return deserialize(message);
    } catch (error) {
      throw undecodable(error);
    }
  };
}

/** Data that comes later: its rejection is treated as what a synchronous deserializer throws. */
export async function decodedLater(data: PromiseLike<unknown>): Promise<unknown> {
  try {
    return await data;
  } catch (error) {
    throw undecodable(error);
  }
}

/** Asks a schema about data; throws when it does not match, with the place and the rule but no value. */
export function checking(validate: SchemaValidator): (data: unknown) => Acceptance | Promise<Acceptance> {
  return (data) => {
    let verdict: SchemaVerdict | Promise<SchemaVerdict>;
    try {
      verdict = validate(data);
    } catch (error) {
      throw unchecked(error);
    }
    if (verdict === undefined) return undefined;
    return isThenable(verdict) ? checkedLater(verdict) : accepted(verdict);
  };
}

async function checkedLater(verdict: PromiseLike<SchemaVerdict>): Promise<Acceptance> {
  let late: SchemaVerdict;
  try {
    late = await verdict;
  } catch (error) {
    throw unchecked(error);
  }
  return accepted(late);
}

function accepted(verdict: SchemaVerdict): Acceptance {
  if (verdict?.kind === 'fault') throw markInvalid(new DataInvalidError(verdict));
  return verdict;
}

function undecodable(error: unknown): MillraceError {
  if (isMillraceError(error) && error.code === 'DECODE_FAILED') return markInvalid(error);
  return markInvalid(
    new MillraceError('DECODE_FAILED', `the deserializer failed: ${nameOf(error)}`, traceOf(error)),
  );
}

/**
 * A validator that fails instead of answering does so because of the data (too deep, hostile), unless the
 * schema itself is at fault.
 */
function unchecked(error: unknown): MillraceError {
  if (isMillraceError(error) && error.code === 'SCHEMA_INVALID') return error;
  return markInvalid(
    new MillraceError('DATA_INVALID', `the schema's check failed: ${nameOf(error)}`, traceOf(error)),
  );
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : `a value of type ${typeof error} was thrown`;
}

/**
 * Where a foreign error came from, without what it says: parsers quote what they cannot read, and no part of
 * a message may get into logs this way.
 */
function traceOf(error: unknown): ErrorOptions {
  if (!(error instanceof Error)) return {};
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const cause = new Error(`${error.name} (its text is left out: it may quote the message)`);
  cause.stack = [`Error: ${cause.message}`, ...frames].join('\n');
  return { cause };
}
