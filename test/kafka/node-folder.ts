import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { harnessFile } from './harness-file.js';
import type { KafkaInstallation } from './kafka-installation.js';
import { KafkaNode } from './kafka-node.js';
import { formatStorage } from './kafka-storage.js';
import { brokerAddress, type NodePlace, nodeProperties } from './node-properties.js';

const LOGGING = harnessFile('log4j2.yaml');

/** One node to be made in a cluster's folder. */
export interface NodePlan {
  readonly installation: KafkaInstallation;
  readonly clusterId: string;
  readonly clusterFolder: string;
  readonly place: NodePlace;
  readonly cluster: readonly NodePlace[];
  readonly properties: Readonly<Record<string, string>>;
  readonly javaArguments: readonly string[];
}

/** Writes the node's settings and formats its storage below the cluster's folder. It is not started yet. */
export function createNode(plan: NodePlan): KafkaNode {
  const { installation, place } = plan;
  const folder = join(plan.clusterFolder, `node-${String(place.id)}`);
  const storage = join(folder, 'data');
  const settings = join(folder, 'node.properties');
  mkdirSync(folder, { recursive: true });
  writeFileSync(settings, nodeProperties(place, plan.cluster, storage, plan.properties));
  formatStorage(installation.formatted, storage, { node: place.id, cluster: plan.clusterId });

  const { classDataArchive } = installation;
  return new KafkaNode({
    id: place.id,
    address: brokerAddress(place),
    java: installation.java,
    logFile: join(folder, 'broker.log'),
    arguments: [
      '-Xms256m',
      '-Xmx768m',
      '-XX:+UseSerialGC',
      // It would leave a file behind after each kill -9.
      '-XX:-UsePerfData',
      ...(classDataArchive === undefined ? [] : [`-XX:SharedArchiveFile=${classDataArchive}`]),
      ...plan.javaArguments,
      `-Dlog4j2.configurationFile=${LOGGING}`,
      '-cp',
      installation.classPath,
      'kafka.Kafka',
      settings,
    ],
  });
}
