import { lookup } from 'node:dns/promises';
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { Gate } from '../integration/gate.js';
import { ObservedConsumer } from '../integration/observed-consumer.js';
import { KafkaCluster } from '../kafka/kafka-cluster.js';
import { describeWithOwnCluster } from '../kafka/kafka-suite.js';
import { produceMessages } from '../kafka/topic-tools.js';
import { LONG_SESSION } from './consumer-parameters.js';
import { runOutage } from './run-outage.js';

const TEST_MS = 180_000;
/** The long form, `broker-outage.ts`, has 20 s. */
const DARK_MS = 5_000;
/** How long nothing may happen to count as nothing. */
const STILL_MS = 3_000;
const CONSUMERS = 6;
const LOOK_UP_LIMIT_MS = 100;
const LOOK_UP_EVERY_MS = 50;

describeWithOwnCluster('a broker that is killed with -9', () => {
  test(
    'and comes back: both strategies go on by themselves and repeat nothing',
    { timeout: TEST_MS },
    async () => {
      const report = await runOutage(DARK_MS);
      expect(report.broken, JSON.stringify(report)).toEqual([]);
    },
  );

  test(
    'lets in-order handle the message it has begun, and no other until it is back',
    { timeout: TEST_MS },
    async () => {
      await using cluster = await KafkaCluster.start();
      const { bootstrapServers } = cluster;
      await cluster.createTopic('each');
      await produceMessages(bootstrapServers, 'each', { count: 200 });
      const gate = new Gate();
      await using consumer = await ObservedConsumer.start({
        bootstrapServers,
        topics: ['each'],
        strategy: 'in-order',
        kafkaConfig: LONG_SESSION,
        handler: async ({ offset }) => {
          if (offset === 50) await gate.opened;
        },
      });
      await consumer.when('message 50 to begin', () => consumer.started.some(({ offset }) => offset === 50));

      await cluster.node(1).kill9();
      gate.open();
      await consumer.when('message 50 to end', () => consumer.handled.length === 51);
      await delay(STILL_MS);
      expect(consumer.started).toHaveLength(51);

      await cluster.node(1).start();
      await consumer.handledCount(200);
      expect(consumer.handled.map(({ offset }) => offset)).toEqual(
        Array.from({ length: 200 }, (_, offset) => offset),
      );
    },
  );

  test(
    'keeps neither file nor name look-ups waiting while six consumers wait for it',
    { timeout: TEST_MS },
    async () => {
      await using cluster = await KafkaCluster.start();
      const { bootstrapServers } = cluster;
      await cluster.createTopic('later');
      await produceMessages(bootstrapServers, 'later', { count: 10 });
      await cluster.node(1).kill9();

      const starting = Array.from({ length: CONSUMERS }, (_, index) =>
        ObservedConsumer.start({
          bootstrapServers,
          topics: ['later'],
          strategy: index % 2 === 0 ? 'in-order' : 'fast',
        }),
      );
      const slowest = await slowestLookUp(DARK_MS);
      await cluster.node(1).start();
      const consumers = await Promise.all(starting);
      try {
        await Promise.all(consumers.map((consumer) => consumer.handledCount(10)));
      } finally {
        await Promise.all(consumers.map((consumer) => consumer.stop()));
      }
      expect(slowest).toBeLessThan(LOOK_UP_LIMIT_MS);
    },
  );
});

/** The longest that a file or a name has taken, over a time. */
async function slowestLookUp(overMs: number): Promise<number> {
  const end = performance.now() + overMs;
  let slowest = 0;
  while (performance.now() < end) {
    const startedAt = performance.now();
    await Promise.all([lookup('localhost'), stat(import.meta.dirname)]);
    slowest = Math.max(slowest, performance.now() - startedAt);
    await delay(LOOK_UP_EVERY_MS);
  }
  return slowest;
}
