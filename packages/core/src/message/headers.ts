import type { Message } from './message.js';

/** Headers by key; a key that was sent several times keeps all its values in order. */
export type HeaderMap = ReadonlyMap<string, readonly Buffer[]>;

/** One map for all messages without headers. It refuses writes: one from outside the types would show in every message. */
class NoHeaders extends Map<string, readonly Buffer[]> {
  override set(): never {
    throw new TypeError('the headers of a received message cannot be changed');
  }
}
const noHeaders: HeaderMap = new NoHeaders();

/** The message's raw list of headers as a map. A key may be any text, `__proto__` included. */
export function headerMap(list: Message['headers']): HeaderMap {
  if (list === undefined || list.length === 0) return noHeaders;
  const map = new Map<string, Buffer[]>();
  for (const entry of list) {
    // Own keys only: a transport that assigns a header named __proto__ gives its entry another prototype.
    for (const key of Object.keys(entry)) {
      const value = entry[key];
      if (value === undefined) continue;
      const values = map.get(key);
      if (values === undefined) map.set(key, [value]);
      else values.push(value);
    }
  }
  return map;
}
