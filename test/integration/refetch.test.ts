import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type kafka from '@confluentinc/kafka-javascript';
import {
  createConsumer,
  FastConsumerFactory,
  type KafkaConfig,
  QueueConsumerServer,
  Service,
  silentLogger,
} from '@millrace/kafka';
import { expect, test } from 'vitest';

import { until } from '../chaos/until.js';
import { describeWithKafka } from '../kafka/kafka-suite.js';
import { createTopic, produceMessages } from '../kafka/topic-tools.js';

const PARTITIONS = 4;
const PER_PARTITION = 20_000;
const SLOW = 0;
const SLOW_MS = 5;
const STATISTICS_MS = 200;
const TIMEOUT_MS = 60_000;
const MOST_PER_DELIVERED = 2;

/** The part of librdkafka's statistics that is looked at. */
interface Statistics {
  readonly topics: Readonly<
    Record<
      string,
      { readonly partitions: Readonly<Record<string, { readonly rxmsgs: number; readonly rxbytes: number }>> }
    >
  >;
}

describeWithKafka('a partition that is paused again and again', (bootstrapServers) => {
  test.each([
    ['the default limits, batches of 1,000 messages', {}, 1_000, {}],
    // A fetch brings whole batches: limits smaller than one need smaller batches, and fetches as small.
    ['small limits, batches and fetches', { messages: 2_000 }, 100, { 'fetch.message.max.bytes': 32_768 }],
  ])(
    'is not fetched twice as often as it is delivered, and the others are read to their ends (%s)',
    async (_, limits, batch, kafkaConfig) => {
      const topic = `refetch-${randomUUID()}`;
      await createTopic(bootstrapServers, topic, { partitions: PARTITIONS });
      await produceMessages(bootstrapServers, topic, {
        count: PARTITIONS * PER_PARTITION,
        partitions: PARTITIONS,
        value: (number) => JSON.stringify({ number, pad: 'x'.repeat(150) }),
        config: { 'batch.num.messages': batch },
      });
      const fetched = { messages: 0, slow: 0 };
      const consumer = (config: KafkaConfig): ReturnType<typeof createConsumer> => {
        const client = createConsumer({
          ...config,
          'bootstrap.servers': bootstrapServers,
          'statistics.interval.ms': STATISTICS_MS,
        });
        (client as unknown as kafka.KafkaConsumer).on('event.stats', ({ message }) => {
          const partitions = (JSON.parse(message as string) as Statistics).topics[topic]?.partitions ?? {};
          fetched.messages = Object.values(partitions).reduce((sum, { rxmsgs }) => sum + rxmsgs, 0);
          fetched.slow = partitions[SLOW]?.rxmsgs ?? 0;
        });
        return client;
      };
      const group = `refetch_${randomUUID().replaceAll('-', '')}`;
      const factory = new FastConsumerFactory({
        name: `kafka_consumer.${group}`,
        groupId: `chaos.${group}`,
        service: Service.new({ name: 'chaos', logger: silentLogger }),
        consumer,
        topics: [topic],
        autoOffsetReset: 'earliest',
        maxConcurrency: 16,
        limits,
        kafkaConfig,
        handler: async (_context, _data, { partition }) => {
          await delay(partition === SLOW ? SLOW_MS : 1);
        },
      });
      await using server = QueueConsumerServer.new({ factories: [factory], health: false });
      await server.start();
      const delivered = (isMeant: (partition: number) => boolean): number =>
        (server.snapshot().consumers[0]?.partitions ?? [])
          .filter(({ partition }) => isMeant(partition))
          .reduce((sum, { position = 0 }) => sum + position, 0);
      const others = (partition: number): boolean => partition !== SLOW;
      await until(
        'the others to be read',
        () => delivered(others) === (PARTITIONS - 1) * PER_PARTITION,
        TIMEOUT_MS,
      );
      const all = delivered(() => true);
      const slow = delivered((partition) => partition === SLOW);
      await delay(2 * STATISTICS_MS);
      const report = {
        fetched: fetched.messages,
        delivered: all,
        slowFetched: fetched.slow,
        slowDelivered: slow,
      };
      process.stderr.write(`refetch: ${JSON.stringify(report)}\n`);
      expect(fetched.messages).toBeGreaterThanOrEqual(all);
      expect(fetched.messages).toBeLessThan(MOST_PER_DELIVERED * all);
      expect(slow).toBeGreaterThan(0);
    },
  );
});
