import type { Message } from '../../src/message/message.js';

/** Where a message of these tests lies, and what else matters of it. */
export interface MessageAt {
  readonly topic?: string;
  readonly partition?: number;
  readonly size?: number;
  readonly leaderEpoch?: number;
}

export const TOPIC = 'orders';

/** A message at this offset; partition 0 of `orders` unless told. */
export function message(offset: number, at: MessageAt = {}): Message {
  const { topic = TOPIC, partition = 0, size = 100, leaderEpoch } = at;
  return {
    topic,
    partition,
    offset,
    size,
    timestamp: 1_750_000_000_000 + offset,
    key: null,
    value: Buffer.from(String(offset)),
    ...(leaderEpoch === undefined ? {} : { leaderEpoch }),
  };
}

/** Messages at the offsets `from` to `to`, both included. */
export function messages(from: number, to: number, at: MessageAt = {}): Message[] {
  return Array.from({ length: to - from + 1 }, (_, i) => message(from + i, at));
}

/** `topic/partition/offset`, as tests name messages. */
export function nameOf({
  topic,
  partition,
  offset,
}: Pick<Message, 'topic' | 'partition' | 'offset'>): string {
  return `${topic}/${partition}/${offset}`;
}
