import { MillraceError } from '@millrace/core';

import type { NativePartition } from './native-partition.js';

/*
 * All that goes into native code goes through here. The binding does not check: a partition given as '0' or -1 ends the
 * process (SIGSEGV), an offset given as a string, a BigInt or NaN commits offset 0, which replays the whole partition, an
 * empty Buffer arrives as null, which is a deletion where the log is compacted, a header that is refused is left out
 * after the message was sent, and every text is cut at its first NUL.
 *
 * Values are read once and handed on in fresh plain objects: a getter cannot show one thing here and another there.
 */

/** Kafka's own rule; it also keeps out what librdkafka takes for a pattern (`^…`). */
const legalTopic = /^[\w.-]{1,249}$/;
const mostPartition = 2 ** 31 - 1;
const mostMetadataBytes = 4_095;
const printableAscii = /^[\u0020-\u007e]*$/;
/** Half a character: as UTF-8 it would become another one. */
const loneSurrogate = /\p{Surrogate}/u;
const mostPerPoll = 100_000;
const mostTimeoutMs = 600_000;

/** The name of a topic. */
export function topicForNative(topic: unknown): string {
  if (typeof topic !== 'string') throw refusal('a topic', 'be a string', kindOf(topic));
  if (!legalTopic.test(topic) || topic === '.' || topic === '..') {
    throw refusal('a topic', 'have 1 to 249 letters, digits, dots, dashes or underscores', kindOf(topic));
  }
  return topic;
}

export function topicsForNative(topics: readonly unknown[]): string[] {
  return topics.map(topicForNative);
}

/** A partition without an offset. */
export function partitionForNative(place: {
  readonly topic: unknown;
  readonly partition: unknown;
}): NativePartition & { readonly offset?: never } {
  const { topic, partition } = objectOf(place);
  return { topic: topicForNative(topic), partition: partitionNumber(partition) };
}

/** Where a partition starts; without an offset the client looks its commit up, with the leader epoch that an offset given here would lose. */
export function startForNative(start: {
  readonly topic: unknown;
  readonly partition: unknown;
  readonly offset: unknown;
}): NativePartition {
  const { topic, partition, offset } = objectOf(start);
  const place = { topic: topicForNative(topic), partition: partitionNumber(partition) };
  return offset === undefined ? place : { ...place, offset: offsetForNative(offset) };
}

/** One partition's share of a commit. */
export function commitForNative(entry: {
  readonly topic: unknown;
  readonly partition: unknown;
  readonly offset: unknown;
  readonly metadata: unknown;
  readonly leaderEpoch: unknown;
}): NativePartition {
  const { topic, partition, offset, metadata, leaderEpoch } = objectOf(entry);
  const share = {
    topic: topicForNative(topic),
    partition: partitionNumber(partition),
    offset: offsetForNative(offset),
    metadata: metadataForNative(metadata),
  };
  // Left out it becomes -1, "not known"; an undefined that gets through would become epoch 0, a wrong one.
  return leaderEpoch === undefined ? share : { ...share, leaderEpoch: epochForNative(leaderEpoch) };
}

/** An offset to commit, or to start at. */
export function offsetForNative(offset: unknown): number {
  if (!Number.isSafeInteger(offset) || (offset as number) < 0) {
    throw refusal('an offset', 'be a safe integer >= 0', kindOf(offset));
  }
  return offset as number;
}

/** How many messages to take. 0 would start the binding's background loop. */
export function countForNative(count: unknown): number {
  return integer('the number of messages of a poll', count, 1, mostPerPoll);
}

/** How long a blocking call may take. 0 and less make some of them asynchronous, which the binding does not survive. */
export function timeoutForNative(ms: unknown): number {
  return integer('the timeout of a call', ms, 10, mostTimeoutMs);
}

/** Key or value of a message to send; null = absent, which for a value is a deletion where the log is compacted. */
export function bytesForNative(bytes: unknown): Buffer | null {
  if (bytes === null) return null;
  if (!Buffer.isBuffer(bytes)) throw refusal('a key or value', 'be a Buffer or null', kindOf(bytes));
  return bytes.length === 0 ? emptyBytes : bytes;
}

/** Headers of a message to send: in order, one key an entry, texts as bytes. */
export function headersForNative(headers: readonly unknown[]): Record<string, Buffer>[] {
  return headers.map((header) => {
    const entries: [string, unknown][] = Object.entries(objectOf(header));
    const [entry] = entries;
    if (entry === undefined || entries.length > 1) {
      throw refusal('a header', 'have one key, for the others would be left out', `${entries.length} keys`);
    }
    const [key, value] = entry;
    // A record that reads `__proto__` back sets a prototype instead of a header.
    if (key === '' || key === '__proto__' || key.includes('\0') || loneSurrogate.test(key)) {
      throw refusal('the key of a header', 'be a text without NUL, and not __proto__', kindOf(key));
    }
    return { [key]: headerValue(value) };
  });
}

/** Properties for a client, all as texts: the binding casts what it does not know without looking. */
export function configForNative(config: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => {
      const isPlain =
        typeof value === 'string' ||
        typeof value === 'boolean' ||
        (typeof value === 'number' && Number.isFinite(value));
      // Never its value: it may be a password in the wrong place.
      if (!isPlain || name === '') {
        throw refusal(`the property ${name}`, 'be a string, a finite number or a boolean', typeof value);
      }
      const text = String(value);
      if (text.includes('\0')) throw refusal(`the property ${name}`, 'hold no NUL', typeof value);
      return [name, text];
    }),
  );
}

/** A view of no bytes into some: Node gives an empty Buffer no address, and the binding takes that for null. */
const emptyBytes = Buffer.from([0]).subarray(0, 0);

function partitionNumber(partition: unknown): number {
  return integer('a partition', partition, 0, mostPartition);
}

function epochForNative(epoch: unknown): number {
  return integer('a leader epoch', epoch, -1, mostPartition);
}

function metadataForNative(metadata: unknown): string {
  if (typeof metadata !== 'string') throw refusal('commit metadata', 'be a string', kindOf(metadata));
  if (metadata.length > mostMetadataBytes || !printableAscii.test(metadata)) {
    const rule = `be printable ASCII of at most ${mostMetadataBytes} bytes`;
    throw refusal('commit metadata', rule, `${metadata.length} characters`);
  }
  return metadata;
}

function headerValue(value: unknown): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  if (!Buffer.isBuffer(bytes))
    throw refusal('the value of a header', 'be a Buffer or a string', kindOf(value));
  return bytes.length === 0 ? emptyBytes : bytes;
}

function integer(what: string, value: unknown, least: number, most: number): number {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
    throw refusal(what, `be an integer from ${least} to ${most}`, kindOf(value));
  }
  // -0 is an integer too; native code should not have to think about it.
  return (value as number) + 0;
}

function objectOf<T>(value: T): T & object {
  if (typeof value !== 'object' || value === null)
    throw refusal('a partition or header', 'be an object', kindOf(value));
  return value;
}

function refusal(what: string, rule: string, got: string): MillraceError {
  return new MillraceError('NATIVE_ARGUMENT', `${what} must ${rule}, got ${got}`);
}

/** Numbers are told, texts and objects only by their kind: they may be data. */
function kindOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (value === null) return 'null';
  return typeof value === 'string' ? `a string of ${value.length}` : typeof value;
}
