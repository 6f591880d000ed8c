import { describe, expect, test } from 'vitest';

import { nativeError, turn } from './fake-client.js';
import { assignedBundle } from './source-setup.js';

const places = [0, 1, 9].map((partition) => ({ topic: 'links', partition }));

describe('query', () => {
  test('tells at once what the last fetch said, where it said anything', async () => {
    const { client, listener, source } = await assignedBundle([0, 1]);
    source.query(places, false);
    expect(listener.heard).toEqual([]);
    await turn();
    expect(listener.ends).toEqual([
      [
        { topic: 'links', partition: 0, low: 10, high: 100 },
        { topic: 'links', partition: 1, low: 10, high: 101 },
      ],
    ]);
    expect(client.calls).not.toContain('offsetsForTimes');
  });

  test('asks the brokers when it shall be fresh, and leaves out what they do not tell', async () => {
    const { listener, source } = await assignedBundle([0, 1]);
    source.query(places, true);
    await turn();
    expect(listener.ends[0]?.map(({ partition }) => partition)).toEqual([0, 1]);
  });

  test('while no broker answers it is asked once, however often it is called', async () => {
    const { client, listener, source } = await assignedBundle([0]);
    client.held.add('offsetsForTimes');
    for (let i = 0; i < 5; i += 1) source.query(places, true);
    await turn();
    expect(client.calls.filter((call) => call === 'offsetsForTimes')).toHaveLength(2);
    client.failures.set('offsetsForTimes', [nativeError(-185)]);
    client.release('offsetsForTimes');
    await turn();
    expect(listener.heard).toEqual(['watermarks 2']);
  });
});

describe('kick', () => {
  test('sends one request for all; while it waits for its turn more are added to it', async () => {
    const { client, source } = await assignedBundle([0, 1]);
    client.held.add('offsetsForTimes');
    source.query(places, true);
    source.kick(places.slice(0, 1));
    source.kick(places.slice(1, 2));
    await turn();
    expect(client.calls.filter((call) => call === 'offsetsForTimes')).toHaveLength(2);
    client.release('offsetsForTimes');
    await turn();
    expect(client.calls.filter((call) => call === 'offsetsForTimes')).toHaveLength(3);
    expect(client.lookedUp.at(-1)?.map(({ partition }) => partition)).toEqual([0, 1]);
  });

  test('does not mind when nobody answers', async () => {
    const { client, listener, source } = await assignedBundle([0]);
    client.failures.set('offsetsForTimes', [nativeError(-185)]);
    source.kick(places);
    source.kick([]);
    await turn();
    source.kick(places);
    await turn();
    expect(listener.heard).toEqual([]);
    expect(client.calls.filter((call) => call === 'offsetsForTimes')).toHaveLength(2);
  });
});
