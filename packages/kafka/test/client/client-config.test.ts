import { inspect } from 'node:util';

import { OptionsError } from '@millrace/core';
import { describe, expect, test } from 'vitest';

import {
  consumerConfig,
  consumerConfigFaults,
  type ConsumerConfigParts,
  producerConfig,
} from '../../src/client/client-config.js';
import { consumerProperties } from '../../src/client/consumer-properties.js';

function config(parts: Partial<ConsumerConfigParts> = {}): ReturnType<typeof consumerConfig> {
  return consumerConfig({
    name: 'kafka_consumer.links',
    groupId: 'svc.links',
    bootstrapServers: 'one:9092,two:9092',
    prefetch: 'steady',
    clientCommits: undefined,
    kafkaConfig: {},
    ...parts,
  });
}

const baseplate = { intervalMs: 5_000, autoOffsetReset: 'latest' } as const;
const choices = (['classic', 'consumer'] as const).flatMap((groupProtocol) =>
  (['steady', 'each'] as const).flatMap((prefetch) =>
    [undefined, baseplate].map((clientCommits) => ({ groupProtocol, prefetch, clientCommits })),
  ),
);

describe('consumerConfig', () => {
  test.each(choices)('gives a reason for each property: %o', (choice) => {
    for (const [name, { reason }] of Object.entries(consumerProperties(choice))) {
      expect(reason.length, name).toBeGreaterThan(10);
    }
  });

  test('says who and where', () => {
    expect(config().properties).toMatchObject({
      'client.id': 'kafka_consumer.links',
      'group.id': 'svc.links',
      'bootstrap.servers': 'one:9092,two:9092',
    });
    expect(config().server).toBe('one:9092');
    expect(config({ bootstrapServers: undefined }).server).toBeUndefined();
  });

  test('leaves commits and start positions to us', () => {
    expect(config().properties).toMatchObject({
      'enable.auto.commit': false,
      'enable.auto.offset.store': false,
      'auto.offset.reset': 'error',
    });
  });

  test('leaves both to the client where the ancestor is wanted', () => {
    expect(config({ clientCommits: baseplate }).properties).toMatchObject({
      'enable.auto.commit': true,
      'enable.auto.offset.store': true,
      'auto.commit.interval.ms': 5_000,
      'auto.offset.reset': 'latest',
    });
  });

  test('sets the assignor only where the client chooses it', () => {
    expect(config().properties['partition.assignment.strategy']).toBe('cooperative-sticky');
    const kip848 = config({ kafkaConfig: { 'group.protocol': 'consumer' } });
    expect(Object.keys(kip848.properties)).not.toContain('partition.assignment.strategy');
  });

  test('fetches less ahead where a commit lies between two messages', () => {
    const [each, steady] = [config({ prefetch: 'each' }), config()].map(({ properties }) =>
      Number(properties['queued.min.messages']),
    );
    expect(each).toBeLessThan(steady ?? 0);
  });

  test('who sets the size of a fetch decides on both properties that the client compares', () => {
    const { properties } = config({ prefetch: 'each', kafkaConfig: { 'message.max.bytes': 5_000_000 } });
    expect(properties['message.max.bytes']).toBe(5_000_000);
    expect(Object.keys(properties)).not.toContain('fetch.max.bytes');
  });

  test("the user's properties come over ours", () => {
    const given = { 'queued.min.messages': 7, 'session.timeout.ms': 6_000, 'max.poll.interval.ms': 60_000 };
    const made = config({ kafkaConfig: given });
    expect(made.properties).toMatchObject(given);
    expect(made.maxPollIntervalMs).toBe(60_000);
    expect(config().maxPollIntervalMs).toBe(300_000);
  });
});

describe('properties that carry guarantees', () => {
  test.each([
    ['enable.auto.commit', "delivery 'baseplate'"],
    ['auto.commit.enable', "delivery 'baseplate'"],
    ['enable.auto.offset.store', "delivery 'baseplate'"],
    ['auto.offset.reset', 'autoOffsetReset'],
    ['auto.commit.interval.ms', 'autoCommitIntervalMs'],
    ['group.id', 'groupId'],
    ['bootstrap.servers', 'bootstrapServers'],
    ['metadata.broker.list', 'bootstrapServers'],
    ['rebalance_cb', 'onRevoke'],
    ['oauthbearer_token_refresh_cb', 'oauthBearer'],
    ['allow.auto.create.topics', 'create them first'],
  ])('%s is refused, and %s named instead', (property, instead) => {
    const [fault] = consumerConfigFaults({ [property]: true });
    expect(fault?.path).toBe(`kafkaConfig['${property}']`);
    expect(fault?.message).toMatch(/^cannot be set: /);
    expect(fault?.message).toContain(instead);
  });

  test('all of them are told at once, without their values', () => {
    const kafkaConfig = { 'group.id': 'CANARY', 'enable.auto.commit': true };
    expect(() => config({ kafkaConfig })).toThrow(OptionsError);
    try {
      config({ kafkaConfig });
    } catch (error) {
      expect((error as OptionsError).faults).toHaveLength(2);
      expect(inspect(error, { depth: 9 })).not.toContain('CANARY');
    }
  });

  test('what the broker decides is refused with its protocol only', () => {
    const given = { 'session.timeout.ms': 6_000 };
    expect(consumerConfigFaults(given)).toEqual([]);
    expect(consumerConfigFaults({ ...given, 'group.protocol': 'consumer' })).toHaveLength(1);
  });

  test('draining must end before the group takes the member for dead', () => {
    const given = { 'max.poll.interval.ms': 20_000 };
    expect(consumerConfigFaults(given, 14_999)).toEqual([]);
    expect(consumerConfigFaults(given, 15_000)).toEqual([
      { path: 'drainTimeoutMs', message: 'must be < max.poll.interval.ms - 5000 (15000), got 15000' },
    ]);
  });

  test('a producer keeps its acknowledgements', () => {
    const parts = { clientId: 'p', bootstrapServers: 'one:9092' };
    expect(producerConfig({ ...parts, kafkaConfig: { 'linger.ms': 1 } }).properties).toMatchObject({
      acks: 'all',
      'enable.idempotence': true,
      partitioner: 'murmur2_random',
    });
    expect(() => producerConfig({ ...parts, kafkaConfig: { acks: 0 } })).toThrow('acks');
  });
});

describe('secrets', () => {
  const kafkaConfig = {
    'sasl.mechanisms': 'PLAIN',
    'sasl.username': 'CANARY-user',
    'sasl.password': 'CANARY-password',
    'ssl.key.pem': 'CANARY-key',
  };

  test('a configuration shows only what is harmless, however it is looked at', () => {
    const made = config({ kafkaConfig });
    const looks = [
      inspect(made, { depth: 9, showHidden: true }),
      JSON.stringify(made),
      JSON.stringify({ made }),
    ];
    for (const look of looks) expect(look).not.toContain('CANARY');
    expect(JSON.stringify(made)).toContain('"sasl.mechanisms":"PLAIN"');
    expect(JSON.stringify(made)).toContain('"(hidden)":3');
  });
});
