import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import { expect, test } from 'vitest';

import { main } from './main.js';

test('every message has a span, and the one with a traceparent header is linked to its producer', async () => {
  const exporter = new InMemorySpanExporter();
  await main(exporter);

  const spans = exporter.getFinishedSpans().filter(({ name }) => name === 'process payments');
  const links = new Map(spans.map(({ attributes, links: to }) => [attributes['payment.cents'], to]));
  expect([...links.keys()].sort()).toEqual([1_250, 990]);
  expect(links.get(990)).toEqual([]);
  expect(links.get(1_250)?.map(({ context }) => context.traceId)).toEqual([
    '0af7651916cd43dd8448eb211c80319c',
  ]);
  expect(spans[0]?.attributes).toMatchObject({
    'messaging.system': 'kafka',
    'messaging.consumer.group.name': 'payment_service.receipts',
    'millrace.consumer.name': 'kafka_consumer.receipts',
  });
});

test('a poll that brings messages has a span when asked for', async () => {
  const exporter = new InMemorySpanExporter();
  await main(exporter);

  expect(exporter.getFinishedSpans().map(({ name }) => name)).toContain('poll payments');
});
