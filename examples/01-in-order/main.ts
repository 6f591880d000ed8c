/**
 * One message at a time, in the order of the log, each committed before the next one starts.
 *
 *   node examples/dist/01-in-order/main.js
 *
 * Edits of one link share a key, so they share a partition and stay in order. Between partitions there is no order.
 */
import { InOrderConsumerFactory, json, QueueConsumerServer, Service } from '@millrace/kafka';

import { startKafka } from '../example-kafka.js';
import { runExample } from '../run-example.js';
import { until } from '../until.js';

interface LinkEdit {
  readonly id: string;
  readonly title: string;
}

const edits: readonly LinkEdit[] = [
  { id: 'a', title: 'Kafka' },
  { id: 'b', title: 'Mils' },
  { id: 'a', title: 'Apache Kafka' },
  { id: 'b', title: 'Mills' },
  { id: 'b', title: 'Mill races' },
  { id: 'a', title: 'Apache Kafka, a log' },
];

/** The titles that each link has had, in the order in which they were handled. */
export async function main(): Promise<ReadonlyMap<string, readonly string[]>> {
  await using kafka = await startKafka();
  await kafka.send(
    'edited_links',
    edits.map((edit) => ({ key: edit.id, value: edit })),
  );

  const titles = new Map<string, string[]>();
  let handled = 0;
  // #region factory
  const factory = InOrderConsumerFactory.new({
    name: 'kafka_consumer.link_titles',
    groupId: 'link_service.link_titles',
    service: Service.new({ name: 'link_service' }),
    bootstrapServers: kafka.bootstrapServers,
    kafkaConfig: kafka.kafkaConfig,
    topics: ['edited_links'],
    autoOffsetReset: 'earliest',
    commit: 'each', // the default: the broker has acknowledged a message's commit before the next one starts
    deserialize: json<LinkEdit>(),
    handler: (context, edit) => {
      titles.set(edit.id, [...(titles.get(edit.id) ?? []), edit.title]);
      context.logger.info({ id: edit.id, title: edit.title }, 'title changed');
      handled += 1;
    },
  });
  // #endregion

  // #region server
  // `serve(factory)` does the same until a signal comes; here the program itself decides when to stop.
  await using server = QueueConsumerServer.new({ factories: [factory], health: false });
  await server.start();
  await until('all edits', () => handled === edits.length);
  await server.stop();
  // #endregion

  for (const [id, had] of titles) console.log(`${id}: ${had.join(' > ')}`);
  return titles;
}

await runExample(import.meta.url, main);
