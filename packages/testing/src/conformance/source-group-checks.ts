import assert from 'node:assert/strict';

import { type SourceCheck, sourceCheck } from './source-check.js';

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));

/** What comes and goes between members. */
export const groupChecks: readonly SourceCheck[] = [
  sourceCheck(
    'waits with a rebalance for its answer, and reads nothing before an assignment is answered',
    async ({ createTopic, append, join, quiet }) => {
      const topic = await createTopic();
      await append(topic, 0, ['a']);
      const member = join(topic, { answers: false });
      await member.open();
      const assign = await member.pending('assign');
      const told = member.rebalances.length;
      await quiet();
      assert.deepEqual([member.rebalances.length, member.messages.length], [told, 0]);
      member.answers = true;
      member.answer(
        assign,
        assign.partitions.map((place) => ({ ...place, committed: undefined, low: 0, high: 1 })),
      );
      await member.until(() => member.messages.length === 1, 'the message');
    },
  ),

  sourceCheck(
    'resumes a partition that was paused in an earlier life when it is told to',
    async ({ createTopic, append, join }) => {
      const topic = await createTopic();
      const member = join(topic);
      await member.open();
      await member.owns(4);
      const place = [{ topic, partition: 0 }];
      member.call((source) => source.pause(place));
      member.call((source) => source.resubscribe());
      await member.until(
        () => member.rebalances.filter(({ kind }) => kind === 'assign').length > 1 && member.owned.size === 4,
        'it again',
      );
      member.call((source) => source.resume(place));
      await append(topic, 0, ['a']);
      await member.until(() => member.messages.length === 1, 'a message');
    },
  ),

  sourceCheck(
    'shares the partitions with a member that joins: given back first, then handed out, and nothing is lost or read twice',
    async ({ createTopic, append, join }) => {
      const topic = await createTopic();
      const first = join(topic);
      await first.open();
      await first.owns(4);
      const second = join(topic);
      await second.open();
      await second.owns(2);
      await first.owns(2);
      for (const place of second.owned.keys()) assert.equal(first.owned.has(place), false);
      for (const partition of [0, 1, 2, 3]) await append(topic, partition, numbered(20));
      const read = (): number => first.messages.length + second.messages.length;
      await Promise.all(
        [first, second].map((member) =>
          member.until(() => member.messages.length === 40, 'its half of the messages'),
        ),
      );
      assert.equal(read(), 80);
    },
    'sharing',
  ),

  sourceCheck(
    'hands a partition on only when its owner has given it back',
    async ({ createTopic, join, quiet }) => {
      const topic = await createTopic();
      const first = join(topic);
      await first.open();
      await first.owns(4);
      first.answers = false;
      const second = join(topic);
      await second.open();
      const revoke = await first.pending('revoke');
      await quiet();
      assert.equal(second.owned.size, 0);
      first.answers = true;
      first.answer(revoke);
      await second.owns(revoke.partitions.length);
    },
    'sharing',
  ),

  sourceCheck(
    'acknowledges a commit inside a revoke, and the next owner finds it',
    async ({ createTopic, append, join }) => {
      const topic = await createTopic();
      for (const partition of [0, 1, 2, 3]) await append(topic, partition, numbered(10));
      const first = join(topic);
      await first.open();
      await first.until(() => first.messages.length === 40, 'all messages');
      first.answers = false;
      const second = join(topic);
      await second.open();
      const revoke = await first.pending('revoke');
      assert.equal(
        await first.commit(revoke.partitions.map((place) => ({ ...place, offset: 7 }))),
        undefined,
      );
      first.answers = true;
      first.answer(revoke);
      await second.until(
        () => second.messages.length === 3 * revoke.partitions.length,
        'what lies behind the commit',
      );
      for (const { partition } of revoke.partitions)
        assert.deepEqual(second.values(partition), ['7', '8', '9']);
    },
    'sharing',
  ),

  sourceCheck(
    'gives its partitions to the others when it leaves',
    async ({ createTopic, append, join }) => {
      const topic = await createTopic();
      const [first, second] = [join(topic), join(topic)];
      await first.open();
      await second.open();
      await Promise.all([first.owns(2), second.owns(2)]);
      first.call((source) => source.unsubscribe());
      await first.owns(0);
      await first.close();
      await second.owns(4);
      for (const partition of [0, 1]) await append(topic, partition, ['a']);
      await second.until(() => second.messages.length === 2, 'a message of each partition');
    },
    'sharing',
  ),

  sourceCheck(
    'comes to an end when it is told to leave before it owns anything',
    async ({ createTopic, join }) => {
      const topic = await createTopic();
      const first = join(topic);
      await first.open();
      await first.owns(4);
      const second = join(topic);
      await second.open();
      second.call((source) => source.unsubscribe());
      await second.until(
        () => second.hasLeft || second.rebalances.some(({ kind }) => kind !== 'assign'),
        'the end of its membership',
      );
      assert.equal(second.owned.size, 0);
    },
    'sharing',
  ),
];
