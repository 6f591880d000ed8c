import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { FastConsumerFactory, QueueConsumerServer, Service, silentLogger } from '@millrace/kafka';

import { createTopic, produceMessages } from '../kafka/topic-tools.js';

const PARTITIONS = 6;
const SECOND_MS = 1_000;
const FIRST_MESSAGE_TIMEOUT_MS = 60_000;

/** A slow topic beside a fast one, in one consumer. */
export interface FairnessPlan {
  readonly bootstrapServers: string;
  /** Handlers at once; half of them are what the fast topic is compared with. */
  readonly handlers: number;
  readonly slowMs: number;
  readonly fastMs: number;
  /** How long each rate is measured. */
  readonly seconds: number;
  /** Preloaded in the fast topic: more than can be handled in that time. */
  readonly fastMessages: number;
  /** Both rates are measured so often, in turn; the round with the middle ratio counts. An odd number. */
  readonly rounds: number;
}

/** Messages a second. */
export interface FairnessReport {
  /** The fast topic alone, with half of the handlers. */
  readonly alone: number;
  /** The fast topic beside the slow one, with all handlers. */
  readonly beside: number;
  readonly slow: number;
  /** `beside / alone` */
  readonly ratio: number;
}

/** Measures what a slow topic takes from a fast one. */
export async function measureFairness(plan: FairnessPlan): Promise<FairnessReport> {
  const { bootstrapServers, handlers, slowMs, seconds, fastMessages } = plan;
  const fast = `fast-${randomUUID()}`;
  const slow = `slow-${randomUUID()}`;
  for (const topic of [fast, slow]) await createTopic(bootstrapServers, topic, { partitions: PARTITIONS });
  await produceMessages(bootstrapServers, fast, { count: fastMessages, partitions: PARTITIONS });
  const slowMessages = Math.ceil(((seconds + 10) * SECOND_MS * handlers) / slowMs);
  await produceMessages(bootstrapServers, slow, { count: slowMessages, partitions: PARTITIONS });

  const reports: FairnessReport[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    const alone = (await measure(plan, [fast], Math.ceil(handlers / 2))).get(fast) ?? 0;
    const rates = await measure(plan, [fast, slow], handlers);
    const beside = rates.get(fast) ?? 0;
    reports.push({ alone, beside, slow: rates.get(slow) ?? 0, ratio: beside / alone });
  }
  reports.sort((a, b) => a.ratio - b.ratio);
  return reports[reports.length >> 1] as FairnessReport;
}

/** Rates by topic, from when all topics have been handling for one round of the slow one. */
async function measure(
  { bootstrapServers, slowMs, fastMs, seconds, fastMessages }: FairnessPlan,
  topics: readonly string[],
  maxConcurrency: number,
): Promise<Map<string, number>> {
  const handled = new Map(topics.map((topic) => [topic, 0]));
  const group = `fairness_${randomUUID().replaceAll('-', '')}`;
  const factory = FastConsumerFactory.new({
    name: `kafka_consumer.${group}`,
    groupId: `bench.${group}`,
    service: Service.new({ name: 'bench', logger: silentLogger, telemetry: false }),
    bootstrapServers,
    topics,
    autoOffsetReset: 'earliest',
    maxConcurrency,
    handler: async (_context, _data, { topic }) => {
      await delay(topic.startsWith('slow') ? slowMs : fastMs);
      handled.set(topic, (handled.get(topic) ?? 0) + 1);
    },
  });
  await using server = QueueConsumerServer.new({ factories: [factory], health: false });
  await server.start();
  const deadline = performance.now() + FIRST_MESSAGE_TIMEOUT_MS;
  while ([...handled.values()].some((count) => count === 0)) {
    if (performance.now() > deadline) throw new Error(`not all of ${topics.join(', ')} make progress`);
    await delay(10);
  }
  const before = new Map(handled);
  const startedAt = performance.now();
  await delay(seconds * SECOND_MS);
  const took = (performance.now() - startedAt) / SECOND_MS;
  if ([...handled].some(([topic, count]) => topic.startsWith('fast') && count >= fastMessages)) {
    throw new Error('the fast topic was read to its end: preload more');
  }
  return new Map([...handled].map(([topic, count]) => [topic, (count - (before.get(topic) ?? 0)) / took]));
}
