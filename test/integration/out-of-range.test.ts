import { randomUUID } from 'node:crypto';

import { expect, test } from 'vitest';

import { clientCall } from '../kafka/client-call.js';
import { describeWithKafka } from '../kafka/kafka-suite.js';
import { withAdmin } from '../kafka/topic-admin.js';
import { committedOffsets, createTopic, produceMessages, watermarks } from '../kafka/topic-tools.js';
import { groupIdOf, ObservedConsumer, type ObservedOptions } from './observed-consumer.js';

const TIMEOUT_MS = 20_000;
/** Where the log of partition 0 begins after the cut; its commit says less. */
const CUT = 15;

describeWithKafka('a commit that the log no longer reaches', (bootstrapServers) => {
  /** A group that has handled 10 messages of each of two partitions; then the first one's log was cut. */
  const setup = async (): Promise<{
    options: ObservedOptions & { readonly group: string };
    topic: string;
  }> => {
    const topic = `range-${randomUUID()}`;
    await createTopic(bootstrapServers, topic, { partitions: 2 });
    await produceMessages(bootstrapServers, topic, { count: 20, partitions: 2 });
    const options = { bootstrapServers, topics: [topic], strategy: 'in-order' } as const;
    const before = await ObservedConsumer.start(options);
    await before.handledCount(20);
    await before.stop();
    await produceMessages(bootstrapServers, topic, { count: 20, partitions: 2 });
    await withAdmin(bootstrapServers, (admin) =>
      clientCall<unknown>('cut the log', (done) => {
        admin.deleteRecords([{ topic, partition: 0, offset: CUT }], { timeout: TIMEOUT_MS }, done);
      }),
    );
    expect((await watermarks(bootstrapServers, topic)).get(0)).toEqual({ low: CUT, high: 20 });
    return { options: { ...options, group: before.group }, topic };
  };
  const offsetsIn = (consumer: ObservedConsumer, partition: number): number[] =>
    consumer.handled.filter((message) => message.partition === partition).map(({ offset }) => offset);

  test('halts its partition and says how much is gone; the others go on', async () => {
    const { topic, options } = await setup();
    const consumer = await ObservedConsumer.start(options);
    const halted = await consumer.event('partition.halted');
    expect(halted.data).toMatchObject({ topic, partition: 0 });
    expect(halted.data['reason']).toContain('begins at 15, the commit says 10: 5 offsets are gone');
    await consumer.handledCount(10);
    expect(consumer.snapshot.partitions.find(({ partition }) => partition === 0)).toMatchObject({
      state: 'halted',
    });
    await consumer.stop();
    expect(offsetsIn(consumer, 0)).toEqual([]);
    expect(offsetsIn(consumer, 1)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    const committed = await committedOffsets(bootstrapServers, groupIdOf(options.group), topic);
    expect(committed.get(0)?.offset).toBe(10);
    expect(committed.get(1)?.offset).toBe(20);
  });

  test("goes on at what is left with 'earliest'", async () => {
    const { options } = await setup();
    await using consumer = await ObservedConsumer.start({ ...options, onOutOfRange: 'earliest' });
    await consumer.handledCount(15);
    expect(offsetsIn(consumer, 0)).toEqual([15, 16, 17, 18, 19]);
  });

  test("goes on at the end with 'latest'", async () => {
    const { topic, options } = await setup();
    await using consumer = await ObservedConsumer.start({ ...options, onOutOfRange: 'latest' });
    await consumer.handledCount(10);
    await produceMessages(bootstrapServers, topic, { count: 1, partition: () => 0 });
    await consumer.when('the new message', () => offsetsIn(consumer, 0).length > 0);
    expect(offsetsIn(consumer, 0)).toEqual([20]);
  });
});
