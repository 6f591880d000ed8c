import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { ConsumerGroup } from '../chaos/consumer-group.js';
import { until } from '../chaos/until.js';
import { describeWithKafka } from '../kafka/kafka-suite.js';
import { committedOffsets, createTopic, produceMessages } from '../kafka/topic-tools.js';
import { groupIdOf, ObservedConsumer } from './observed-consumer.js';

/** As short as the client allows: not below the session. */
const MAX_POLL_MS = 6_000;
const TOO_LONG_MS = 7_500;
/** Long enough for the heir to finish everything meanwhile: then a late commit would be seen. */
const BLOCKED_MS = 13_000;
const LIMITS = { kafkaConfig: { 'max.poll.interval.ms': MAX_POLL_MS }, drainTimeoutMs: 500 } as const;
const PER_PARTITION = 100;
/** How long after it is awake again a zombie could do harm. */
const HARM_MS = 4_000;
const TIMEOUT_MS = 30_000;

describeWithKafka('max.poll.interval.ms', (bootstrapServers) => {
  const topicWith = async (partitions: number, count: number): Promise<string> => {
    const topic = `long-${randomUUID()}`;
    await createTopic(bootstrapServers, topic, { partitions });
    await produceMessages(bootstrapServers, topic, { count, partitions });
    return topic;
  };

  /** What the group (named after the topic) has committed, by partition. */
  const commits = async (topic: string, group = topic): Promise<(number | undefined)[]> => {
    const committed = await committedOffsets(bootstrapServers, groupIdOf(group), topic);
    return [0, 1].map((partition) => committed.get(partition)?.offset);
  };

  // They wait most of the time: side by side.
  test.concurrent.each(['classic', 'kip848'] as const)(
    'does not matter to a handler that takes longer: no rebalance, handled once (%s)',
    async (protocol) => {
      const topic = await topicWith(2, 4);
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
      expect(await commits(topic, consumer.group)).toEqual([2, 2]);
    },
  );

  // They wait most of the time: side by side.
  test.concurrent.each(['classic', 'kip848'] as const)(
    'passed by a blocked event loop costs the partitions, and nothing is committed for them afterwards (%s)',
    async (protocol) => {
      const topic = await topicWith(2, 2 * PER_PARTITION);
      await using group = new ConsumerGroup({
        bootstrapServers,
        topics: [topic],
        group: topic,
        strategy: 'in-order',
        protocol,
        handlerMs: 2,
        ...LIMITS,
      });
      const { ledger } = group;
      const ledgerSays = (what: string, isSo: () => boolean): Promise<void> =>
        until(
          what,
          () => {
            ledger.refresh();
            return isSo();
          },
          TIMEOUT_MS,
        );
      const zombie = group.start({ block: { id: 40, ms: BLOCKED_MS } });
      await ledgerSays('the loop to be blocked', () => ledger.eventsOf('loop.blocked').length > 0);
      const heir = group.start();
      const isAtEnd = async (): Promise<boolean> =>
        (await commits(topic)).every((offset) => offset === PER_PARTITION);
      await until('the heir to commit everything', isAtEnd, TIMEOUT_MS);
      ledger.refresh();
      expect(ledger.eventsOf('loop.freed')).toEqual([]);

      await ledgerSays('the loop to go on', () => ledger.eventsOf('loop.freed', zombie.pid).length > 0);
      const watchedUntil = performance.now() + HARM_MS;
      while (performance.now() < watchedUntil)
        expect(await commits(topic)).toEqual([PER_PARTITION, PER_PARTITION]);
      for (const member of group.members) await group.stop(member);
      expect(await commits(topic)).toEqual([PER_PARTITION, PER_PARTITION]);
      expect(ledger.runs.some(({ pid }) => pid === heir.pid)).toBe(true);
    },
  );
});
