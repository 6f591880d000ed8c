import type { Row } from './row.js';
import {
  fast,
  fastLean,
  fastSleep,
  inOrderEach,
  inOrderEachLanes,
  inOrderPipelined,
  inOrderPipelinedLean,
} from './rows/millrace.js';
import { kafkajs, platformatic, promisified } from './rows/peers.js';
import { bareSleep, raw, rawSleep } from './rows/raw.js';
import { rawEach } from './rows/raw-each.js';

/** One table: rows that are compared with its first one. */
export interface Table {
  readonly name: string;
  readonly rows: readonly Row[];
  /** Ratios to the first row that must hold, by the row's name. */
  readonly targets: Readonly<Record<string, number>>;
}

const stream = [
  raw,
  fast,
  fastLean,
  inOrderPipelined,
  inOrderPipelinedLean,
  promisified,
  platformatic,
  kafkajs,
];
const streamTargets = {
  fast: 0.86,
  'fast-lean': 0.92,
  'in-order-pipelined': 0.86,
  'in-order-pipelined-lean': 0.92,
};

/** The tables of `npm run bench`, by name. */
export const tables: Readonly<Record<string, Table & { readonly valueBytes: number }>> = {
  '200B': {
    name: 'no-op handler after JSON.parse, 200 B',
    valueBytes: 200,
    rows: stream,
    targets: streamTargets,
  },
  '1KB': {
    name: 'no-op handler after JSON.parse, 1 KB',
    valueBytes: 1_000,
    rows: stream,
    targets: streamTargets,
  },
  each: {
    name: 'a commit for each message, 200 B',
    valueBytes: 200,
    rows: [rawEach, inOrderEach, inOrderEachLanes],
    targets: { 'in-order-each': 0.9, 'in-order-each-lanes': 3 },
  },
  sleep: {
    name: '256 handlers that sleep 5 ms, 200 B',
    valueBytes: 200,
    rows: [rawSleep, fastSleep, bareSleep],
    targets: { 'fast-sleep': 0.95 },
  },
};

/** Every row by name, for the process that runs one. */
export function findRow(name: string): Row | undefined {
  return Object.values(tables)
    .flatMap(({ rows }) => rows)
    .find((row) => row.name === name);
}
