// `npm run bench`: every row several times, interleaved, in processes of their own, against one real Kafka.
// `-- --tables 200B,each --rounds 5 --messages 1000000 --rows raw,fast` narrows it.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { KafkaCluster } from '../kafka/kafka-cluster.js';
import { produceMessages } from '../kafka/topic-tools.js';
import { tables } from './catalogue.js';
import type { Measurement } from './meter.js';
import { printTable } from './report.js';
import type { RowRun } from './row.js';

const PARTITIONS = 6;
const ROW_TIMEOUT_MS = 120_000;

const { values } = parseArgs({
  options: {
    tables: { type: 'string', default: Object.keys(tables).join(',') },
    rows: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    messages: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '20' },
  },
});
const preloaded = new Set<string>();
const messages = Number(values.messages);
const rounds = Number(values.rounds);

await using kafka = await KafkaCluster.start({ fullJit: true });
for (const name of values.tables.split(',')) {
  const table = tables[name];
  if (table === undefined)
    throw new Error(`no table is called ${name}; there are ${Object.keys(tables).join(', ')}`);
  const topic = `bench-${String(table.valueBytes)}`;
  await preload(topic, table.valueBytes);
  const rows = table.rows.filter(
    (row) => values.rows === undefined || values.rows.split(',').includes(row.name),
  );
  const results = new Map<string, Measurement[]>(rows.map((row) => [row.name, []]));
  const run: RowRun = {
    bootstrapServers: kafka.bootstrapServers,
    topic,
    partitions: PARTITIONS,
    messages,
    mostSeconds: Number(values.seconds),
    handlers: 256,
    sleepMs: 5,
  };
  for (let round = 0; round < rounds; round++) {
    for (const row of rows) {
      const measurement = await runRow(row.name, run);
      results.get(row.name)?.push(measurement);
      process.stderr.write(
        `${name} round ${String(round + 1)}/${String(rounds)} ${row.name} ${Math.round(measurement.perSecond).toLocaleString('en')}/s\n`,
      );
    }
  }
  printTable(table, results);
}

async function preload(topic: string, valueBytes: number): Promise<void> {
  if (preloaded.has(topic)) return;
  preloaded.add(topic);
  await kafka.createTopic(topic, { partitions: PARTITIONS });
  await produceMessages(kafka.bootstrapServers, topic, {
    count: messages,
    partitions: PARTITIONS,
    value: (i: number) => orderOf(i, valueBytes),
  });
}

function orderOf(i: number, bytes: number): string {
  const order = {
    id: i,
    user: `u_${String(i % 1000)}`,
    items: [{ sku: 'abc', qty: 1, price: 9.99 }],
    total: 9.99,
    currency: 'EUR',
    pad: '',
  };
  const length = JSON.stringify(order).length;
  return JSON.stringify({ ...order, pad: 'x'.repeat(Math.max(0, bytes - length)) });
}

function runRow(name: string, run: RowRun): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL('run-row.js', import.meta.url));
    const child = spawn(process.execPath, [script, name, JSON.stringify(run)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: ROW_TIMEOUT_MS,
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('close', (code) => {
      const line = output.trim().split('\n').at(-1) ?? '';
      if (code === 0 && line.startsWith('{')) resolve(JSON.parse(line) as Measurement);
      else reject(new Error(`row ${name} ended with ${String(code)}: ${output.slice(-500)}`));
    });
  });
}
