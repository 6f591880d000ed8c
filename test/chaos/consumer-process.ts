// A process with one consumer: `node consumer-process.js '{…ConsumerParameters}'`. All it does is in its ledger; SIGTERM ends it cleanly.
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import {
  type ConsumerFactory,
  FastConsumerFactory,
  InOrderConsumerFactory,
  type KafkaMessage,
  serve,
  Service,
} from '@millrace/kafka';

import { type ConsumerParameters, protocolConfig, SERVICE, wakeFile } from './consumer-parameters.js';
import { LedgerLogger } from './ledger-logger.js';
import { LedgerWriter } from './ledger-writer.js';

const EXIT_ORPHANED = 70;
const BLOCK_STEP_MS = 20;

const parameters = JSON.parse(process.argv[2] ?? '{}') as ConsumerParameters;
let hasBlocked = false;
const ledger = new LedgerWriter(parameters.ledgerFile);

// The parent holds the other end: without it nobody would ever stop this process.
process.stdin.on('end', () => process.exit(EXIT_ORPHANED));
process.stdin.resume();
(process.stdin as Partial<{ unref(): void }>).unref?.();

const { exitCode, error } = await serve(makeFactory(), { health: false });
ledger.write({ kind: 'event', event: 'process.served', data: { exitCode, error: String(error) } });

function makeFactory(): ConsumerFactory {
  const { bootstrapServers, topics, group, protocol, instance, window, drainTimeoutMs } = parameters;
  const common = {
    name: `kafka_consumer.${group}`,
    groupId: `${SERVICE}.${group}`,
    service: Service.new({ name: SERVICE, logger: new LedgerLogger(ledger) }),
    bootstrapServers,
    topics,
    autoOffsetReset: 'earliest' as const,
    kafkaConfig: { ...protocolConfig(protocol, instance), ...parameters.kafkaConfig },
    ...(window === undefined ? {} : { limits: { window } }),
    ...(drainTimeoutMs === undefined ? {} : { drainTimeoutMs }),
    handler,
  };
  if (parameters.strategy === 'in-order') return InOrderConsumerFactory.new(common);
  const { maxConcurrency } = parameters;
  return FastConsumerFactory.new({ ...common, ...(maxConcurrency === undefined ? {} : { maxConcurrency }) });
}

async function handler(_context: object, data: unknown, message: KafkaMessage): Promise<void> {
  const { topic, partition, offset } = message;
  const { number: id } = data as { readonly number: number };
  const line = { topic, partition, offset, id };
  ledger.write({ kind: 'start', ...line });
  if (id === parameters.blockAt && !hasBlocked) blockLoop();
  if (parameters.handlerMs > 0) await delay(parameters.handlerMs);
  ledger.write({ kind: 'end', ...line });
}

function blockLoop(): void {
  hasBlocked = true;
  ledger.write({ kind: 'event', event: 'loop.blocked', data: {} });
  const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  while (!existsSync(wakeFile(parameters.ledgerFile))) Atomics.wait(never, 0, 0, BLOCK_STEP_MS);
  ledger.write({ kind: 'event', event: 'loop.freed', data: {} });
}
