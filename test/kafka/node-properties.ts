import { readFileSync } from 'node:fs';

import { harnessFile } from './harness-file.js';

/** What tells one node of a cluster from the others. */
export interface NodePlace {
  /** From 1. */
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
}

const HOST = '127.0.0.1';

/**
 * The settings of one node: `node.properties`, its own place, replication that fits the number of nodes, and whatever a test adds
 * (of two equal keys the later one counts).
 */
export function nodeProperties(
  place: NodePlace,
  cluster: readonly NodePlace[],
  logFolder: string,
  extra: Readonly<Record<string, string>> = {},
): string {
  const replicas = String(Math.min(cluster.length, 3));
  const inSync = String(Math.min(cluster.length, 2));
  const own = {
    'node.id': String(place.id),
    'controller.quorum.voters': cluster
      .map(({ id, controllerPort }) => `${String(id)}@${HOST}:${String(controllerPort)}`)
      .join(','),
    listeners: `PLAINTEXT://${brokerAddress(place)},CONTROLLER://${HOST}:${String(place.controllerPort)}`,
    'advertised.listeners': `PLAINTEXT://${brokerAddress(place)}`,
    'log.dirs': logFolder,
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    ...extra,
  };
  const shared = readFileSync(harnessFile('node.properties'), 'utf8');
  const lines = Object.entries(own).map(([key, value]) => `${key}=${value}`);
  return `${shared}\n${lines.join('\n')}\n`;
}

/** Where clients reach the node. */
export function brokerAddress(place: NodePlace): string {
  return `${HOST}:${String(place.port)}`;
}
