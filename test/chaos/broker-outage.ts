// `node test/dist/chaos/broker-outage.js --seconds 20`: the only broker is killed with -9 and stays away for so long.
// Prints one line of JSON; exit code 0: every promise was kept, 1: one was not.
import { parseArgs } from 'node:util';

import { runOutage } from './run-outage.js';

const SECOND_MS = 1_000;

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } });
const report = await runOutage(Number(values.seconds) * SECOND_MS);
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exitCode = report.broken.length === 0 ? 0 : 1;
