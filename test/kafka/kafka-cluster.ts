import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePorts } from './free-ports.js';
import { forgetFolder, watchFolder } from './guardian.js';
import { installKafka } from './install-kafka.js';
import type { KafkaNode } from './kafka-node.js';
import { kafkaUuid } from './kafka-storage.js';
import { createNode } from './node-folder.js';
import type { NodePlace } from './node-properties.js';
import { addPartitions, createTopic, deleteTopic, type TopicOptions } from './topic-admin.js';

/** What kind of cluster. */
export interface KafkaClusterOptions {
  /** Three hold every topic three times and survive the loss of one. @defaultValue `1` */
  readonly nodes?: 1 | 3;
  /** Java's optimizing compiler too: slower to start, faster afterwards. For benchmarks. @defaultValue `false` */
  readonly fullJit?: boolean;
  /** Broker settings besides those of `node.properties`, or instead of them. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** A real Apache Kafka on loopback ports of its own, with data that lasts as long as it. It never outlives this process. */
export class KafkaCluster implements AsyncDisposable {
  /** All nodes, comma-separated. */
  readonly bootstrapServers: string;
  readonly nodes: readonly KafkaNode[];
  readonly #folder: string;

  private constructor(nodes: readonly KafkaNode[], folder: string) {
    this.nodes = nodes;
    this.bootstrapServers = nodes.map(({ address }) => address).join(',');
    this.#folder = folder;
  }

  /**
   * Starts all nodes and waits until each of them answers that all are there.
   * @throws KafkaUnavailable where the machine has no Java, or cannot get the jars
   */
  static async start(options: KafkaClusterOptions = {}): Promise<KafkaCluster> {
    const installation = await installKafka();
    const places = await choosePlaces(options.nodes ?? 1);
    const clusterId = kafkaUuid();
    const clusterFolder = mkdtempSync(join(tmpdir(), 'millrace-kafka-'));
    watchFolder(clusterFolder);
    const cluster = new KafkaCluster(
      places.map((place) =>
        createNode({
          installation,
          clusterId,
          clusterFolder,
          place,
          cluster: places,
          properties: options.properties ?? {},
          // Without the optimizing compiler Java starts faster and takes the CPU from nobody.
          javaArguments: options.fullJit === true ? [] : ['-XX:TieredStopAtLevel=1'],
        }),
      ),
      clusterFolder,
    );
    try {
      await cluster.#startNodes();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** The node with this Kafka id: 1, 2 or 3. */
  node(id: number): KafkaNode {
    const node = this.nodes.find((candidate) => candidate.id === id);
    if (node === undefined)
      throw new Error(`no node ${String(id)} in a cluster of ${String(this.nodes.length)}`);
    return node;
  }

  /** Makes a topic; afterwards every living node knows it and each partition has a leader. */
  async createTopic(topic: string, options: TopicOptions = {}): Promise<void> {
    await createTopic(this.bootstrapServers, topic, options);
  }

  /** Deletes a topic; afterwards no living node knows it. */
  async deleteTopic(topic: string): Promise<void> {
    await deleteTopic(this.bootstrapServers, topic);
  }

  /** Gives a topic more partitions, `total` in all. */
  async addPartitions(topic: string, total: number): Promise<void> {
    await addPartitions(this.bootstrapServers, topic, total);
  }

  /** Ends all nodes and removes their data. They are killed: a clean stop would save what nobody keeps. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill9()));
    rmSync(this.#folder, { recursive: true, force: true });
    forgetFolder(this.#folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #startNodes(): Promise<void> {
    // No node is ready before a majority runs.
    for (const node of this.nodes) node.spawn();
    const ids = this.nodes.map(({ id }) => id);
    await Promise.all(this.nodes.map((node) => node.awaitReady(ids)));
  }
}

async function choosePlaces(count: number): Promise<NodePlace[]> {
  const ports = await freePorts(2 * count);
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    port: ports[2 * index] ?? 0,
    controllerPort: ports[2 * index + 1] ?? 0,
  }));
}
