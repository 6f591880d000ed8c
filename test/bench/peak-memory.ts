import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { ConsumerGroup } from '../chaos/consumer-group.js';
import { until } from '../chaos/until.js';
import { createTopic, produceMessages } from '../kafka/topic-tools.js';

const PARTITIONS = 6;
const HANDLER_MS = 50;
const MESSAGE_BYTES = 10_000;
const START_TIMEOUT_MS = 60_000;
const SECOND_MS = 1_000;
const KILOBYTE = 1_024;
const MEGABYTE = 1e6;

/** A backlog of 10 KB messages, and a consumer process whose handlers take 50 ms. */
export interface MemoryPlan {
  readonly bootstrapServers: string;
  readonly strategy: 'in-order' | 'fast';
  readonly topic: string;
  /** How long it is watched. */
  readonly seconds: number;
}

/** What it took. */
export interface MemoryReport {
  readonly strategy: MemoryPlan['strategy'];
  /** The most that was resident at any moment, in megabytes. */
  readonly peakMegabytes: number;
  readonly handled: number;
}

/** Makes a topic with so many megabytes in it, and returns its name. */
export async function preloadBacklog(bootstrapServers: string, megabytes: number): Promise<string> {
  const topic = `backlog-${randomUUID()}`;
  await createTopic(bootstrapServers, topic, { partitions: PARTITIONS });
  const pad = 'x'.repeat(MESSAGE_BYTES);
  await produceMessages(bootstrapServers, topic, {
    count: Math.ceil((megabytes * MEGABYTE) / MESSAGE_BYTES),
    partitions: PARTITIONS,
    value: (number) => JSON.stringify({ number, pad }),
  });
  return topic;
}

/** Lets a consumer process work on the backlog and says how large it became. */
export async function measurePeakMemory({
  bootstrapServers,
  strategy,
  topic,
  seconds,
}: MemoryPlan): Promise<MemoryReport> {
  await using group = new ConsumerGroup({
    bootstrapServers,
    topics: [topic],
    group: `memory_${randomUUID().replaceAll('-', '')}`,
    strategy,
    protocol: 'classic',
    handlerMs: HANDLER_MS,
  });
  const member = group.start();
  await until(
    'the first message',
    () => {
      member.assertAlive();
      group.ledger.refresh();
      return group.ledger.runs.length > 0;
    },
    START_TIMEOUT_MS,
  );
  await delay(seconds * SECOND_MS);
  member.assertAlive();
  const peakMegabytes = peakResidentBytes(member.pid) / MEGABYTE;
  group.ledger.refresh();
  await group.stop(member);
  return { strategy, peakMegabytes, handled: group.ledger.runs.length };
}

/** Linux keeps the highest mark of each process. */
function peakResidentBytes(pid: number): number {
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  return Number(found?.[1]) * KILOBYTE;
}
