import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { placeOf } from '../chaos/ledger.js';
import { SteadyProducer } from '../chaos/steady-producer.js';
import { until } from '../chaos/until.js';
import { describeWithKafka } from '../kafka/kafka-suite.js';
import { createTopic, produceMessages } from '../kafka/topic-tools.js';
import { Gate } from './gate.js';
import { ObservedConsumer, type ObservedMessage } from './observed-consumer.js';

const DRAIN_MS = 200;
const LONG_EVERY_MS = 50;
const PROMISED_INTERRUPTION_MS = 300;
const PARTITIONS = 6;
const TIMEOUT_MS = 30_000;

describeWithKafka('a rebalance', (bootstrapServers) => {
  const topicWith = async (partitions: number): Promise<string> => {
    const topic = `rebalance-${randomUUID()}`;
    await createTopic(bootstrapServers, topic, { partitions });
    return topic;
  };

  test.each(['classic', 'kip848'] as const)(
    'that drains 200 ms interrupts the partitions that stay for at most 300 ms (%s)',
    async (protocol) => {
      const topic = await topicWith(PARTITIONS);
      const shared = { bootstrapServers, topics: [topic], strategy: 'fast', protocol } as const;
      // Every partition always has handlers that take 200 ms: whatever is taken away has to be drained. The other messages arrive
      // one by one, so that nothing is buffered and a pause of the fetching shows.
      const longSince = new Map<number, number>();
      const handler = async ({ partition }: { readonly partition: number }): Promise<void> => {
        const now = performance.now();
        if (now - (longSince.get(partition) ?? -Infinity) < LONG_EVERY_MS) return;
        longSince.set(partition, now);
        await delay(DRAIN_MS);
      };
      await using first = await ObservedConsumer.start({ ...shared, maxConcurrency: 64, handler });
      await first.ownedCount(PARTITIONS);
      const producer = await SteadyProducer.start({
        bootstrapServers,
        topic,
        partitions: PARTITIONS,
        // Always one message behind the last that has started.
        backlog: 1,
        handled: (partition) => first.started.filter((message) => message.partition === partition).length,
      });
      try {
        await first.when(
          'all to flow',
          () => new Set(first.handled.map(({ partition }) => partition)).size === PARTITIONS,
        );
        const joinsAt = performance.now();
        await using second = await ObservedConsumer.start({
          ...shared,
          group: first.group,
          maxConcurrency: 64,
        });
        await second.when('a share', () => second.owned.size > 0);
        const sharedAt = performance.now();
        await first.when('the kept ones to flow on', () => lastStart(first) > sharedAt + DRAIN_MS);

        const [revoked] = first.eventsOf('partitions.revoked');
        const gaps = [...first.owned].map((place) =>
          longestGap(
            first.started.filter(
              (message) => placeOf(topic, message.partition) === place && message.at > joinsAt,
            ),
          ),
        );
        process.stderr.write(
          `rebalance (${protocol}): drained ${String(revoked?.data['drainedMs'])} ms, kept partitions silent for at most ${Math.max(...gaps).toFixed(0)} ms\n`,
        );
        expect(revoked?.data['drainedMs']).toBeGreaterThan(DRAIN_MS / 2);
        expect(Math.max(...gaps)).toBeLessThanOrEqual(PROMISED_INTERRUPTION_MS);
      } finally {
        await producer.stop();
      }
    },
  );

  test('lets a partition that was paused before flow again when it comes back', async () => {
    const topic = await topicWith(2);
    const count = 4_000;
    await produceMessages(bootstrapServers, topic, { count, partitions: 2 });
    const gate = new Gate();
    const shared = { bootstrapServers, topics: [topic], strategy: 'fast' } as const;
    await using first = await ObservedConsumer.start({
      ...shared,
      // Full at once: both partitions are paused while nothing is handled.
      limits: { messages: 100 },
      consumeBatchSize: 50,
      handler: () => gate.opened,
    });
    const isPaused = (): boolean =>
      first.snapshot.partitions.length === 2 &&
      first.snapshot.partitions.every(({ state }) => state === 'paused');
    await until('both partitions to be paused', isPaused, TIMEOUT_MS);

    const second = await ObservedConsumer.start({
      ...shared,
      group: first.group,
      handler: () => gate.opened,
    });
    try {
      const isDraining = (): boolean => first.snapshot.partitions.some(({ state }) => state === 'draining');
      await until('one to be taken away', isDraining, TIMEOUT_MS);
    } finally {
      gate.open();
      await first.ownedCount(1);
      await second.stop();
    }
    await first.ownedCount(2);
    await until('everything to be handled', () => lag(first) === 0, TIMEOUT_MS);
    const positions = new Set(
      [...first.handled, ...second.handled].map((m) => `${String(m.partition)}@${String(m.offset)}`),
    );
    expect(positions.size).toBe(count);
  });
});

function lastStart(consumer: ObservedConsumer): number {
  return consumer.started.at(-1)?.at ?? -Infinity;
}

function longestGap(messages: readonly ObservedMessage[]): number {
  if (messages.length < 2) return Infinity;
  return Math.max(...messages.slice(1).map(({ at }, index) => at - (messages[index] as ObservedMessage).at));
}

function lag(consumer: ObservedConsumer): number {
  return consumer.snapshot.partitions.reduce((sum, partition) => sum + (partition.lag ?? Infinity), 0);
}
