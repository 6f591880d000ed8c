// #region embedded-broker
import { InOrderConsumerFactory, json, QueueConsumerServer } from '@millrace/kafka';
import { EmbeddedBroker } from '@millrace/testing';
import { expect, test } from 'vitest';

import { MessageProducer } from '../message-producer.js';

test('links are handled in the order in which they were produced', async () => {
  await using broker = await EmbeddedBroker.start();
  await using producer = await MessageProducer.connect(broker.bootstrapServers);
  await producer.send('new_links', [
    { key: 'a', value: { id: 'a1' } },
    { key: 'a', value: { id: 'a2' } },
  ]);

  const handled: string[] = [];
  const factory = InOrderConsumerFactory.new({
    name: 'kafka_consumer.new_links',
    groupId: 'link_service.new_links',
    bootstrapServers: broker.bootstrapServers,
    kafkaConfig: broker.kafkaConfig, // what clients of this broker need
    topics: ['new_links'],
    autoOffsetReset: 'earliest',
    deserialize: json<{ readonly id: string }>(),
    handler: (_context, link) => {
      handled.push(link.id);
    },
  });
  await using server = QueueConsumerServer.new({ factories: [factory] });
  await server.start();

  await expect.poll(() => handled, { timeout: 10_000 }).toEqual(['a1', 'a2']);
});
// #endregion
