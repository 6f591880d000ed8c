/**
 * A Kafka client of your own. The constructor takes a function that makes the client from our configuration, because some
 * of it (callbacks, what guarantees rest on) cannot be set later. The client must not be connected yet.
 *
 *   node examples/dist/05-own-client/main.js
 */
import { createConsumer, InOrderConsumerFactory, QueueConsumerServer, Service } from '@millrace/kafka';

import { startKafka } from '../example-kafka.js';
import { runExample } from '../run-example.js';
import { until } from '../until.js';

/** The offsets that were handled. */
export async function main(): Promise<readonly number[]> {
  await using kafka = await startKafka();
  await kafka.send(
    'clicks',
    [1, 2, 3].map((number) => ({ key: 'page', value: { number } })),
  );

  const offsets: number[] = [];
  // #region own-client
  const factory = new InOrderConsumerFactory({
    name: 'kafka_consumer.click_counter',
    groupId: 'stats_service.click_counter',
    service: Service.new({ name: 'stats_service' }),
    topics: ['clicks'],
    autoOffsetReset: 'earliest',
    kafkaConfig: kafka.kafkaConfig, // goes into `config`, as everything that Millrace sets
    consumer: (config) =>
      createConsumer({
        ...config,
        'bootstrap.servers': kafka.bootstrapServers,
        'client.rack': 'rack-1', // reads from the nearest replica
      }),
    handler: (_context, _data, message) => {
      offsets.push(message.offset);
    },
  });
  // #endregion

  await using server = QueueConsumerServer.new({ factories: [factory], health: false });
  await server.start();
  await until('all clicks', () => offsets.length === 3);
  await server.stop();
  console.log(`handled offsets ${offsets.join(', ')}`);
  return offsets;
}

await runExample(import.meta.url, main);
