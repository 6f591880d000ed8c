// `node test/dist/bench/memory.js --gigabytes 3 --seconds 60`: the peak RSS of a consumer with slow handlers before a large backlog.
// Prints a line of JSON for each strategy; exit code 1: one was above 300 MB.
import { parseArgs } from 'node:util';

import { KafkaCluster } from '../kafka/kafka-cluster.js';
import { measurePeakMemory, preloadBacklog } from './peak-memory.js';

const LIMIT_MEGABYTES = 300;
const MEGABYTES = 1_000;

const { values } = parseArgs({
  options: { gigabytes: { type: 'string', default: '3' }, seconds: { type: 'string', default: '60' } },
});
await using cluster = await KafkaCluster.start({ fullJit: true });
const { bootstrapServers } = cluster;
const topic = await preloadBacklog(bootstrapServers, Number(values.gigabytes) * MEGABYTES);
for (const strategy of ['in-order', 'fast'] as const) {
  const report = await measurePeakMemory({
    bootstrapServers,
    strategy,
    topic,
    seconds: Number(values.seconds),
  });
  process.stdout.write(`${JSON.stringify(report)}\n`);
  if (report.peakMegabytes > LIMIT_MEGABYTES) process.exitCode = 1;
}
