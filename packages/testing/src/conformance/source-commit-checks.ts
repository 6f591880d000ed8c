import assert from 'node:assert/strict';

import { type SourceCheck, sourceCheck } from './source-check.js';

/** The shape of our own metadata: printable ASCII up to the last byte that fits. */
const brimful = `MR1|m:${' !"#$%&\'()*+,-./09:;<=>?@AZ[\\]^_`az{}~'.repeat(200)}`.slice(0, 4_093) + '|~';

/** What an acknowledgement is worth, and what is found of a commit afterwards. */
export const commitChecks: readonly SourceCheck[] = [
  sourceCheck(
    'acknowledges a commit that a later member finds, with its metadata to the byte',
    async ({ createTopic, append, join }) => {
      const topic = await createTopic();
      await append(topic, 0, ['a', 'b', 'c']);
      const member = join(topic);
      await member.open();
      await member.owns(4);
      const entries = [
        { topic, partition: 0, offset: 2, metadata: 'MR1|n:2|~' },
        { topic, partition: 1, offset: 0, metadata: brimful },
      ];
      assert.equal(await member.commit(entries), undefined);
      await member.close();
      const next = join(topic);
      await next.open();
      await next.owns(4);
      const committed = new Map([0, 1].map((partition) => [partition, next.factsOf(partition)?.committed]));
      assert.deepEqual([committed.get(0)?.offset, committed.get(0)?.metadata], [2, 'MR1|n:2|~']);
      assert.deepEqual(
        [
          committed.get(1)?.offset,
          committed.get(1)?.metadata?.length,
          committed.get(1)?.metadata === brimful,
        ],
        [0, 4_095, true],
      );
      await next.until(() => next.values(0).length === 1, 'the message behind the commit');
      assert.deepEqual(next.values(0), ['c']);
    },
  ),

  sourceCheck('starts at the commit where we give no offset', async ({ createTopic, append, join }) => {
    const topic = await createTopic();
    await append(topic, 0, ['a', 'b', 'c', 'd']);
    const member = join(topic);
    await member.open();
    await member.owns(4);
    await member.commit([{ topic, partition: 0, offset: 3 }]);
    await member.close();
    const next = join(topic);
    await next.open();
    await next.until(() => next.messages.length > 0, 'a message');
    assert.deepEqual(next.values(0), ['d']);
  }),

  sourceCheck('keeps the last of several commits in a row', async ({ createTopic, append, join }) => {
    const topic = await createTopic();
    await append(
      topic,
      0,
      Array.from({ length: 30 }, (_, i) => String(i)),
    );
    const member = join(topic);
    await member.open();
    await member.owns(4);
    for (let offset = 1; offset <= 30; offset++) {
      assert.equal(
        await member.commit([{ topic, partition: 0, offset, metadata: `MR1|q:${offset}|~` }]),
        undefined,
      );
    }
    await member.close();
    const next = join(topic);
    await next.open();
    await next.owns(4);
    const committed = next.factsOf(0)?.committed;
    assert.deepEqual([committed?.offset, committed?.metadata], [30, 'MR1|q:30|~']);
  }),

  sourceCheck('commits metadata alone, where the offset stands still', async ({ createTopic, join }) => {
    const topic = await createTopic();
    const member = join(topic);
    await member.open();
    await member.owns(4);
    for (const metadata of ['MR1|q:1|~', 'MR1|q:2|~']) {
      assert.equal(await member.commit([{ topic, partition: 0, offset: 0, metadata }]), undefined);
    }
    await member.close();
    const next = join(topic);
    await next.open();
    await next.owns(4);
    assert.equal(next.factsOf(0)?.committed?.metadata, 'MR1|q:2|~');
  }),

  sourceCheck(
    'finds no commit where there is none, and the true ends of the log',
    async ({ createTopic, append, join }) => {
      const topic = await createTopic();
      await append(topic, 1, ['a', 'b']);
      const member = join(topic);
      await member.open();
      await member.owns(4);
      const found = [0, 1].map((partition) => member.factsOf(partition));
      assert.deepEqual(
        found.map((facts) => [facts?.committed, facts?.low, facts?.high]),
        [
          [undefined, 0, 0],
          [undefined, 0, 2],
        ],
      );
    },
  ),

  sourceCheck(
    'knows how many partitions a topic has, and the metadata of all commits on it',
    async ({ createTopic, join }) => {
      const topic = await createTopic();
      const member = join(topic);
      await member.open();
      await member.owns(4);
      await member.commit(
        [0, 2].map((partition) => ({ topic, partition, offset: 0, metadata: `MR1|n:3|q:${partition}|~` })),
      );
      await member.close();
      const next = join(topic);
      await next.open();
      await next.owns(4);
      const facts = next.looked.at(-1)?.topics.find((each) => each.topic === topic);
      assert.ok(facts);
      assert.equal(facts.partitionCount, 4);
      assert.deepEqual([...facts.metadata].filter((text) => text !== '').sort(), [
        'MR1|n:3|q:0|~',
        'MR1|n:3|q:2|~',
      ]);
    },
  ),
];
