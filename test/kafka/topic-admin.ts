import kafka, { type IAdminClient } from '@confluentinc/kafka-javascript';

import { awaitTopic, hasLeaders } from './broker-metadata.js';
import { clientCall } from './client-call.js';

const TIMEOUT_MS = 20_000;
/** Leaves the number to the broker. */
const CLUSTER_DEFAULT = -1;

/** The form of a topic to be made. */
export interface TopicOptions {
  /** @defaultValue `1` */
  readonly partitions?: number;
  /** @defaultValue the cluster's own: on a {@link KafkaCluster} as many as nodes */
  readonly replicas?: number;
  /** Kafka's topic settings, for example `{ 'cleanup.policy': 'compact' }`. */
  readonly config?: Readonly<Record<string, string>>;
}

/** Makes a topic; afterwards every broker knows it and each partition has a leader. */
export async function createTopic(
  bootstrapServers: string,
  topic: string,
  options: TopicOptions = {},
): Promise<void> {
  const { partitions = 1, replicas = CLUSTER_DEFAULT, config = {} } = options;
  const wanted = { topic, num_partitions: partitions, replication_factor: replicas, config: { ...config } };
  await withAdmin(bootstrapServers, (admin) =>
    clientCall(`create topic ${topic}`, (done) => {
      admin.createTopic(wanted, TIMEOUT_MS, done);
    }),
  );
  await awaitTopic(bootstrapServers, topic, (found) => hasLeaders(found, partitions), {
    timeoutMs: TIMEOUT_MS,
  });
}

/** Deletes a topic; afterwards no broker knows it. */
export async function deleteTopic(bootstrapServers: string, topic: string): Promise<void> {
  await withAdmin(bootstrapServers, (admin) =>
    clientCall(`delete topic ${topic}`, (done) => {
      admin.deleteTopic(topic, TIMEOUT_MS, done);
    }),
  );
  await awaitTopic(bootstrapServers, topic, (found) => found === undefined, { timeoutMs: TIMEOUT_MS });
}

/** Gives a topic more partitions, `total` in all; afterwards every broker knows them and each has a leader. */
export async function addPartitions(bootstrapServers: string, topic: string, total: number): Promise<void> {
  await withAdmin(bootstrapServers, (admin) =>
    clientCall(`add partitions to ${topic}`, (done) => {
      admin.createPartitions(topic, total, TIMEOUT_MS, done);
    }),
  );
  await awaitTopic(bootstrapServers, topic, (found) => hasLeaders(found, total), { timeoutMs: TIMEOUT_MS });
}

/** Lends a connected admin client. */
export async function withAdmin<T>(
  bootstrapServers: string,
  use: (admin: IAdminClient) => Promise<T>,
): Promise<T> {
  const admin = kafka.AdminClient.create({ 'bootstrap.servers': bootstrapServers, log_level: 0 });
  try {
    return await use(admin);
  } finally {
    admin.disconnect();
  }
}
