import type { Rebalance, TopicPartition } from '@millrace/core';
import { describe, expect, test } from 'vitest';

import type { FakeGroup, FakeMember } from '../../src/doubles/fake-group.js';
import { FakeLog } from '../../src/doubles/fake-log.js';

/** A member that writes down what it is told, and answers when the test says so. */
class Member implements FakeMember {
  readonly told: string[] = [];
  readonly #group: FakeGroup;
  readonly #topics: readonly string[];
  #open: Rebalance | undefined = undefined;

  constructor(group: FakeGroup, topics: readonly string[] = ['orders']) {
    this.#group = group;
    this.#topics = topics;
  }

  subscribes(topic: string): boolean {
    return this.#topics.includes(topic);
  }

  rebalance(rebalance: Rebalance): void {
    this.#open = rebalance;
    this.told.push(
      `${rebalance.kind} ${rebalance.partitions.map(({ topic, partition }) => `${topic}/${partition}`).join(' ')}`.trim(),
    );
  }

  appended({ partition }: TopicPartition): void {
    this.told.push(`appended ${partition}`);
  }

  answer(): void {
    if (this.#open !== undefined) this.#group.answered(this, this.#open);
  }
}

function setup(partitions = 4) {
  const log = new FakeLog();
  log.createTopic('orders', partitions);
  const group = log.group('g');
  const join = (topics?: readonly string[]): Member => {
    const member = new Member(group, topics);
    group.join(member);
    return member;
  };
  return { log, group, join };
}

describe('the fake group', () => {
  test('gives everything to its only member', () => {
    const { join } = setup();
    expect(join().told).toEqual(['assign orders/0 orders/1 orders/2 orders/3']);
  });

  test('takes partitions back for a member that joins, and hands them out when they are given back', () => {
    const { join } = setup();
    const first = join();
    first.answer();
    const second = join();
    expect([first.told.at(-1), second.told]).toEqual(['revoke orders/2 orders/3', ['assign']]);
    second.answer();
    expect(second.told).toHaveLength(1);
    first.answer();
    expect(second.told.at(-1)).toBe('assign orders/2 orders/3');
    expect(first.told).toHaveLength(2);
  });

  test('does not disturb partitions that stay', () => {
    const { join } = setup(6);
    const members: Member[] = [];
    for (let count = 0; count < 3; count++) {
      members.push(join());
      for (let i = 0; i < 3; i++) for (const member of members) member.answer();
    }
    const revoked = members.flatMap(({ told }) => told.filter((each) => each.startsWith('revoke')));
    expect(revoked).toEqual(['revoke orders/3 orders/4 orders/5', 'revoke orders/2', 'revoke orders/5']);
  });

  test('hands over nothing before the last rebalance is answered', () => {
    const { log, join } = setup(1);
    const member = join();
    log.createTopic('orders', 3);
    expect(member.told).toHaveLength(1);
    member.answer();
    expect(member.told.at(-1)).toBe('assign orders/1 orders/2');
  });

  test('takes everything from a member that leaves, and gives it to the others', () => {
    const { group, join } = setup(2);
    const first = join();
    first.answer();
    const second = join();
    for (let i = 0; i < 3; i++) for (const member of [first, second]) member.answer();
    group.leave(first);
    expect([first.told.at(-1), group.isBusyWith(first)]).toEqual(['revoke orders/0', true]);
    first.answer();
    expect([group.isBusyWith(first), second.told.at(-1)]).toEqual([false, 'assign orders/0']);
  });

  test('gives to others what it takes from an expelled member, before that one has heard of it', () => {
    const { group, join } = setup(2);
    const first = join();
    first.answer();
    group.expel(first);
    expect([first.told.at(-1), group.accepts(first)]).toEqual(['lost orders/0 orders/1', false]);
    const second = join();
    expect(second.told).toEqual(['assign orders/1']);
    first.answer();
    expect([first.told.at(-1), group.accepts(first)]).toEqual(['assign orders/0', true]);
  });

  test('lets a member go without an answer, as a kill does', () => {
    const { group, join } = setup(2);
    const first = join();
    const second = join();
    second.answer();
    group.remove(first);
    expect(second.told.at(-1)).toBe('assign orders/0 orders/1');
  });

  test('gives partitions of a topic to those who subscribe to it', () => {
    const { log, join } = setup(2);
    log.createTopic('mails', 2);
    const [orders, mails] = [join(['orders']), join(['mails'])];
    expect([orders.told, mails.told]).toEqual([['assign orders/0 orders/1'], ['assign mails/0 mails/1']]);
  });

  test('tells the owner of a partition that there is a message', () => {
    const { log, join } = setup(1);
    const member = join();
    log.append('orders');
    expect(member.told.at(-1)).toBe('appended 0');
  });

  test('keeps commits, and says when a topic is caught up', async () => {
    const { log, group } = setup(2);
    log.append('orders', { partition: 0 });
    let isDone = false;
    const caughtUp = group.caughtUp('orders').then(() => (isDone = true));
    group.commit({ topic: 'orders', partition: 1, offset: 0, metadata: 'MR1|~' });
    await Promise.resolve();
    expect([isDone, group.committed('orders', 1)?.metadata, group.committed('orders')]).toEqual([
      false,
      'MR1|~',
      undefined,
    ]);
    group.commit({ topic: 'orders', partition: 0, offset: 1 });
    await caughtUp;
    expect(isDone).toBe(true);
  });
});
