import { randomUUID } from 'node:crypto';

import { FastConsumerFactory, serve } from '@millrace/kafka';
import { expect, test } from 'vitest';

import { describeWithKafka } from '../kafka/kafka-suite.js';
import { createTopic, produceMessages } from '../kafka/topic-tools.js';
import { ObservedConsumer } from './observed-consumer.js';

describeWithKafka('the topics of a consumer', (bootstrapServers) => {
  test('must exist: the error names the nearest ones', async () => {
    const suffix = randomUUID().slice(0, 8);
    await createTopic(bootstrapServers, `new_links_${suffix}`);
    const factory = FastConsumerFactory.new({
      name: 'kafka_consumer.missing',
      groupId: 'chaos.missing',
      bootstrapServers,
      topics: [`new_link_${suffix}`],
      handler: () => undefined,
    });
    const { exitCode, error } = await serve(factory, { signals: false, health: false });
    process.exitCode = 0;
    expect(exitCode).toBe(1);
    expect(error).toMatchObject({ code: 'TOPIC_MISSING' });
    expect(String(error)).toContain(`new_link_${suffix}`);
    expect(String(error)).toContain(`new_links_${suffix}`);
  });

  test('given as a regular expression are all that match, but never a retry, park or dead-letter topic', async () => {
    const prefix = `regex-${randomUUID().slice(0, 8)}`;
    const matching = [`${prefix}_a`, `${prefix}_b`];
    const others = [
      `${prefix}-c`,
      `${prefix}_a.chaos.regex.dlq`,
      `${prefix}_a.chaos.regex.retry.1`,
      `${prefix}_a.chaos.regex.park`,
    ];
    for (const topic of [...matching, ...others]) {
      await createTopic(bootstrapServers, topic);
      await produceMessages(bootstrapServers, topic, { count: 5 });
    }
    await using consumer = await ObservedConsumer.start({
      bootstrapServers,
      topics: [new RegExp(`^${prefix}_`)],
      strategy: 'in-order',
    });
    await consumer.handledCount(10);
    expect(new Set(consumer.handled.map(({ topic }) => topic))).toEqual(new Set(matching));
    expect([...consumer.owned].sort()).toEqual(matching.map((topic) => `${topic}[0]`));
  });
});
