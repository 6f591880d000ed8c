import { describe, expect, test } from 'vitest';

import { consumerConfig } from '../../src/client/client-config.js';
import type { NativeConsumer } from '../../src/client/native-client.js';
import { takeOn } from '../../src/client/take-on.js';
import { FakeClient } from './fake-client.js';

const config = consumerConfig({
  name: 'kafka_consumer.links',
  groupId: 'svc.links',
  bootstrapServers: undefined,
  prefetch: 'steady',
  clientCommits: undefined,
  kafkaConfig: {},
});

describe('takeOn', () => {
  test('takes a client with our configuration and more', () => {
    const client = new FakeClient().madeWith({
      ...config.properties,
      'bootstrap.servers': 'one:9092',
      'queued.min.messages': 9,
    });
    expect(takeOn(client, config)).toBe(client);
  });

  test('refuses one that is connected, with advice', () => {
    const client = { isConnected: () => true };
    expect(() => takeOn(client, config)).toThrow('not connected yet');
  });

  test.each([{ isConnected: () => false }, undefined, null, 7])(
    'refuses what createConsumer has not made: %s',
    (made) => {
      expect(() => takeOn(made as NativeConsumer, config)).toThrow('createConsumer');
    },
  );

  test.each([
    [{ 'enable.auto.commit': true }, "'enable.auto.commit' cannot be changed"],
    [{ 'group.id': 'svc.other' }, "'group.id' cannot be changed"],
  ])('refuses one whose guarantees were changed: %o', (change, text) => {
    const client = new FakeClient().madeWith({ ...config.properties, ...change });
    expect(() => takeOn(client, config)).toThrow(text);
  });

  test('refuses one from which guarantees were left out', () => {
    expect(() => takeOn(new FakeClient().madeWith({ 'group.id': 'svc.links' }), config)).toThrow(
      'enable.auto.commit',
    );
  });
});
