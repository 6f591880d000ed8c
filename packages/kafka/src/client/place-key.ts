import type { TopicPartition } from '@millrace/core';

/** A partition as a key of a Map. No name of a topic has a NUL in it. */
export function placeKey({ topic, partition }: TopicPartition): string {
  return `${topic}\0${partition}`;
}
