import { EmbeddedBroker } from '@millrace/testing';
import { expect, test } from 'vitest';

import { ExampleProcess, freePort } from '../example-process.js';
import { MessageProducer } from '../message-producer.js';

test('the first handler of the documentation handles a message and stops cleanly on SIGTERM', async () => {
  await using broker = await EmbeddedBroker.start();
  await using producer = await MessageProducer.connect(broker.bootstrapServers);
  await producer.send('new_links', [{ key: '1', value: { id: '1', url: 'https://kafka.apache.org' } }]);

  await using example = new ExampleProcess('00-getting-started/main.js', [], {
    KAFKA_BOOTSTRAP_SERVERS: broker.bootstrapServers,
    KAFKA_GROUP_PROTOCOL: 'consumer',
    HEALTH_PORT: String(await freePort()),
  });
  await example.says(/"url":"https:.*kafka.apache.org"/);
  example.kill('SIGTERM');

  expect(await example.ended()).toBe(0);
});
