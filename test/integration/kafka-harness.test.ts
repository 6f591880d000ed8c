import { randomUUID } from 'node:crypto';

import kafka, { type TopicPartitionOffsetAndMetadata } from '@confluentinc/kafka-javascript';
import { expect, test } from 'vitest';

import { askBroker } from '../kafka/broker-metadata.js';
import { clientCall } from '../kafka/client-call.js';
import { KafkaCluster } from '../kafka/kafka-cluster.js';
import { describeWithKafka, describeWithOwnCluster } from '../kafka/kafka-suite.js';
import {
  addPartitions,
  committedOffsets,
  createTopic,
  deleteTopic,
  produceMessages,
  readTopic,
  watermarks,
} from '../kafka/topic-tools.js';

/** Three starts on a busy machine. */
const CLUSTER_TEST_MS = 240_000;

const values = (messages: readonly { readonly value: Buffer | null }[]): string[] =>
  messages.map(({ value }) => String(value));
const numbers = (count: number): string[] => Array.from({ length: count }, (_, number) => String(number));

describeWithKafka('the shared Kafka', (bootstrapServers) => {
  const setup = async (partitions: number, config: Record<string, string> = {}): Promise<string> => {
    const topic = `harness-${randomUUID()}`;
    await createTopic(bootstrapServers, topic, { partitions, config });
    return topic;
  };

  test('gives back what was produced, in order, with keys that stay in their partition', async () => {
    const topic = await setup(3);
    await produceMessages(bootstrapServers, topic, { count: 3_000, partitions: 3, value: String });

    const messages = await readTopic(bootstrapServers, topic);
    expect(messages).toHaveLength(3_000);
    expect(values(messages.filter(({ partition }) => partition === 1))).toEqual(
      numbers(3_000).filter((_, number) => number % 3 === 1),
    );
    const partitionsByKey = new Map<string, Set<number>>();
    for (const { key, partition } of messages) {
      const seen = partitionsByKey.get(String(key)) ?? new Set();
      partitionsByKey.set(String(key), seen.add(partition));
    }
    expect([...partitionsByKey.values()].every((partitions) => partitions.size === 1)).toBe(true);
    expect(await watermarks(bootstrapServers, topic)).toEqual(
      new Map([0, 1, 2].map((partition) => [partition, { low: 0, high: 1_000 }])),
    );
  });

  test('says so when a message was not taken', async () => {
    const topic = await setup(1, { 'max.message.bytes': '1000' });
    const value = (number: number): string => (number === 7 ? 'x'.repeat(5_000) : 'small');
    const produced = produceMessages(bootstrapServers, topic, {
      count: 10,
      value,
      config: { 'linger.ms': 0 },
    });
    await expect(produced).rejects.toThrow(`messages to ${topic} were not delivered`);
  });

  test('tells what a group has committed, with the text beside it', async () => {
    const topic = await setup(2);
    const groupId = `harness.${randomUUID()}`;
    await commit(bootstrapServers, groupId, { topic, partition: 1, offset: 42, metadata: 'a map' });
    const committed = await committedOffsets(bootstrapServers, groupId, topic);
    expect(committed).toEqual(new Map([[1, { offset: 42, metadata: 'a map' }]]));
  });

  test('lets a topic grow and go', async () => {
    const topic = await setup(1);
    await addPartitions(bootstrapServers, topic, 4);
    expect([...(await watermarks(bootstrapServers, topic)).keys()]).toEqual([0, 1, 2, 3]);
    await deleteTopic(bootstrapServers, topic);
    await expect(watermarks(bootstrapServers, topic)).rejects.toThrow(`there is no topic ${topic}`);
  });
});

describeWithOwnCluster('a cluster of its own', () => {
  test('of one node keeps its data over a kill -9 and a restart', { timeout: CLUSTER_TEST_MS }, async () => {
    await using cluster = await timed('1 node', () => KafkaCluster.start());
    const node = cluster.node(1);
    await cluster.createTopic('kept', { partitions: 2 });
    await produceMessages(cluster.bootstrapServers, 'kept', { count: 100, partitions: 2, value: String });

    await node.kill9();
    expect(node.pid).toBeUndefined();
    await timed('1 node after kill -9', () => node.start());
    const afterKill = await readTopic(cluster.bootstrapServers, 'kept');
    expect(values(afterKill).sort()).toEqual(numbers(100).sort());

    await timed('1 node after a clean stop', () => node.restart());
    expect(await readTopic(cluster.bootstrapServers, 'kept')).toHaveLength(100);
  });

  test('of three nodes goes on without one and takes it back', { timeout: CLUSTER_TEST_MS }, async () => {
    await using cluster = await timed('3 nodes', () => KafkaCluster.start({ nodes: 3 }));
    await cluster.createTopic('replicated', { partitions: 3 });

    await cluster.node(2).kill9();
    await produceMessages(cluster.bootstrapServers, 'replicated', {
      count: 300,
      partitions: 3,
      value: String,
    });
    expect(await readTopic(cluster.bootstrapServers, 'replicated')).toHaveLength(300);

    await timed('1 of 3 nodes after kill -9', () => cluster.node(2).start());
    const { brokers } = await askBroker(cluster.node(2).address);
    expect(brokers.map(({ id }) => id).sort()).toEqual([1, 2, 3]);
  });

  test('that is frozen answers nothing, and goes on afterwards', { timeout: CLUSTER_TEST_MS }, async () => {
    await using cluster = await KafkaCluster.start();
    const node = cluster.node(1);
    node.pause();
    await expect(askBroker(node.address)).rejects.toThrow(node.address);
    node.resume();
    await node.awaitReady();
  });
});

/** Commits as a client outside any group does, and waits for the broker's word. */
async function commit(
  bootstrapServers: string,
  groupId: string,
  offset: TopicPartitionOffsetAndMetadata,
): Promise<void> {
  const consumer = new kafka.KafkaConsumer({
    'bootstrap.servers': bootstrapServers,
    'group.id': groupId,
    'enable.auto.commit': false,
  });
  await clientCall<unknown>('connect', (done) => consumer.connect({ allTopics: false }, done));
  consumer.assign([{ topic: offset.topic, partition: offset.partition }]);
  // eslint-disable-next-line no-restricted-properties -- one commit before anything else runs: it may block
  consumer.commitSync(offset);
  await clientCall<unknown>('disconnect', (done) => consumer.disconnect(done));
}

async function timed<T>(what: string, start: () => Promise<T>): Promise<T> {
  const before = performance.now();
  const result = await start();
  process.stderr.write(`kafka harness: ${what}: ${((performance.now() - before) / 1_000).toFixed(1)} s\n`);
  return result;
}
