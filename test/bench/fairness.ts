// `node test/dist/bench/fairness.js`: a slow topic (2 s) beside a fast one (1 ms) in one consumer of 256 handlers. The fast one must keep
// 0.9 of what half of the handlers give it alone. Prints JSON; exit code 1: it does not, or the slow one stands still.
import { parseArgs } from 'node:util';

import { KafkaCluster } from '../kafka/kafka-cluster.js';
import { measureFairness } from './fair-share.js';

const LEAST_RATIO = 0.9;

const { values } = parseArgs({
  options: {
    handlers: { type: 'string', default: '256' },
    seconds: { type: 'string', default: '10' },
    messages: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
  },
});
await using cluster = await KafkaCluster.start({ fullJit: true });
const report = await measureFairness({
  bootstrapServers: cluster.bootstrapServers,
  handlers: Number(values.handlers),
  slowMs: 2_000,
  fastMs: 1,
  seconds: Number(values.seconds),
  fastMessages: Number(values.messages),
  rounds: Number(values.rounds),
});
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exitCode = report.ratio >= LEAST_RATIO && report.slow > 0 ? 0 : 1;
