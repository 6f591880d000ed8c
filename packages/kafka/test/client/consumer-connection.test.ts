import { silentLogger } from '@millrace/core';
import { ManualClock } from '@millrace/testing';
import { describe, expect, test } from 'vitest';

import { ConsumerConnection } from '../../src/client/consumer-connection.js';
import { NativeCallLimit } from '../../src/client/native-call-limit.js';
import { FakeClient, message, nativeError, turn } from './fake-client.js';

const place = { topic: 'links', partition: 0 };

function setup(): {
  connection: ConsumerConnection;
  client: FakeClient;
  clock: ManualClock;
  limit: NativeCallLimit;
} {
  const client = new FakeClient();
  client.topics.set('links', 2);
  const [clock, limit] = [new ManualClock(), new NativeCallLimit(2)];
  const connection = new ConsumerConnection({ client, limit, clock, logger: silentLogger });
  return { connection, client, clock, limit };
}

async function open(): Promise<ReturnType<typeof setup>> {
  const bundle = setup();
  await bundle.connection.connect();
  return bundle;
}

describe('connecting', () => {
  test('asks no broker, and polls without waiting from then on', async () => {
    const { client, connection } = await open();
    expect(client.calls).toEqual([
      'setDefaultConsumeTimeout 0',
      'setDefaultIsTimeoutOnlyForFirstMessage false',
      'connect',
    ]);
    expect(connection.isOpen).toBe(true);
  });

  test('happens once', async () => {
    const { client, connection } = await open();
    await connection.connect();
    expect(client.calls.filter((call) => call === 'connect')).toHaveLength(1);
  });

  test('a client that cannot be made leaves nothing to close', async () => {
    const { client, connection } = setup();
    client.failures.set('connect', [nativeError(-172, 'conflicting properties')]);
    await expect(connection.connect()).rejects.toThrow('conflicting properties');
    await connection.close();
    expect(client.calls).not.toContain('disconnect');
  });
});

describe('calls', () => {
  test('before it is connected none reaches the client', async () => {
    const { connection, client } = setup();
    expect(connection.call((it) => it.rebalanceProtocol())).toBeUndefined();
    expect(connection.consume(1, () => undefined)).toBe(false);
    await expect(connection.metadata('links', 500)).rejects.toThrow('the connection is closed');
    expect(client.crimes).toEqual([]);
  });

  test('blocking ones pass the limit', async () => {
    const { connection, client, limit } = await open();
    client.held.add('getMetadata');
    const asked = ['a', 'b', 'c'].map((topic) => connection.metadata(topic, 500));
    await turn();
    expect(limit.running).toBe(2);
    client.release('getMetadata');
    await Promise.all(asked);
    expect(client.calls.filter((call) => call === 'getMetadata')).toHaveLength(3);
  });

  test('a partition without a commit comes back without an offset, an error for one fails all', async () => {
    const { connection, client } = await open();
    client.committedAt.set('links/0', { offset: 7, metadata: 'm' });
    const both = [place, { topic: 'links', partition: 1 }];
    expect(await connection.committed(both, 500)).toEqual([{ ...place, offset: 7, metadata: 'm' }, both[1]]);
    client.failures.set('committed', [nativeError(113, 'stale member epoch')]);
    await expect(connection.committed(both, 500)).rejects.toThrow('stale member epoch');
  });

  test('ends are told for each partition, an error in the place of one', async () => {
    const { connection, client } = await open();
    client.ends.set('links/0', { low: 3, high: 9 });
    const [known, unknown] = await connection.ends([place, { topic: 'links', partition: 1 }], 500);
    expect(known).toEqual({ ...place, low: 3, high: 9 });
    expect(unknown).toBeInstanceOf(Error);
  });

  test('values that native code would not survive are refused', async () => {
    const { connection, client } = await open();
    const bad = [{ topic: 'links', partition: -1 }];
    await expect(connection.committed(bad, 500)).rejects.toThrow('a partition must be');
    await expect(connection.ends(bad, 500)).rejects.toThrow('a partition must be');
    expect(() => connection.consume(0, () => undefined)).toThrow('number of messages');
    expect(client.calls).not.toContain('committed');
  });
});

describe('closing', () => {
  test('waits for calls under way, and disconnects once', async () => {
    const { connection, client } = await open();
    client.held.add('committed');
    const asked = connection.committed([place], 500);
    const closing = [connection.close(), connection.close()];
    await turn();
    expect(client.calls).not.toContain('disconnect');
    client.release('committed');
    await Promise.all([asked, ...closing]);
    expect(client.calls.filter((call) => call === 'disconnect')).toHaveLength(1);
    expect(client.crimes).toEqual([]);
    expect(connection.isClosed).toBe(true);
  });

  test('waits for the poll under way', async () => {
    const { connection, client } = await open();
    client.subscribe(['links']);
    const batches: number[] = [];
    connection.consume(10, (_error, batch) => batches.push(batch?.length ?? 0));
    const closing = connection.close();
    await turn();
    expect(client.calls).not.toContain('disconnect');
    await client.bring(message('links', 0, 1));
    await closing;
    expect(batches).toEqual([1]);
    expect(client.crimes).toEqual([]);
  });

  test('takes back calls that wait for their turn', async () => {
    const { connection, client } = await open();
    client.held.add('getMetadata');
    const asked = ['a', 'b', 'c'].map((topic) => connection.metadata(topic, 500));
    const closing = connection.close();
    await expect(asked[2]).rejects.toThrow();
    client.release('getMetadata');
    await Promise.allSettled(asked);
    await closing;
    expect(client.calls.filter((call) => call === 'getMetadata')).toHaveLength(2);
  });

  test('while it connects, waits until it has', async () => {
    const { connection, client } = setup();
    const connecting = connection.connect();
    await connection.close();
    await connecting;
    expect(client.calls.slice(-2)).toEqual(['connect', 'disconnect']);
    expect(client.crimes).toEqual([]);
  });

  test('without a connection there is nothing to do, and none can be made any more', async () => {
    const { connection, client } = setup();
    await connection.close();
    await expect(connection.connect()).rejects.toThrow('cannot become connecting');
    expect(client.calls).not.toContain('connect');
  });

  test('a client that does not come to an end is left to itself', async () => {
    const { connection, client, clock } = await open();
    client.held.add('disconnect');
    const closing = connection.close();
    await turn();
    clock.advance(10_000);
    await closing;
    client.release('disconnect');
  });

  test('rebalances can be answered until it is gone, other calls cannot', async () => {
    const { connection, client } = await open();
    client.held.add('disconnect');
    const closing = connection.close();
    await turn();
    const states: boolean[] = [];
    connection.callToAnswer((_client, isLeaving) => states.push(isLeaving));
    expect(connection.call((it) => it.rebalanceProtocol())).toBeUndefined();
    client.release('disconnect');
    await closing;
    connection.callToAnswer((_client, isLeaving) => states.push(isLeaving));
    expect(states).toEqual([true]);
  });
});
