import assert from 'node:assert/strict';

import { type SourceCheck, sourceCheck } from './source-check.js';
import { placeOf } from './source-probe.js';

const numbered = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, i) => String(from + i));

/** What comes, in which order, and what pauses do to it. */
export const readingChecks: readonly SourceCheck[] = [
  sourceCheck(
    'hands over every message of a partition once, in the order of the log',
    async ({ createTopic, append, join }) => {
      const topic = await createTopic();
      for (const partition of [0, 1, 2]) await append(topic, partition, numbered(200));
      const member = join(topic);
      await member.open();
      await member.until(() => member.messages.length >= 600, 'six hundred messages');
      for (const partition of [0, 1, 2]) {
        assert.deepEqual(member.values(partition), numbered(200));
        const offsets = member.messages
          .filter((message) => message.partition === partition)
          .map(({ offset }) => offset);
        assert.deepEqual(
          offsets,
          [...offsets].sort((a, b) => a - b),
        );
      }
    },
  ),

  sourceCheck(
    'describes a message fully: place, time, size, key and value',
    async ({ createTopic, append, join }) => {
      const topic = await createTopic();
      await append(topic, 0, ['hello']);
      const member = join(topic);
      await member.open();
      await member.until(() => member.messages.length === 1, 'a message');
      const [message] = member.messages;
      assert.ok(message);
      assert.deepEqual([message.topic, message.partition, message.offset], [topic, 0, 0]);
      assert.ok(Buffer.isBuffer(message.value) && message.value.toString() === 'hello');
      assert.ok(message.key === null || Buffer.isBuffer(message.key));
      assert.ok(Number.isSafeInteger(message.timestamp) && message.size >= 5);
    },
  ),

  sourceCheck(
    'answers each poll once, with no more than was asked for, also with nothing',
    async ({ createTopic, append, join }) => {
      const topic = await createTopic();
      await append(topic, 0, numbered(30));
      const member = join(topic);
      // the probe takes a second answer and a surplus message for faults
      member.pollSize = 3;
      await member.open();
      await member.until(() => member.messages.length >= 30, 'thirty messages');
      assert.deepEqual(member.values(0), numbered(30));
    },
  ),

  sourceCheck(
    'wakes a member that has polled in vain when there is a message',
    async ({ createTopic, append, join }) => {
      const topic = await createTopic();
      const member = join(topic);
      await member.open();
      await member.owns(4);
      await append(topic, 0, ['at last']);
      await member.until(() => member.messages.length === 1, 'the message');
    },
  ),

  sourceCheck('starts at an offset of ours where we give one', async ({ createTopic, append, join }) => {
    const topic = await createTopic();
    await append(topic, 0, numbered(10));
    const member = join(topic, { answers: false });
    await member.open();
    const assign = await member.pending('assign');
    for (const place of assign.partitions) member.owned.set(placeOf(place), place);
    const starts = assign.partitions.map((place) => ({ ...place, offset: place.partition === 0 ? 6 : 0 }));
    member.call((source) => source.answer(assign, starts));
    await member.until(() => member.messages.length === 4, 'the messages from there on');
    assert.deepEqual(member.values(0), numbered(4, 6));
  }),

  sourceCheck(
    'hands over nothing of a paused partition, and goes on behind it without a gap when it is resumed',
    async ({ createTopic, append, join, quiet }) => {
      const topic = await createTopic();
      const member = join(topic);
      await member.open();
      await member.owns(4);
      await append(topic, 0, numbered(20));
      await member.until(() => member.values(0).length === 20, 'messages before the pause');
      member.call((source) => source.pause([{ topic, partition: 0 }]));
      await append(topic, 0, numbered(20, 20));
      await append(topic, 1, ['of the other']);
      await member.until(() => member.values(1).length === 1, 'a message of the partition that flows');
      await quiet();
      assert.equal(member.values(0).length, 20);
      member.call((source) => source.resume([{ topic, partition: 0 }]));
      member.call((source) => source.kick([{ topic, partition: 0 }]));
      await member.until(() => member.values(0).length >= 40, 'messages after the pause');
      assert.deepEqual(member.values(0), numbered(40));
    },
  ),

  sourceCheck(
    'loses and repeats nothing however often it is paused in the middle',
    async ({ createTopic, append, join }) => {
      const topic = await createTopic();
      await append(topic, 0, numbered(300));
      const member = join(topic);
      member.pollSize = 7;
      await member.open();
      const place = [{ topic, partition: 0 }];
      while (member.messages.length < 300) {
        const seen = member.messages.length;
        await member.until(() => member.messages.length > seen, 'the next messages');
        member.call((source) => source.pause(place));
        await new Promise(setImmediate);
        member.call((source) => {
          source.resume(place);
          source.kick(place);
        });
      }
      assert.deepEqual(member.values(0), numbered(300));
    },
  ),

  sourceCheck(
    'lets everything flow again after all partitions were paused',
    async ({ createTopic, append, join }) => {
      const topic = await createTopic();
      const member = join(topic);
      await member.open();
      await member.owns(4);
      const all = [0, 1, 2, 3].map((partition) => ({ topic, partition }));
      member.call((source) => source.pause(all));
      for (const { partition } of all) await append(topic, partition, ['a']);
      member.call((source) => source.resume(all));
      member.call((source) => source.kick(all));
      await member.until(() => member.messages.length === 4, 'a message of each');
    },
  ),

  sourceCheck(
    'tells the ends of a log, fresh and as far as it knows',
    async ({ createTopic, append, join }) => {
      const topic = await createTopic();
      const member = join(topic);
      await member.open();
      await member.owns(4);
      await append(topic, 1, numbered(5));
      await member.until(() => member.messages.length === 5, 'five messages');
      member.call((source) => source.query([{ topic, partition: 1 }], true));
      await member.until(() => member.highWaters.get(`${topic}/1`)?.high === 5, 'the end at the broker');
      assert.equal(member.highWaters.get(`${topic}/1`)?.low, 0);
      member.highWaters.clear();
      member.call((source) => source.query([{ topic, partition: 1 }], false));
      await member.until(() => member.highWaters.has(`${topic}/1`), 'the end as the client knows it');
    },
  ),

  sourceCheck(
    'tells when it has come to the end of a log, after the messages before it',
    async ({ createTopic, append, join }) => {
      const topic = await createTopic();
      await append(topic, 0, numbered(120));
      const member = join(topic);
      await member.open();
      await member.until(() => member.ends.some(({ offset }) => offset === 120), 'the end of the log');
      assert.equal(member.ends.find(({ offset }) => offset === 120)?.seen, 120);
      await append(topic, 0, ['one more']);
      await member.until(() => member.ends.some(({ offset }) => offset === 121), 'the new end of the log');
    },
    'endOfPartition',
  ),
];
