import assert from 'node:assert/strict';

import { isMillraceError } from '@millrace/core';

import { type SourceCheck, sourceCheck } from './source-check.js';

/** Opening, leaving, closing. */
export const lifeChecks: readonly SourceCheck[] = [
  sourceCheck(
    'can be closed without having been opened, and again',
    async ({ makeSource, createTopic, groupId }) => {
      const source = makeSource({ groupId, topics: [await createTopic()] });
      await source.close();
      await source.close();
    },
  ),

  sourceCheck('can be closed while it opens', async ({ createTopic, join }) => {
    const member = join(await createTopic());
    const opening = member.source.open(member);
    const closing = member.close();
    await Promise.allSettled([opening, closing]);
    await closing;
  }),

  sourceCheck(
    'can be closed while it owns partitions, any number of times',
    async ({ createTopic, join }) => {
      const member = join(await createTopic());
      await member.open();
      await member.owns(4);
      await Promise.all([member.source.close(), member.source.close()]);
      await member.source.close();
    },
  ),

  sourceCheck('says nothing any more once it is closed', async ({ createTopic, append, join, quiet }) => {
    const topic = await createTopic();
    const member = join(topic);
    await member.open();
    await member.owns(4);
    member.poll();
    await member.close();
    await append(topic, 0, ['a']);
    await quiet();
    member.assertSound();
  }),

  sourceCheck('refuses to open when a topic does not exist', async ({ createTopic, join }) => {
    const member = join(`${await createTopic()}.not`);
    await assert.rejects(member.open(), (error) => isMillraceError(error) && error.code === 'TOPIC_MISSING');
  }),

  sourceCheck(
    'revokes everything when it is told to leave, and can be closed when that is answered',
    async ({ createTopic, append, join, quiet }) => {
      const topic = await createTopic();
      const member = join(topic);
      await member.open();
      await member.owns(4);
      member.call((source) => source.unsubscribe());
      await member.owns(0);
      const revoked = member.rebalances
        .filter(({ kind }) => kind === 'revoke')
        .flatMap(({ partitions }) => partitions);
      assert.equal(revoked.length, 4);
      await append(topic, 0, ['for the next member']);
      await quiet();
      assert.deepEqual(member.messages, []);
    },
  ),

  sourceCheck('still commits in the revoke with which it leaves', async ({ createTopic, append, join }) => {
    const topic = await createTopic();
    await append(topic, 0, ['a', 'b']);
    const member = join(topic);
    await member.open();
    await member.until(() => member.messages.length === 2, 'two messages');
    member.answers = false;
    member.call((source) => source.unsubscribe());
    const revoke = await member.pending('revoke');
    assert.equal(await member.commit([{ topic, partition: 0, offset: 2 }]), undefined);
    member.answer(revoke);
    await member.close();
    const next = join(topic);
    await next.open();
    await next.owns(4);
    assert.equal(next.factsOf(0)?.committed?.offset, 2);
  }),

  sourceCheck(
    'joins anew when it is told to: everything is given back and comes again',
    async ({ createTopic, append, join }) => {
      const topic = await createTopic();
      const member = join(topic);
      await member.open();
      await member.owns(4);
      member.call((source) => source.resubscribe());
      await member.until(() => member.rebalances.some(({ kind }) => kind === 'revoke'), 'the revoke');
      await member.owns(4);
      await append(topic, 1, ['afterwards']);
      await member.until(() => member.messages.length === 1, 'a message after joining anew');
    },
  ),

  sourceCheck(
    'ignores calls about partitions that it does not own',
    async ({ createTopic, append, join }) => {
      const topic = await createTopic();
      const member = join(topic);
      await member.open();
      await member.owns(4);
      const foreign = [{ topic, partition: 7 }];
      member.call((source) => {
        source.pause(foreign);
        source.resume(foreign);
        source.kick(foreign);
      });
      await append(topic, 0, ['a']);
      await member.until(() => member.messages.length === 1, 'a message of what it owns');
    },
  ),
];
