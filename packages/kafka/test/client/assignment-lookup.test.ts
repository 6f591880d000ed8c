import { describe, expect, test } from 'vitest';

import { nativeError, turn } from './fake-client.js';
import { openBundle } from './source-setup.js';

const two = { topic: 'links', partition: 2 };

describe('locate', () => {
  test('tells the commits of the whole topic, and the ends of what is assigned', async () => {
    const { client, listener, source } = await openBundle();
    client.committedAt
      .set('links/0', { offset: 50, metadata: 'zero\0' })
      .set('links/2', { offset: 52, metadata: 'two' });
    client.assigns(two);
    source.locate(listener.last.id, [two]);
    await turn(20);
    expect(listener.facts).toEqual([
      {
        partitions: [{ ...two, low: 10, high: 102, committed: { offset: 52, metadata: 'two' } }],
        topics: [{ topic: 'links', partitionCount: 4, metadata: ['zero', 'two'] }],
      },
    ]);
  });

  test('a partition without a commit has none', async () => {
    const { client, listener, source } = await openBundle();
    client.assigns(two);
    source.locate(listener.last.id, [two]);
    await turn(20);
    expect(listener.facts[0]?.partitions[0]?.committed).toBeUndefined();
  });

  test.each([
    ['committed', 113],
    ['committed', 88],
    ['offsetsForTimes', -195],
    ['getMetadata', -185],
  ])('an error of %s (%i) is never taken for "no commit": it asks again', async (method, code) => {
    const { client, listener, source, clock } = await openBundle();
    client.committedAt.set('links/2', { offset: 52 });
    client.failures.set(method, [nativeError(code), nativeError(code)]);
    client.assigns(two);
    source.locate(listener.last.id, [two]);
    for (let i = 0; i < 4; i += 1) {
      await turn(20);
      clock.advance(400);
    }
    await turn(20);
    expect(listener.facts).toHaveLength(1);
    expect(listener.facts[0]?.partitions[0]?.committed?.offset).toBe(52);
  });

  test('ends when the rebalance is answered, or the source closes', async () => {
    const { client, listener, source, clock } = await openBundle();
    client.isBrokerUp = false;
    client.assigns(two);
    source.locate(listener.last.id, [two]);
    await turn();
    source.answer(listener.last, []);
    clock.advance(10_000);
    client.isBrokerUp = true;
    await turn(20);
    expect(listener.facts).toEqual([]);
    source.locate(77, [two]);
    await source.close();
    expect(listener.facts).toEqual([]);
    expect(client.crimes).toEqual([]);
  });

  test('a topic that has no partitions at the moment is asked for again', async () => {
    const { client, listener, source, clock } = await openBundle();
    client.topics.delete('links');
    client.assigns(two);
    source.locate(listener.last.id, [two]);
    await turn(20);
    expect(listener.facts).toEqual([]);
    client.topics.set('links', 5);
    clock.advance(100);
    await turn(20);
    expect(listener.facts[0]?.topics[0]?.partitionCount).toBe(5);
  });
});
