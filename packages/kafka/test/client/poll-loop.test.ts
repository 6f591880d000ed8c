import { describe, expect, test } from 'vitest';

import { clientHooks } from '../../src/client/client-hooks.js';
import { message, nativeError, turn } from './fake-client.js';
import { assignedBundle, openBundle } from './source-setup.js';

describe('polling', () => {
  test('each poll is answered once, also with nothing', async () => {
    const { client, listener, source } = await assignedBundle([0]);
    source.poll(256);
    await client.bring();
    source.poll(256);
    await client.bring(message('links', 0, 10));
    expect(listener.heard).toEqual(['polled 0', 'polled 1']);
  });

  test('asks for one message first, and for more as long as it gets all', async () => {
    const { client, source } = await assignedBundle([0]);
    const asked: (number | undefined)[] = [];
    let offset = 10;
    for (const brought of [1, 2, 4, 8, 10, 3, 1, 0, 1]) {
      source.poll(10);
      asked.push(client.poll?.most);
      await client.bring(...Array.from({ length: brought }, () => message('links', 0, offset++)));
    }
    expect(asked).toEqual([1, 2, 4, 8, 10, 10, 1, 2, 1]);
  });

  test('a second one while one is under way is not asked for', async () => {
    const { client, source } = await assignedBundle([0]);
    source.poll(10);
    source.poll(10);
    await client.bring();
    expect(client.crimes).toEqual([]);
  });

  test('the next may begin inside the answer', async () => {
    const { client, listener, source } = await assignedBundle([0]);
    listener.onPolled = () => source.poll(5);
    source.poll(10);
    await client.bring(message('links', 0, 10));
    expect(client.poll?.most).toBe(2);
    expect(client.crimes).toEqual([]);
  });

  test('ends of partitions come after the messages before them', async () => {
    const { client, listener, source } = await assignedBundle([0]);
    source.poll(10);
    client.emit('partition.eof', { topic: 'links', partition: 0, offset: 12 });
    await client.bring(message('links', 0, 11));
    expect(listener.heard).toEqual(['polled 1', 'end of links/0 at 12']);
  });

  test('the wake-up of the client is handed on', async () => {
    const { client, listener } = await openBundle();
    client[clientHooks].queueNotEmpty();
    expect(listener.heard).toEqual(['wake']);
  });
});

describe('errors of a poll', () => {
  test.each([3, 29, -140, -147, 23, 4711])('%i is answered with nothing, and does no harm', async (code) => {
    const { client, listener, source } = await assignedBundle([0]);
    source.poll(10);
    await client.failPoll(nativeError(code));
    expect(listener.heard).toEqual(['polled 0']);
  });

  test.each([-150, 30, 82])('%i is the end of the client', async (code) => {
    const { client, listener, source } = await assignedBundle([0]);
    client.emit('event.log', { severity: 0, fac: 'FATAL', message: '[thrd:main]: fenced by another' });
    source.poll(10);
    await client.failPoll(nativeError(code, 'Local: Fatal error'));
    expect(listener.heard).toEqual(['failed', 'polled 0']);
    expect(listener.failures).toMatchObject([
      { code: 'CLIENT_FATAL', message: 'Local: Fatal error (fenced by another)' },
    ]);
  });

  test('no broker: a broker is asked before anything is said', async () => {
    const { client, listener, source } = await assignedBundle([0]);
    source.poll(10);
    await client.failPoll(nativeError(-195, 'no broker'));
    expect(listener.heard).toEqual(['polled 0']);
    client.isBrokerUp = false;
    source.poll(10);
    await client.failPoll(nativeError(-195, 'no broker'));
    expect(listener.heard).toEqual(['polled 0', 'polled 0', 'unreachable: no broker']);
  });

  test('a poll on a client that has gone is answered, in a later turn', async () => {
    const { source, client } = await assignedBundle([0]);
    await source.close();
    source.poll(10);
    await turn();
    expect(client.crimes).toEqual([]);
  });
});
