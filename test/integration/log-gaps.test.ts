import { randomUUID } from 'node:crypto';

import kafka from '@confluentinc/kafka-javascript';
import { expect, test } from 'vitest';

import { until } from '../chaos/until.js';
import { clientCall } from '../kafka/client-call.js';
import { KafkaCluster } from '../kafka/kafka-cluster.js';
import { describeWithKafka, describeWithOwnCluster } from '../kafka/kafka-suite.js';
import {
  committedOffsets,
  createTopic,
  produceMessages,
  readTopic,
  watermarks,
} from '../kafka/topic-tools.js';
import { groupIdOf, ObservedConsumer } from './observed-consumer.js';

const CLIENT_TIMEOUT_MS = 20_000;
const TIMEOUT_MS = 30_000;
const CLUSTER_TEST_MS = 180_000;
const STRATEGIES = ['in-order', 'fast'] as const;
/** How each is started; a background commit comes soon. */
const START = {
  'in-order': { strategy: 'in-order' },
  fast: { strategy: 'fast', autoCommitIntervalMs: 500 },
} as const;

describeWithKafka('a log with transactions', (bootstrapServers) => {
  test.each(STRATEGIES)('is committed to its end although markers stand there (%s)', async (strategy) => {
    const topic = `markers-${randomUUID()}`;
    await createTopic(bootstrapServers, topic);
    await produceInTransactions(bootstrapServers, topic, ['committed', 'aborted', 'committed']);
    const end = (await watermarks(bootstrapServers, topic)).get(0)?.high;
    const kept = await readTopic(bootstrapServers, topic, { committedOnly: true });
    expect(end).toBeGreaterThan(kept.length);

    await using consumer = await ObservedConsumer.start({
      ...START[strategy],
      bootstrapServers,
      topics: [topic],
    });
    await consumer.handledCount(kept.length);
    await awaitCommit(bootstrapServers, consumer, topic, end);
    expect(consumer.handled.map(({ offset }) => offset).sort((a, b) => a - b)).toEqual(
      kept.map(({ offset }) => offset),
    );
  });
});

describeWithOwnCluster('a log that was compacted', () => {
  test('is read over its gaps and committed to its end', { timeout: CLUSTER_TEST_MS }, async () => {
    await using cluster = await KafkaCluster.start({ properties: { 'log.cleaner.backoff.ms': '200' } });
    const { bootstrapServers } = cluster;
    const config = {
      'cleanup.policy': 'compact',
      'segment.bytes': '1048576',
      'min.cleanable.dirty.ratio': '0.01',
    };
    await cluster.createTopic('compacted', { config });
    const keys = 10;
    await produceMessages(bootstrapServers, 'compacted', {
      count: 3_000,
      key: (number) => `key-${String(number % keys)}`,
      value: (number) => JSON.stringify({ number, pad: 'x'.repeat(1_000) }),
    });
    await until(
      'the cleaner',
      async () => (await readTopic(bootstrapServers, 'compacted')).length < 2_500,
      TIMEOUT_MS,
    );
    for (const strategy of STRATEGIES) {
      const left = await readTopic(bootstrapServers, 'compacted');
      await using consumer = await ObservedConsumer.start({
        ...START[strategy],
        bootstrapServers,
        topics: ['compacted'],
      });
      await consumer.handledCount(left.length);
      await awaitCommit(bootstrapServers, consumer, 'compacted', 3_000);
    }
  });
});

async function awaitCommit(
  bootstrapServers: string,
  { group }: ObservedConsumer,
  topic: string,
  end: number | undefined,
): Promise<void> {
  let last: number | undefined;
  await until(
    `the commit to reach ${String(end)}`,
    async () => {
      last = (await committedOffsets(bootstrapServers, groupIdOf(group), topic)).get(0)?.offset;
      return last === end;
    },
    TIMEOUT_MS,
  ).catch((error: unknown) => {
    throw new Error(`the commit stays at ${String(last)} of ${String(end)}`, { cause: error });
  });
}

/** Five messages in each of some transactions. */
async function produceInTransactions(
  bootstrapServers: string,
  topic: string,
  outcomes: readonly ('committed' | 'aborted')[],
): Promise<void> {
  const producer = new kafka.Producer({
    'bootstrap.servers': bootstrapServers,
    'transactional.id': `gaps-${randomUUID()}`,
    log_level: 0,
  });
  await clientCall<unknown>('connect', (done) => producer.connect({ allTopics: false }, done));
  await clientCall('init', (done) => {
    producer.initTransactions(CLIENT_TIMEOUT_MS, done);
  });
  for (const outcome of outcomes) {
    await clientCall('begin', (done) => {
      producer.beginTransaction(done);
    });
    for (let i = 0; i < 5; i++) producer.produce(topic, 0, Buffer.from('{}'));
    await clientCall(outcome, (done) => {
      if (outcome === 'committed') producer.commitTransaction(CLIENT_TIMEOUT_MS, done);
      else producer.abortTransaction(CLIENT_TIMEOUT_MS, done);
    });
  }
  await clientCall<unknown>('disconnect', (done) => producer.disconnect(done));
}
