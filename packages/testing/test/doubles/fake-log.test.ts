import { describe, expect, test } from 'vitest';

import { FakeLog } from '../../src/doubles/fake-log.js';

const place = { topic: 'orders', partition: 0 };

function setup(partitions = 1) {
  const log = new FakeLog();
  log.createTopic('orders', partitions);
  return log;
}

describe('the fake log', () => {
  test('hands out what was appended, in order, with all that a message has', () => {
    const log = setup();
    const headers = [{ a: Buffer.from('1') }, { a: Buffer.from('2') }];
    log.append('orders', { key: 'k', value: 'hello', headers, timestamp: 42 });
    log.append('orders');
    expect(log.read(place, 0, 10)).toEqual({
      messages: [
        {
          topic: 'orders',
          partition: 0,
          offset: 0,
          leaderEpoch: 0,
          timestamp: 42,
          size: 6,
          key: Buffer.from('k'),
          value: Buffer.from('hello'),
          headers,
        },
        {
          topic: 'orders',
          partition: 0,
          offset: 1,
          leaderEpoch: 0,
          timestamp: 1,
          size: 0,
          key: null,
          value: null,
        },
      ],
      next: 2,
    });
  });

  test('keeps an empty value apart from none', () => {
    const log = setup();
    expect([log.append('orders', { value: '' }).value, log.append('orders', { value: null }).value]).toEqual([
      Buffer.alloc(0),
      null,
    ]);
  });

  test('sends equal keys to one partition, and records without a key round', () => {
    const log = setup(4);
    const partitions = (key?: string): number[] =>
      Array.from({ length: 8 }, () => log.append('orders', key === undefined ? {} : { key }).partition);
    expect(new Set(partitions('a')).size).toBe(1);
    expect(new Set(partitions()).size).toBe(4);
  });

  test('passes over what was left out', () => {
    const log = setup();
    log.append('orders', { value: 'a' });
    log.skip(place, 3);
    log.append('orders', { value: 'b' });
    log.skip(place);
    expect(log.read(place, 0, 1)).toMatchObject({ messages: [{ offset: 0 }], next: 4 });
    expect(log.read(place, 4, 5)).toMatchObject({ messages: [{ offset: 4 }], next: 6 });
    expect(log.ends(place)).toEqual({ ...place, low: 0, high: 6 });
  });

  test('forgets what retention has taken', () => {
    const log = setup();
    for (let i = 0; i < 5; i++) log.append('orders');
    log.trim(place, 3);
    log.trim(place, 1);
    expect(log.ends(place)).toEqual({ ...place, low: 3, high: 5 });
    log.trim(place, 99);
    expect(log.ends(place).low).toBe(5);
  });

  test('lets topics grow, and says so when there is none', () => {
    const log = setup(2);
    log.createTopic('orders', 5);
    log.createTopic('orders', 1);
    expect([log.partitionCount('orders'), log.partitionCount('none'), log.topics]).toEqual([
      5,
      0,
      ['orders'],
    ]);
    expect(() => log.append('none')).toThrow('there is no topic none');
    expect(() => log.ends({ topic: 'orders', partition: 9 })).toThrow('orders has no partition 9');
  });
});
