import { describe, expect, test } from 'vitest';

import { turn } from './fake-client.js';
import { openBundle, sourceBundle } from './source-setup.js';

describe('topics at start', () => {
  test('are subscribed by name', async () => {
    const { client } = await openBundle({ topics: ['links', /^ed/] });
    expect(client.subscribed).toEqual(['edits', 'links']);
  });

  test('a missing one is an error that names the nearest', async () => {
    const { source, listener, clock } = sourceBundle({ topics: ['lniks', 'edits'] });
    const opened = expect(source.open(listener)).rejects.toMatchObject({
      code: 'TOPIC_MISSING',
      message: expect.stringContaining("'lniks' (nearest: 'links')") as string,
    });
    for (let i = 0; i < 5; i += 1) {
      await turn();
      clock.advance(500);
    }
    await opened;
    await source.close();
  });

  test('one that was made just now is waited for a moment', async () => {
    const { source, listener, client, clock } = sourceBundle({ topics: ['fresh'] });
    const opened = source.open(listener);
    await turn();
    client.topics.set('fresh', 1);
    clock.advance(200);
    await opened;
    expect(client.subscribed).toEqual(['fresh']);
  });

  test('an impossible name is refused, not waited for', async () => {
    const { source, listener } = sourceBundle({ topics: ['not a topic'] });
    await expect(source.open(listener)).rejects.toMatchObject({ code: 'NATIVE_ARGUMENT' });
    await source.close();
  });

  test('a regular expression that matches nothing is no error', async () => {
    const { client, source } = await openBundle({ topics: [/^nothing/] });
    expect(client.calls).not.toContain('subscribe');
    await source.close();
  });
});

describe('topics that come and go', () => {
  test('are followed by regular expressions, by name', async () => {
    const { client, clock, source } = await openBundle({ topics: [/^new_/, 'links'] });
    client.topics.set('new_a', 1);
    clock.advance(60_000);
    await turn();
    expect(client.subscribed).toEqual(['links', 'new_a']);
    client.topics.delete('new_a');
    client.topics.set('new_b', 1);
    client.topics.delete('links');
    clock.advance(60_000);
    await turn();
    // A topic that was asked for by name stays: it may be made anew.
    expect(client.subscribed).toEqual(['links', 'new_b']);
    await source.close();
    expect(client.crimes).toEqual([]);
  });

  test('when nothing is left nothing is subscribed', async () => {
    const { client, clock, source } = await openBundle({ topics: [/^edits$/] });
    client.topics.delete('edits');
    clock.advance(60_000);
    await turn();
    expect(client.calls.at(-1)).toBe('unsubscribe');
    await source.close();
  });

  test('a broker that does not answer changes nothing', async () => {
    const { client, clock, source } = await openBundle({ topics: [/^ed/] });
    client.isBrokerUp = false;
    clock.advance(60_000);
    await turn();
    expect(client.subscribed).toEqual(['edits']);
    await source.close();
  });

  test('without regular expressions nothing is asked', async () => {
    const { client, clock, source } = await openBundle();
    const before = client.calls.length;
    clock.advance(600_000);
    await turn();
    expect(client.calls).toHaveLength(before);
    await source.close();
  });
});
