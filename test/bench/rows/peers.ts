import { Consumer as PlatformaticConsumer, MessagesStreamModes } from '@platformatic/kafka';
import { Kafka, logLevel } from 'kafkajs';

import { Meter } from '../meter.js';
import { client } from '../native.js';
import type { Row } from '../row.js';

const group = (name: string): string => `bench.${name}-${String(process.pid)}-${String(Date.now())}`;

/** kafkajs, one handler call a message, partitions side by side. */
export const kafkajs: Row = {
  name: 'kafkajs',
  about: 'kafkajs eachMessage, all partitions concurrently',
  run: (run) =>
    new Promise((resolve, reject) => {
      const meter = new Meter(run, resolve);
      const kafka = new Kafka({ brokers: run.bootstrapServers.split(','), logLevel: logLevel.ERROR });
      const consumer = kafka.consumer({
        groupId: group('kafkajs'),
        maxWaitTimeInMs: 5,
        maxBytesPerPartition: 1 << 20,
      });
      const start = async (): Promise<void> => {
        await consumer.connect();
        await consumer.subscribe({ topics: [run.topic], fromBeginning: true });
        await consumer.run({
          partitionsConsumedConcurrently: run.partitions,
          eachMessage: ({ message }) => {
            JSON.parse((message.value as Buffer).toString());
            meter.hit();
            return Promise.resolve();
          },
        });
      };
      start().catch(reject);
    }),
};

/** The promisified interface of the same native client that we build on. */
export const promisified: Row = {
  name: 'promisified',
  about: "the native client's own eachMessage, all partitions concurrently",
  run: (run) =>
    new Promise((resolve, reject) => {
      const meter = new Meter(run, resolve);
      const kafka = new client.KafkaJS.Kafka({
        kafkaJS: { brokers: run.bootstrapServers.split(','), logLevel: 1 },
      }) as PromisifiedKafka;
      const consumer = kafka.consumer({
        kafkaJS: { groupId: group('promisified'), fromBeginning: true },
        'fetch.wait.max.ms': 5,
        'fetch.queue.backoff.ms': 10,
        'queued.min.messages': 10_000,
      });
      const start = async (): Promise<void> => {
        await consumer.connect();
        await consumer.subscribe({ topics: [run.topic] });
        await consumer.run({
          partitionsConsumedConcurrently: run.partitions,
          eachMessage: ({ message }) => {
            JSON.parse(message.value.toString());
            meter.hit();
            return Promise.resolve();
          },
        });
      };
      start().catch(reject);
    }),
};

/** platformatic/kafka, its stream read with `for await`. */
export const platformatic: Row = {
  name: 'platformatic',
  about: '@platformatic/kafka stream',
  run: async (run) => {
    const consumer = new PlatformaticConsumer({
      clientId: 'bench',
      groupId: group('platformatic'),
      bootstrapBrokers: run.bootstrapServers.split(','),
      maxWaitTime: 5,
      autocommit: 5_000,
    });
    const stream = await consumer.consume({ topics: [run.topic], mode: MessagesStreamModes.EARLIEST });
    return new Promise((resolve, reject) => {
      const meter = new Meter(run, resolve);
      const read = async (): Promise<void> => {
        for await (const message of stream) {
          JSON.parse(message.value.toString());
          meter.hit();
        }
      };
      read().catch(reject);
    });
  },
};

interface PromisifiedKafka {
  consumer(config: object): {
    connect(): Promise<void>;
    subscribe(topics: object): Promise<void>;
    run(config: {
      partitionsConsumedConcurrently: number;
      eachMessage: (call: { readonly message: { readonly value: Buffer } }) => Promise<void>;
    }): Promise<void>;
  };
}
