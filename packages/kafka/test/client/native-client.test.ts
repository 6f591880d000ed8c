import { inspect } from 'node:util';

import { isMillraceError } from '@millrace/core';
import { describe, expect, test } from 'vitest';

import { clientHooks, hasHooks } from '../../src/client/client-hooks.js';
import { connectWithoutWaiting, createConsumer, createProducer } from '../../src/client/native-client.js';
import { FakeClient, nativeError } from './fake-client.js';

describe('createConsumer', () => {
  test('makes a client that is not connected, can be taken on, and shows no secret', () => {
    const config = { 'group.id': 'svc.links', 'client.id': 'links', 'sasl.password': 'CANARY' };
    const client = createConsumer(config);
    expect(client.isConnected()).toBe(false);
    expect(hasHooks(client)).toBe(true);
    const looks = [
      inspect(client, { depth: 9, showHidden: true, customInspect: false }),
      JSON.stringify(client),
    ];
    for (const look of looks) expect(look).not.toContain('CANARY');
  });

  test('tells what the client says of a property, without its value', () => {
    try {
      createConsumer({ 'group.id': 'g', 'sasl.oauthbearer.method': 'CANARY' });
      expect.unreachable();
    } catch (error) {
      expect(isMillraceError(error) && error.code).toBe('OPTIONS_INVALID');
      expect(inspect(error, { depth: 9 })).toContain('sasl.oauthbearer.method');
      expect(inspect(error, { depth: 9 })).not.toContain('CANARY');
    }
  });

  test('refuses values that are no properties before they reach the client', () => {
    const config = { 'group.id': null } as unknown as Record<string, string>;
    expect(() => createConsumer(config)).toThrow('the property group.id must be a string');
  });

  test('numbers of any size reach the client as they are', () => {
    expect(() =>
      createConsumer({ 'group.id': 'g', 'queued.min.messages': 1e7, 'fetch.wait.max.ms': 0 }),
    ).not.toThrow();
  });
});

describe('createProducer', () => {
  test('makes a client that is not connected', () => {
    expect(createProducer({ 'client.id': 'p' }).isConnected()).toBe(false);
  });
});

describe('connectWithoutWaiting', () => {
  test('does not ask a broker, and leaves the client as it was', async () => {
    const client = new FakeClient();
    client.isBrokerUp = false;
    const error = await new Promise((resolve) => connectWithoutWaiting(client, resolve));
    expect(error).toBeUndefined();
    expect(client.calls).toEqual(['connect']);
    expect(Object.hasOwn(client, 'getMetadata')).toBe(false);
  });

  test('hands on the error of a client that cannot be made', async () => {
    const client = new FakeClient();
    client.failures.set('connect', [nativeError(-172, 'no')]);
    const error = await new Promise((resolve) => connectWithoutWaiting(client, resolve));
    expect(error).toMatchObject({ code: -172 });
    expect(client[clientHooks]).toBeDefined();
  });
});
