import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { describeWithKafka } from '../kafka/kafka-suite.js';
import { committedOffsets, createTopic, produceMessages } from '../kafka/topic-tools.js';
import { groupIdOf, ObservedConsumer } from './observed-consumer.js';

/** As short as the client allows: not below the session. */
const MAX_POLL_MS = 6_000;
const TOO_LONG_MS = 7_500;
const LIMITS = { kafkaConfig: { 'max.poll.interval.ms': MAX_POLL_MS }, drainTimeoutMs: 500 } as const;

describeWithKafka('max.poll.interval.ms', (bootstrapServers) => {
  // They wait most of the time: side by side.
  test.concurrent.each(['classic', 'kip848'] as const)(
    'does not matter to a handler that takes longer: no rebalance, handled once (%s)',
    async (protocol) => {
      const topic = `long-${randomUUID()}`;
      await createTopic(bootstrapServers, topic, { partitions: 2 });
      await produceMessages(bootstrapServers, topic, { count: 4, partitions: 2 });
      await using consumer = await ObservedConsumer.start({
        bootstrapServers,
        topics: [topic],
        strategy: 'in-order',
        protocol,
        ...LIMITS,
        handler: async ({ partition, offset }) => {
          if (partition === 0 && offset === 0) await delay(TOO_LONG_MS);
        },
      });
      await consumer.handledCount(4);
      expect(consumer.eventsOf('partitions.revoked', 'partitions.lost', 'ownership.doubted')).toEqual([]);
      await consumer.stop();
      expect(consumer.started).toHaveLength(4);
      const committed = await committedOffsets(bootstrapServers, groupIdOf(consumer.group), topic);
      expect([0, 1].map((partition) => committed.get(partition)?.offset)).toEqual([2, 2]);
    },
  );
});
