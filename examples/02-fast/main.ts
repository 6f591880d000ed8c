/**
 * Many messages at once, in any order; the background commit only ever covers what is processed.
 *
 *   node examples/dist/02-fast/main.js
 *
 * The schema is checked before the handler runs, and gives its data a type. What does not match is counted, logged
 * without its content, and skipped.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { FastConsumerFactory, QueueConsumerServer, Service } from '@millrace/kafka';

import { startKafka } from '../example-kafka.js';
import { runExample } from '../run-example.js';
import { until } from '../until.js';

const IMAGES = 200;
const RESIZE_MS = 20;
const CONCURRENCY = 32;

/** What happened. */
export interface FastResult {
  readonly resized: number;
  readonly skipped: number;
  readonly mostAtOnce: number;
}

export async function main(): Promise<FastResult> {
  await using kafka = await startKafka();
  const images = Array.from({ length: IMAGES }, (_, index) => ({ image: `image-${index}.png`, width: 320 }));
  const oneWithoutWidth = { image: 'broken.png' };
  await kafka.send(
    'new_images',
    [...images, oneWithoutWidth].map((value) => ({ key: value.image, value })),
  );

  const resized = new Set<string>();
  let atOnce = 0;
  let mostAtOnce = 0;
  // #region factory
  const factory = FastConsumerFactory.new({
    name: 'kafka_consumer.thumbnails',
    groupId: 'image_service.thumbnails',
    service: Service.new({ name: 'image_service' }),
    bootstrapServers: kafka.bootstrapServers,
    kafkaConfig: kafka.kafkaConfig,
    topics: ['new_images'],
    autoOffsetReset: 'earliest',
    maxConcurrency: CONCURRENCY,
    schema: {
      type: 'object',
      properties: { image: { type: 'string' }, width: { type: 'integer', minimum: 16 } },
      required: ['image', 'width'],
    },
    // `data` is { image: string, width: number, … }: see schema-types.ts.
    handler: async (context, data) => {
      mostAtOnce = Math.max(mostAtOnce, ++atOnce);
      await resize(data.image, data.width, context.signal);
      atOnce -= 1;
      resized.add(data.image);
    },
  });
  // #endregion

  await using server = QueueConsumerServer.new({ factories: [factory], health: false });
  await server.start();
  const skipped = (): number => server.snapshot().consumers[0]?.processed.skipped ?? 0;
  await until('all images', () => resized.size === IMAGES && skipped() === 1);
  const result = { resized: resized.size, skipped: skipped(), mostAtOnce };
  console.log(
    `${result.resized} images resized, at most ${result.mostAtOnce} at once; ${result.skipped} message skipped as invalid`,
  );
  return result;
}

/** Stands for work that waits for something else. The signal fires when the message is no longer ours to handle. */
async function resize(_image: string, _width: number, signal: AbortSignal): Promise<void> {
  await sleep(RESIZE_MS, undefined, { signal });
}

await runExample(import.meta.url, main);
