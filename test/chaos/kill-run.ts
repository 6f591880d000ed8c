// `node test/dist/chaos/kill-run.js --strategy in-order|fast --protocol classic|eager|kip848 --kills 20 [--static] [--bootstrap host:port]`
// Prints one line of JSON; exit code 0: every promise was kept, 1: one was not.
import { parseArgs } from 'node:util';

import { KafkaCluster } from '../kafka/kafka-cluster.js';
import type { Protocol } from './consumer-parameters.js';
import { type KillReport, runKills } from './run-kills.js';

const { values } = parseArgs({
  options: {
    strategy: { type: 'string', default: 'in-order' },
    protocol: { type: 'string', default: 'classic' },
    kills: { type: 'string', default: '20' },
    static: { type: 'boolean', default: false },
    bootstrap: { type: 'string' },
  },
});

async function run(bootstrapServers: string): Promise<KillReport> {
  return await runKills({
    bootstrapServers,
    strategy: oneOf('strategy', values.strategy, ['in-order', 'fast'] as const),
    protocol: oneOf<Protocol>('protocol', values.protocol, ['classic', 'eager', 'kip848']),
    isStatic: values.static,
    kills: Number(values.kills),
    progress: (text) => process.stderr.write(`${text}\n`),
  });
}

async function runOnOwnCluster(): Promise<KillReport> {
  await using cluster = await KafkaCluster.start();
  return await run(cluster.bootstrapServers);
}

function oneOf<T extends string>(name: string, given: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === given);
  if (found === undefined) throw new Error(`--${name} is one of ${known.join(', ')}, not ${given}`);
  return found;
}

const report = await (values.bootstrap === undefined ? runOnOwnCluster() : run(values.bootstrap));
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exitCode = report.broken.length === 0 ? 0 : 1;
