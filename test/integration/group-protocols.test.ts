import { randomUUID } from 'node:crypto';

import { expect, test } from 'vitest';

import type { Protocol } from '../chaos/consumer-parameters.js';
import { describeWithKafka } from '../kafka/kafka-suite.js';
import { committedOffsets, createTopic, produceMessages } from '../kafka/topic-tools.js';
import { groupIdOf, ObservedConsumer, type ObservedMessage } from './observed-consumer.js';

const PARTITIONS = 4;
const ROUND = 400;
const STRATEGIES = ['in-order', 'fast'] as const;
const PROTOCOLS = ['classic', 'eager', 'kip848'] as const satisfies readonly Protocol[];

const combinations = PROTOCOLS.flatMap((protocol) => STRATEGIES.map((strategy) => ({ protocol, strategy })));
const position = ({ partition, offset }: ObservedMessage): string => `${String(partition)}@${String(offset)}`;

describeWithKafka('two members of a group', (bootstrapServers) => {
  const setup = async (): Promise<{ topic: string; produceRound: () => Promise<void> }> => {
    const topic = `protocols-${randomUUID()}`;
    await createTopic(bootstrapServers, topic, { partitions: PARTITIONS });
    return {
      topic,
      produceRound: () => produceMessages(bootstrapServers, topic, { count: ROUND, partitions: PARTITIONS }),
    };
  };
  const commitsOf = async (group: string, topic: string): Promise<number> => {
    const committed = await committedOffsets(bootstrapServers, groupIdOf(group), topic);
    return [...committed.values()].reduce((sum, { offset }) => sum + offset, 0);
  };

  test.each(combinations)(
    'share, commit and hand over, each message once ($protocol, $strategy)',
    async ({ protocol, strategy }) => {
      const { topic, produceRound } = await setup();
      const shared = { bootstrapServers, topics: [topic], strategy, protocol } as const;
      await produceRound();
      await using first = await ObservedConsumer.start(shared);
      await first.ownedCount(PARTITIONS);
      await first.handledCount(ROUND);

      const second = await ObservedConsumer.start({ ...shared, group: first.group });
      const handled = (): ObservedMessage[] => [...first.handled, ...second.handled];
      try {
        await second.ownedCount(PARTITIONS / 2);
        await first.ownedCount(PARTITIONS / 2);
        await produceRound();
        await second.handledCount(ROUND / 2);
        await first.handledCount(ROUND + ROUND / 2);
      } finally {
        await second.stop();
      }
      await first.ownedCount(PARTITIONS);
      await produceRound();
      await first.handledCount(2 * ROUND + ROUND / 2);
      await first.stop();

      expect(handled()).toHaveLength(3 * ROUND);
      expect(new Set(handled().map(position)).size).toBe(3 * ROUND);
      expect(await commitsOf(first.group, topic)).toBe(3 * ROUND);
      expect([...first.eventsOf('partitions.lost'), ...second.eventsOf('partitions.lost')]).toEqual([]);
    },
  );

  test.each(['classic', 'kip848'] as const)(
    'keep what they have while one of them joins: only what is handed over is revoked (%s)',
    async (protocol) => {
      const { topic } = await setup();
      const shared = { bootstrapServers, topics: [topic], strategy: 'fast', protocol } as const;
      await using first = await ObservedConsumer.start(shared);
      await first.ownedCount(PARTITIONS);
      await using second = await ObservedConsumer.start({ ...shared, group: first.group });
      await second.ownedCount(PARTITIONS / 2);
      const revoked = first.eventsOf('partitions.revoked').map(({ data }) => Number(data['count']));
      expect(revoked.reduce((sum, count) => sum + count, 0)).toBe(PARTITIONS / 2);
    },
  );
});
