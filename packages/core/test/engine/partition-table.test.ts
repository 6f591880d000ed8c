import { describe, expect, test } from 'vitest';

import { OwnedPartition } from '../../src/engine/owned-partition.js';
import { PartitionTable } from '../../src/engine/partition-table.js';
import { Unordered } from '../../src/ordering/unordered.js';
import { TopicTurns } from '../../src/ordering/work-queue.js';

function owned(topic: string, partition: number, epoch = 1): OwnedPartition {
  return new OwnedPartition({ topic, partition, epoch, start: 0 }, new Unordered(), new TopicTurns(topic));
}

describe('the table of owned partitions', () => {
  test('finds what is owned, whatever topic was asked for before', () => {
    const table = new PartitionTable();
    const [a, b] = [owned('orders', 11), owned('mails', 0)];
    table.add(a);
    table.add(b);
    expect([table.find('orders', 11), table.find('mails', 0), table.find('orders', 11)]).toEqual([a, b, a]);
    expect([table.find('orders', 0), table.find('none', 0), table.find('', 0)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([table.size, [...table.all()]]).toEqual([2, [a, b]]);
  });

  test('does not find what was removed, not even through the topic it remembers', () => {
    const table = new PartitionTable();
    const a = owned('orders', 0);
    table.add(a);
    table.find('orders', 0);
    table.remove(a);
    table.remove(a);
    expect([table.find('orders', 0), table.size]).toEqual([undefined, 0]);
    const again = owned('orders', 0, 2);
    table.add(again);
    expect(table.find('orders', 0)).toBe(again);
  });

  test('leaves the other partitions of a topic alone', () => {
    const table = new PartitionTable();
    const [a, b] = [owned('orders', 0), owned('orders', 5)];
    table.add(a);
    table.add(b);
    table.remove(a);
    expect([table.find('orders', 0), table.find('orders', 5)]).toEqual([undefined, b]);
    expect(
      table.select([
        { topic: 'orders', partition: 0 },
        { topic: 'orders', partition: 5 },
        { topic: 'none', partition: 1 },
      ]),
    ).toEqual([b]);
  });
});
