import { type Logger, silentLogger } from '@millrace/core';
import { ManualClock } from '@millrace/testing';

import { consumerConfig } from '../../src/client/client-config.js';
import type { KafkaConfig } from '../../src/client/kafka-config.js';
import { KafkaSource } from '../../src/client/kafka-source.js';
import { NativeCallLimit } from '../../src/client/native-call-limit.js';
import type { OAuthBearer } from '../../src/client/oauth-bearer.js';
import type { WantedTopic } from '../../src/client/topic-check.js';
import { FakeClient, turn } from './fake-client.js';
import { RecordingListener } from './recording-listener.js';

/** A source over a client that obeys the test. */
export interface SourceBundle {
  readonly source: KafkaSource;
  readonly client: FakeClient;
  readonly listener: RecordingListener;
  readonly clock: ManualClock;
}

/** What a test may want to be different. */
export interface BundleOptions {
  readonly topics?: readonly WantedTopic[];
  readonly kafkaConfig?: KafkaConfig;
  readonly oauthBearer?: OAuthBearer;
  readonly logger?: Logger;
  /** What the client hides in its texts. */
  readonly secret?: string;
}

/** A source that is not open yet; topics `links` (4 partitions) and `edits` (2) exist. */
export function sourceBundle(options: BundleOptions = {}): SourceBundle {
  const { topics = ['links'], logger = silentLogger, secret, oauthBearer } = options;
  const clock = new ManualClock();
  const config = consumerConfig({
    name: 'kafka_consumer.links',
    groupId: 'svc.links',
    bootstrapServers: 'kafka-1:9092,kafka-2:9092',
    prefetch: 'steady',
    clientCommits: undefined,
    kafkaConfig: options.kafkaConfig ?? {},
  });
  const client = new FakeClient();
  const hide =
    secret === undefined ? undefined : (text: string): string => text.replaceAll(secret, '<hidden>');
  client.topics.set('links', 4).set('edits', 2);
  for (let i = 0; i < 4; i += 1) client.ends.set(`links/${i}`, { low: 10, high: 100 + i });
  const source = new KafkaSource({
    config,
    topics,
    logger,
    clock,
    createClient: (properties) => client.madeWith(properties, hide),
    callLimit: new NativeCallLimit(2),
    ...(oauthBearer === undefined ? {} : { oauthBearer }),
  });
  return { source, client, listener: new RecordingListener(), clock };
}

/** The same, opened. */
export async function openBundle(options: BundleOptions = {}): Promise<SourceBundle> {
  const bundle = sourceBundle(options);
  await bundle.source.open(bundle.listener);
  bundle.listener.heard.length = 0;
  return bundle;
}

/** Opened, with partitions of `links` that have come and been taken. */
export async function assignedBundle(
  partitions: readonly number[],
  options: BundleOptions = {},
): Promise<SourceBundle> {
  const bundle = await openBundle(options);
  const { client, source, listener } = bundle;
  const places = partitions.map((partition) => ({ topic: 'links', partition }));
  client.assigns(...places);
  source.answer(
    listener.last,
    places.map((place) => ({ ...place, offset: undefined })),
  );
  await turn();
  listener.heard.length = 0;
  client.answers.length = 0;
  return bundle;
}
