import type { KafkaConfig } from '@millrace/kafka';
import { EmbeddedBroker } from '@millrace/testing';

import { MessageProducer, type OutgoingMessage } from './message-producer.js';

/** A Kafka for an example, and a way to put messages into it. */
export interface ExampleKafka extends AsyncDisposable {
  readonly bootstrapServers: string;
  /** What a consumer of this Kafka needs in its `kafkaConfig`: a little for the embedded broker, nothing otherwise. */
  readonly kafkaConfig: KafkaConfig;
  /** Produces messages and waits until the broker has them. The topic is made if there is none. */
  send(topic: string, messages: readonly OutgoingMessage[]): Promise<void>;
  stop(): Promise<void>;
}

/** The Kafka that KAFKA_BOOTSTRAP_SERVERS names, or an embedded broker that needs nothing installed. */
export async function startKafka(): Promise<ExampleKafka> {
  const given = process.env['KAFKA_BOOTSTRAP_SERVERS'] ?? '';
  const broker = given === '' ? await EmbeddedBroker.start() : undefined;
  const bootstrapServers = broker?.bootstrapServers ?? given;
  const stop = async (): Promise<void> => {
    await broker?.stop();
  };
  return {
    bootstrapServers,
    kafkaConfig: broker?.kafkaConfig ?? {},
    async send(topic, messages) {
      await using producer = await MessageProducer.connect(bootstrapServers);
      await producer.createTopic(topic);
      await producer.send(topic, messages);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
