import { randomUUID } from 'node:crypto';

import type { KafkaMessage } from '@millrace/kafka';
import { expect, test } from 'vitest';

import { describeWithKafka } from '../kafka/kafka-suite.js';
import { createTopic, produceMessages } from '../kafka/topic-tools.js';
import { ObservedConsumer } from './observed-consumer.js';

/** An empty Buffer would be sent as null; a view of no bytes into some is sent as empty. */
const EMPTY = Buffer.from([0]).subarray(0, 0);
const BINARY = Buffer.from([0xff, 0x00, 0xfe, 0x80, 0x0a]);

describeWithKafka('a message', (bootstrapServers) => {
  /** What a handler got of messages with these keys and values. */
  const roundTrip = async (
    given: readonly { readonly key: Buffer | null; readonly value: Buffer | null }[],
    headers: (number: number) => { [key: string]: string | Buffer }[] = () => [],
  ): Promise<{ message: KafkaMessage; data: unknown }[]> => {
    const topic = `fidelity-${randomUUID()}`;
    await createTopic(bootstrapServers, topic);
    await produceMessages(bootstrapServers, topic, {
      count: given.length,
      key: (number) => given[number]?.key ?? null,
      value: (number) => given[number]?.value ?? null,
      headers,
      timestamp: (number) => 1_700_000_000_000 + number,
    });
    const received: { message: KafkaMessage; data: unknown }[] = [];
    await using consumer = await ObservedConsumer.start({
      bootstrapServers,
      topics: [topic],
      strategy: 'in-order',
      deserialize: ({ value }) => value,
      handler: (message, data) => {
        received.push({ message, data });
      },
    });
    await consumer.handledCount(given.length);
    return received;
  };

  test('keeps its bytes: null, empty and binary keys and values are three different things', async () => {
    const given = [
      { key: null, value: null },
      { key: Buffer.from('tombstone'), value: null },
      { key: EMPTY, value: EMPTY },
      { key: BINARY, value: BINARY },
    ];
    const received = await roundTrip(given);
    expect(received.map(({ message: { key, value } }) => ({ key, value }))).toEqual(given);
    expect(received.map(({ message }) => message.timestamp - 1_700_000_000_000)).toEqual([0, 1, 2, 3]);
  });

  test('without a value is handed over as null, past the deserializer', async () => {
    const [tombstone, empty] = await roundTrip([
      { key: Buffer.from('k'), value: null },
      { key: Buffer.from('k'), value: EMPTY },
    ]);
    expect(tombstone?.data).toBeNull();
    expect(empty?.data).toEqual(EMPTY);
  });

  test('keeps its headers in order, repeated ones included', async () => {
    const headers = [
      { trace: 'a' },
      { repeated: 'first' },
      { repeated: 'second' },
      { bytes: BINARY },
      { trace: 'b' },
    ];
    const [received] = await roundTrip([{ key: null, value: Buffer.from('{}') }], () => headers);
    expect(received?.message.headers).toEqual(
      headers.map((header) =>
        Object.fromEntries(Object.entries(header).map(([key, value]) => [key, Buffer.from(value as string)])),
      ),
    );
  });
});
