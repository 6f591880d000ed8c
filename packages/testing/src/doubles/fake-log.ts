import type { Message, TopicPartition, Watermarks } from '@millrace/core';

import { FakeGroup } from './fake-group.js';

/** What a test says of a record; everything but the topic has a default. */
export interface FakeRecord {
  readonly key?: Buffer | string | null;
  /** @defaultValue `null` */
  readonly value?: Buffer | string | null;
  readonly headers?: Message['headers'];
  /** @defaultValue by key, else one partition after the other */
  readonly partition?: number;
  /** Milliseconds since the epoch. @defaultValue the offset */
  readonly timestamp?: number;
}

interface Partition {
  /** By offset; a hole is an offset that the log left out. */
  readonly messages: (Message | undefined)[];
  low: number;
}

/**
 * A partitioned log in memory, with the groups that read it: what a cluster is to consumers, without a network. It does
 * what it is told at once; members of its groups hear of it in a later turn of the event loop.
 */
export class FakeLog {
  readonly #topics = new Map<string, Partition[]>();
  readonly #groups = new Map<string, FakeGroup>();
  #turn = 0;

  /** Makes a topic, or adds partitions to one; a topic never loses any. */
  createTopic(topic: string, partitions = 1): void {
    const list = this.#topics.get(topic) ?? [];
    this.#topics.set(topic, list);
    while (list.length < partitions) list.push({ messages: [], low: 0 });
    for (const group of this.#groups.values()) group.rebalance();
  }

  /** Appends a record. Returns the message as consumers will see it. */
  append(topic: string, record: FakeRecord = {}): Message {
    const partitions = this.#partitions(topic);
    const key = bytesOf(record.key);
    const number = record.partition ?? partitionFor(key, this.#turn++, partitions.length);
    const partition = this.#partition({ topic, partition: number });
    const value = bytesOf(record.value);
    const offset = partition.messages.length;
    const message: Message = {
      topic,
      partition: number,
      offset,
      leaderEpoch: 0,
      timestamp: record.timestamp ?? offset,
      size: (key?.length ?? 0) + (value?.length ?? 0),
      key,
      value,
      ...(record.headers === undefined ? {} : { headers: record.headers }),
    };
    partition.messages.push(message);
    for (const group of this.#groups.values()) group.appended(message);
    return message;
  }

  /** Leaves offsets out, as compaction and transaction markers do. */
  skip(place: TopicPartition, offsets = 1): void {
    this.#partition(place).messages.push(...Array<undefined>(offsets).fill(undefined));
  }

  /** Forgets what lies below, as retention does. */
  trim(place: TopicPartition, low: number): void {
    const partition = this.#partition(place);
    partition.low = Math.min(Math.max(partition.low, low), partition.messages.length);
  }

  /** The group of this name, made on first use. */
  group(groupId: string): FakeGroup {
    let group = this.#groups.get(groupId);
    if (group === undefined) {
      group = new FakeGroup(this);
      this.#groups.set(groupId, group);
    }
    return group;
  }

  get topics(): string[] {
    return [...this.#topics.keys()];
  }

  partitionCount(topic: string): number {
    return this.#topics.get(topic)?.length ?? 0;
  }

  ends(place: TopicPartition): Watermarks {
    const { low, messages } = this.#partition(place);
    return { topic: place.topic, partition: place.partition, low, high: messages.length };
  }

  /** Up to `most` messages from this offset on, and the offset to go on from. */
  read(
    place: TopicPartition,
    from: number,
    most: number,
  ): { readonly messages: Message[]; readonly next: number } {
    const partition = this.#partition(place);
    const messages: Message[] = [];
    let next = from;
    while (next < partition.messages.length && messages.length < most) {
      const message = partition.messages[next++];
      if (message !== undefined) messages.push(message);
    }
    // what is left out behind the last message is passed over with it
    while (next < partition.messages.length && partition.messages[next] === undefined) next++;
    return { messages, next };
  }

  #partitions(topic: string): Partition[] {
    const partitions = this.#topics.get(topic);
    if (partitions === undefined) throw new RangeError(`there is no topic ${topic}`);
    return partitions;
  }

  #partition({ topic, partition }: TopicPartition): Partition {
    const found = this.#partitions(topic)[partition];
    if (found === undefined) throw new RangeError(`${topic} has no partition ${partition}`);
    return found;
  }
}

function bytesOf(given: Buffer | string | null | undefined): Buffer | null {
  if (given === undefined || given === null) return null;
  return typeof given === 'string' ? Buffer.from(given) : given;
}

/** Equal keys go to one partition. */
function partitionFor(key: Buffer | null, turn: number, partitions: number): number {
  if (key === null) return turn % partitions;
  let hash = 0;
  for (const byte of key) hash = (hash * 31 + byte) % 2 ** 31;
  return hash % partitions;
}
