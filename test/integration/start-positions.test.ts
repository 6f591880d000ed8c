import { randomUUID } from 'node:crypto';

import { expect, test } from 'vitest';

import { until } from '../chaos/until.js';
import { describeWithKafka } from '../kafka/kafka-suite.js';
import { addPartitions, committedOffsets, createTopic, produceMessages } from '../kafka/topic-tools.js';
import { groupIdOf, ObservedConsumer } from './observed-consumer.js';

const TIMEOUT_MS = 30_000;

describeWithKafka('a partition without a commit', (bootstrapServers) => {
  const setup = async (
    partitions: number,
  ): Promise<{ topic: string; produce: (count: number) => Promise<void> }> => {
    const topic = `start-${randomUUID()}`;
    await createTopic(bootstrapServers, topic, { partitions });
    return {
      topic,
      produce: (count) => produceMessages(bootstrapServers, topic, { count, partitions }),
    };
  };
  const offsetsOf = async (group: string, topic: string): Promise<(number | undefined)[]> => {
    const committed = await committedOffsets(bootstrapServers, groupIdOf(group), topic);
    return [...committed].sort(([a], [b]) => a - b).map(([, { offset }]) => offset);
  };

  test("starts at its end with 'latest', which is committed before any message comes", async () => {
    const { topic, produce } = await setup(2);
    await produce(20);
    const options = {
      bootstrapServers,
      topics: [topic],
      strategy: 'in-order',
      autoOffsetReset: 'latest',
    } as const;
    await using consumer = await ObservedConsumer.start(options);
    const decided = await consumer.event('start.decided');
    expect(decided.data).toMatchObject({ topic, offset: 10, before: 10 });
    await until(
      'the start to be committed',
      async () => String(await offsetsOf(consumer.group, topic)) === '10,10',
      TIMEOUT_MS,
    );
    await produce(2);
    await consumer.handledCount(2);
    expect(consumer.handled.map(({ offset }) => offset)).toEqual([10, 10]);
  });

  test("starts at its beginning with 'earliest'", async () => {
    const { topic, produce } = await setup(2);
    await produce(20);
    await using consumer = await ObservedConsumer.start({
      bootstrapServers,
      topics: [topic],
      strategy: 'fast',
      autoOffsetReset: 'earliest',
    });
    await consumer.handledCount(20);
    expect(consumer.eventsOf('start.decided').map(({ data }) => data['offset'])).toEqual([0, 0]);
  });

  test("stops the consumer with 'error', and nothing is handled or committed", async () => {
    const { topic, produce } = await setup(1);
    await produce(10);
    const options = {
      bootstrapServers,
      topics: [topic],
      strategy: 'in-order',
      autoOffsetReset: 'error',
    } as const;
    await using consumer = await ObservedConsumer.start(options);
    const failed = await consumer.event('consumer.failed');
    expect(failed.data['err']).toMatchObject({ code: 'NO_COMMITTED_OFFSET' });
    expect(String(failed.data['err'])).toContain(`${topic}[0]`);
    expect(consumer.started).toEqual([]);
    expect(await offsetsOf(consumer.group, topic)).toEqual([]);
  });

  test.each(['classic', 'kip848'] as const)(
    "that is new because the topic grew starts at its beginning, also with 'latest' (%s)",
    async (protocol) => {
      const { topic, produce } = await setup(2);
      await produce(20);
      const options = {
        bootstrapServers,
        topics: [topic],
        strategy: 'fast',
        protocol,
        autoOffsetReset: 'latest',
        kafkaConfig: { 'topic.metadata.refresh.interval.ms': 1_000 },
      } as const;
      const before = await ObservedConsumer.start(options);
      await before.ownedCount(2);
      await until(
        'the starts',
        async () => String(await offsetsOf(before.group, topic)) === '10,10',
        TIMEOUT_MS,
      );
      await before.stop();

      await addPartitions(bootstrapServers, topic, 4);
      await produceMessages(bootstrapServers, topic, { count: 40, partition: (number) => number % 4 });
      await using after = await ObservedConsumer.start({ ...options, group: before.group });
      await after.handledCount(40);
      const offsetsIn = (partition: number): number[] =>
        after.handled
          .filter((message) => message.partition === partition)
          .map(({ offset }) => offset)
          .sort((a, b) => a - b);
      expect(offsetsIn(3)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(offsetsIn(0)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    },
  );

  test('is found while the consumer runs, and nothing of it is passed over', async () => {
    const { topic, produce } = await setup(1);
    await produce(5);
    await using consumer = await ObservedConsumer.start({
      bootstrapServers,
      topics: [topic],
      strategy: 'fast',
      autoOffsetReset: 'latest',
      kafkaConfig: { 'topic.metadata.refresh.interval.ms': 1_000 },
    });
    await consumer.ownedCount(1);
    await addPartitions(bootstrapServers, topic, 2);
    await produceMessages(bootstrapServers, topic, { count: 10, partition: () => 1 });
    await consumer.handledCount(10);
    expect(consumer.handled.every(({ partition }) => partition === 1)).toBe(true);
  });

  test('leaves in its commit how many partitions the topic had', async () => {
    const { topic, produce } = await setup(3);
    const consumer = await ObservedConsumer.start({
      bootstrapServers,
      topics: [topic],
      strategy: 'in-order',
    });
    await consumer.ownedCount(3);
    await produce(30);
    await consumer.handledCount(30);
    await consumer.stop();
    const committed = await committedOffsets(bootstrapServers, groupIdOf(consumer.group), topic);
    // The envelope of the commit's text; `n` is the count, in base 36.
    expect([...committed.values()].map(({ metadata }) => /\|n:([0-9a-z]+)\|/.exec(metadata)?.[1])).toEqual([
      '3',
      '3',
      '3',
    ]);
  });
});
