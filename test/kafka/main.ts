// `npm run kafka`: an Apache Kafka to play with, gone with Ctrl-C.
import { once } from 'node:events';

import { KafkaCluster } from './kafka-cluster.js';
import { KafkaUnavailable } from './kafka-unavailable.js';

const SECOND_MS = 1_000;

async function main(): Promise<void> {
  const nodes = process.argv.includes('--three') ? 3 : 1;
  const started = performance.now();
  const asked = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await using kafka = await KafkaCluster.start({
    nodes,
    properties: { 'auto.create.topics.enable': 'true' },
  });
  const seconds = ((performance.now() - started) / SECOND_MS).toFixed(1);
  process.stdout.write(
    `Apache Kafka with ${String(nodes)} node(s) is up after ${seconds} s: ${kafka.bootstrapServers}\n`,
  );
  process.stdout.write(
    'Topics are made on first use. Ctrl-C stops it and removes its data; --three starts three nodes.\n',
  );
  await asked;
  process.stdout.write('stopping\n');
}

try {
  await main();
} catch (error) {
  process.stderr.write(error instanceof KafkaUnavailable ? `${error.message}\n` : `${String(error)}\n`);
  process.exitCode = 1;
}
