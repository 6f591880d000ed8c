import { randomUUID } from 'node:crypto';

import { expect, test } from 'vitest';

import { ConsumerGroup } from '../chaos/consumer-group.js';
import { until } from '../chaos/until.js';
import { describeWithKafka } from '../kafka/kafka-suite.js';
import { createTopic, produceMessages } from '../kafka/topic-tools.js';
import { ObservedConsumer, type ObservedMessage } from './observed-consumer.js';

const PARTITIONS = 4;
const ROUND = 400;
const TIMEOUT_MS = 30_000;

const position = ({ partition, offset }: ObservedMessage): string => `${String(partition)}@${String(offset)}`;

describeWithKafka('static members of a group', (bootstrapServers) => {
  const setup = async (): Promise<{ topic: string; produceRound: () => Promise<void> }> => {
    const topic = `static-${randomUUID()}`;
    await createTopic(bootstrapServers, topic, { partitions: PARTITIONS });
    return {
      topic,
      produceRound: () => produceMessages(bootstrapServers, topic, { count: ROUND, partitions: PARTITIONS }),
    };
  };

  test.each(['classic', 'kip848'] as const)(
    'keep their partitions over a restart, and the other one notices nothing (%s)',
    async (protocol) => {
      const { topic, produceRound } = await setup();
      const shared = { bootstrapServers, topics: [topic], strategy: 'in-order', protocol } as const;
      await using stays = await ObservedConsumer.start({ ...shared, instance: 'stays' });
      await stays.ownedCount(PARTITIONS);
      const leaves = await ObservedConsumer.start({ ...shared, group: stays.group, instance: 'leaves' });
      await leaves.ownedCount(PARTITIONS / 2);
      await stays.ownedCount(PARTITIONS / 2);
      await produceRound();
      await leaves.handledCount(ROUND / 2);
      await stays.handledCount(ROUND / 2);
      const before = { owned: new Set(leaves.owned), events: stays.events.length };
      await leaves.stop();

      await produceRound();
      await using returned = await ObservedConsumer.start({
        ...shared,
        group: stays.group,
        instance: 'leaves',
      });
      await returned.handledCount(ROUND / 2);
      await stays.handledCount(ROUND);
      expect(returned.owned).toEqual(before.owned);
      const noticed = stays.events
        .slice(before.events)

        // The last round of the first sharing may still come: with nothing in it.
        .filter(({ event, data }) => event.startsWith('partitions.') && data['count'] !== 0);
      expect(noticed).toEqual([]);
      expect(new Set(returned.handled.map(position)).size).toBe(ROUND / 2);
      expect(returned.handled).toHaveLength(ROUND / 2);
    },
  );

  // Classic groups give it its partitions back at once: see the kills in test/chaos.
  test('of KIP-848 that come back after a kill -9 fail aloud until the session of their old life is over', async () => {
    const { topic, produceRound } = await setup();
    await using group = new ConsumerGroup({
      bootstrapServers,
      topics: [topic],
      group: topic,
      strategy: 'in-order',
      protocol: 'kip848',
      handlerMs: 0,
    });
    const { ledger } = group;
    const handled = (count: number): Promise<void> =>
      until(
        `${String(count)} messages`,
        () => {
          ledger.refresh();
          return ledger.runs.length >= count;
        },
        TIMEOUT_MS,
      );
    await produceRound();
    const killed = group.start({ instance: 'only' });
    await handled(ROUND);
    await group.kill9(killed);

    const early = group.startInstead(killed);
    expect(await early.exitCode()).toBe(1);
    ledger.refresh();
    expect(ledger.eventsOf('consumer.failed', early.pid)[0]?.data['err']).toContain(
      'instance ID is still used by another member',
    );

    await produceRound();
    const isBack = handled(2 * ROUND).then(() => 'is back');
    let end: unknown = 1;
    while (end === 1) end = await Promise.race([isBack, group.startInstead(killed).exitCode()]);
    expect(end).toBe('is back');
  });
});
