import { isUtf8 } from 'node:buffer';

import { MillraceError } from '../errors.js';
import type { Message } from './message.js';

/** Turns a message into the data its handler gets. What it throws, or rejects with, makes the message undecodable. */
export type Deserializer<T = unknown, M = Message> = (message: M) => T | Promise<T>;

/**
 * The default deserializer: JSON in UTF-8. An absent value gives `null` without decoding. The type is taken on trust;
 * a `schema` checks it.
 *
 * Throws DECODE_FAILED, and never with a part of the value in its text, for: an empty value; bytes that are not UTF-8;
 * text that is not JSON; an object with a key `__proto__`, or with a key `constructor` whose value has a key
 * `prototype`, however they are written. Such an object is harmless until some later code copies it key by key, and then
 * changes every object of the process. It is refused, not cleaned: a message that nobody sends in good faith should be
 * seen where invalid messages go.
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- it is the caller's word for what comes
export function json<T>(): (message: Pick<Message, 'value'>) => T {
  return parseJson as (message: Pick<Message, 'value'>) => T;
}

/*
 * The usual message pays for JSON.parse and three searches of its text (60 ns at 200 bytes). Each is a question that the
 * usual message answers with no, and only a yes is looked into:
 * - A replacement character in the text: was it sent, or made from a byte that is not UTF-8?
 * - "proto", or an escape that may hide a letter of it: is there a forbidden key? Searching for `__proto__` itself takes
 *   six times as long on texts full of underscores.
 */
function parseJson(message: Pick<Message, 'value'>): unknown {
  const { value } = message;
  if (value === null) return null;
  const text = value.toString();
  if (text.includes('\uFFFD') && !isUtf8(value)) throw undecodable('is not valid UTF-8');
  const data = parse(text, value.length);
  if ((text.includes('proto') || text.includes('\\u00')) && mayHoldForbiddenKey.test(text))
    refuseForbiddenKeys(data);
  return data;
}

function parse(text: string, bytes: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The engine's own error quotes the text, so it is neither repeated nor kept as the cause.
    throw undecodable(bytes === 0 ? 'is empty' : `(${String(bytes)} bytes) is not valid JSON`);
  }
}

/** Escapes of a letter or an underscore are legal, and hardly ever written. */
const mayHoldForbiddenKey = /__proto__|"prototype"|\\u00[4-7]/;

/** Walks without recursion: a hostile value may be nested a million levels deep. */
function refuseForbiddenKeys(data: unknown): void {
  const open: unknown[] = [data];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== 'object' || node === null) continue;
    if (Array.isArray(node)) {
      for (const item of node as unknown[]) open.push(item);
      continue;
    }
    for (const [key, value] of Object.entries(node) as [string, unknown][]) {
      if (key === '__proto__') throw undecodable('has a key "__proto__"');
      const isObject = typeof value === 'object' && value !== null;
      if (key === 'constructor' && isObject && Object.hasOwn(value, 'prototype')) {
        throw undecodable('has a key "constructor" with a key "prototype"');
      }
      if (isObject) open.push(value);
    }
  }
}

function undecodable(fault: string): MillraceError {
  return new MillraceError('DECODE_FAILED', `the value ${fault}`);
}
