import { isMillraceError } from '@millrace/core';
import { describe, expect, test } from 'vitest';

import { SourceProbe } from '../../src/conformance/source-probe.js';
import { FakeLog } from '../../src/doubles/fake-log.js';
import { FakeSource, type FakeSourceOptions } from '../../src/doubles/fake-source.js';

/** A log, and a member of a group on it whose probe polls and answers by itself. */
function setup(options: Partial<FakeSourceOptions> = {}, partitions = 1) {
  const log = new FakeLog();
  log.createTopic('orders', partitions);
  const join = (): { source: FakeSource; probe: SourceProbe } => {
    const source = new FakeSource({ log, groupId: 'g', topics: ['orders'], ...options });
    return { source, probe: new SourceProbe(source, { answers: true, patienceMs: 2_000 }) };
  };
  return { log, group: log.group('g'), join, ...join() };
}

const refused = { kind: 'retry', code: 'NOT_COORDINATOR', message: 'moved' } as const;
const entry = { topic: 'orders', partition: 0, offset: 1 };

describe('the fake source', () => {
  test('answers a held commit when it is released, and the log has it only then', async () => {
    const { probe, source, group } = setup();
    await probe.open();
    await probe.owns(1);
    source.holdCommits();
    const commit = probe.commit([entry]);
    await new Promise(setImmediate);
    expect(group.committed('orders')).toBeUndefined();
    source.releaseCommits();
    expect([await commit, group.committed('orders')?.offset]).toEqual([undefined, 1]);
    expect(await probe.commit([{ ...entry, offset: 2 }])).toBeUndefined();
    await probe.close();
  });

  test('refuses as many commits as it is told to', async () => {
    const { probe, source, group } = setup();
    await probe.open();
    await probe.owns(1);
    source.failCommits(refused, 2);
    expect([await probe.commit([entry]), await probe.commit([entry])]).toEqual([refused, refused]);
    expect([group.committed('orders'), await probe.commit([entry])]).toEqual([undefined, undefined]);
    await probe.close();
  });

  test('loses what it owns, cannot commit before it has heard of that, and gets it again', async () => {
    const { probe, source } = setup({}, 2);
    await probe.open();
    await probe.owns(2);
    probe.answers = false;
    source.loseMembership();
    expect(await probe.commit([entry])).toMatchObject({ kind: 'not-owned' });
    const lost = probe.rebalances.at(-1);
    probe.answers = true;
    if (lost !== undefined) probe.answer(lost);
    await probe.owns(2);
    expect(probe.rebalances.map(({ kind }) => kind)).toEqual(['assign', 'lost', 'assign']);
    await probe.close();
  });

  test('says whether the log can be reached, and that it is broken', async () => {
    const { probe, source } = setup();
    const told: unknown[] = [];
    probe.reachable = (yes?: boolean, detail?: string) => void told.push([yes, detail]);
    probe.failed = (error) => void told.push(error);
    await probe.open();
    source.reach(false, 'no broker');
    source.breakDown('broken');
    await new Promise(setImmediate);
    expect(told).toEqual([[true, ''], [false, 'no broker'], 'broken']);
    await probe.close();
  });

  test('reads nothing, and says nothing, where it is told to start outside of the log', async () => {
    const { log, group, probe } = setup();
    for (let i = 0; i < 5; i++) log.append('orders');
    log.trim({ topic: 'orders', partition: 0 }, 3);
    group.commit({ topic: 'orders', partition: 0, offset: 1 });
    await probe.open();
    await probe.owns(1);
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    expect(probe.messages).toEqual([]);
    await probe.close();
  });

  test.each([
    ['latest', ['new']],
    ['earliest', ['old', 'new']],
  ] as const)(
    'where the client decides, starts at the %s offset and commits what it has handed over',
    async (autoOffsetReset, values) => {
      const { log, group, probe } = setup({ clientCommits: true, autoOffsetReset });
      log.append('orders', { value: 'old' });
      probe.located = () => undefined;
      await probe.open();
      await probe.until(() => probe.rebalances.length === 1, 'an assignment');
      const [assign] = probe.rebalances;
      if (assign !== undefined)
        probe.answer(assign, [
          { topic: 'orders', partition: 0, committed: { offset: 0, metadata: '' }, low: 0, high: 1 },
        ]);
      await new Promise(setImmediate);
      log.append('orders', { value: 'new' });
      await probe.until(() => probe.messages.length === values.length, 'messages');
      expect(probe.values(0)).toEqual(values);
      expect(group.committed('orders')).toBeUndefined();
      probe.source.unsubscribe();
      await probe.owns(0);
      expect(group.committed('orders')?.offset).toBe(2);
      await probe.close();
    },
  );

  test('takes turns between partitions', async () => {
    const { log, probe } = setup({}, 3);
    for (let i = 0; i < 30; i++) log.append('orders', { partition: i % 3 });
    probe.pollSize = 6;
    await probe.open();
    await probe.until(() => probe.messages.length >= 6, 'a batch');
    expect(
      probe.messages
        .slice(0, 6)
        .map(({ partition }) => partition)
        .sort(),
    ).toEqual([0, 0, 1, 1, 2, 2]);
    await probe.close();
  });

  test('takes regular expressions for topics, and topics that come later', async () => {
    const { log, probe } = setup({ topics: [/^ord/] });
    await probe.open();
    await probe.owns(1);
    log.createTopic('ordinals', 2);
    log.createTopic('mails', 2);
    await probe.owns(3);
    await probe.close();
  });

  test('runs in the turns that a test gives it', async () => {
    const turns: (() => void)[] = [];
    const { probe, source } = setup({ defer: (run) => turns.push(run) });
    const opening = probe.source.open(probe);
    turns.shift()?.();
    await opening;
    source.poll(5);
    expect(turns.length).toBeGreaterThan(0);
    while (turns.length > 0) turns.shift()?.();
    expect(probe.owned.size).toBe(1);
    await probe.source.close();
  });

  test('is opened once', async () => {
    const { probe } = setup();
    await probe.open();
    await expect(probe.source.open(probe)).rejects.toSatisfy(
      (error) => isMillraceError(error) && error.code === 'STATE_INVALID',
    );
    await probe.close();
    await expect(probe.source.open(probe)).rejects.toSatisfy(
      (error) => isMillraceError(error) && error.code === 'STATE_INVALID',
    );
  });

  test('holds its caller to one poll at a time', async () => {
    const { probe } = setup();
    await probe.source.open(probe);
    probe.source.poll(1);
    expect(() => probe.source.poll(1)).toThrow('a poll is outstanding');
    await probe.close();
  });
});
