import { describe, expect, test } from 'vitest';

import { DesiredPauses } from '../../src/engine/desired-pauses.js';
import { OwnedPartition } from '../../src/engine/owned-partition.js';
import { Unordered } from '../../src/ordering/unordered.js';
import { TopicTurns } from '../../src/ordering/work-queue.js';
import { RecordingPorts } from '../support/recording-ports.js';

function setup(count = 2) {
  const ports = new RecordingPorts();
  const pauses = new DesiredPauses(ports);
  const owned = (partition: number): OwnedPartition =>
    new OwnedPartition(
      { topic: 'orders', partition, epoch: 1, start: 0 },
      new Unordered(),
      new TopicTurns('orders'),
    );
  return { ports, pauses, owned, partitions: Array.from({ length: count }, (_, i) => owned(i)) };
}

describe('desired pauses', () => {
  test('pause a partition once, whoever else has a reason', () => {
    const { ports, pauses, partitions } = setup();
    const [a] = partitions as [OwnedPartition];
    pauses.pause([a], 'full');
    pauses.pause([a], 'halted');
    pauses.pause([a], 'full');
    expect(ports.paused).toEqual([['orders/0']]);
    expect([pauses.isPaused(a), pauses.reasonFor(a)]).toEqual([true, 'its buffer is full; halted']);
  });

  test('let a partition flow again, with a kick, when its last reason is taken back', () => {
    const { ports, pauses, partitions } = setup();
    const [a] = partitions as [OwnedPartition];
    pauses.pause([a], 'full');
    pauses.pause([a], 'halted');
    pauses.resume([a], 'full', 5);
    expect([ports.resumed, pauses.isPaused(a)]).toEqual([[], true]);
    pauses.resume([a], 'halted', 7);
    expect([ports.resumed, ports.kicked]).toEqual([[['orders/0']], [['orders/0']]]);
    expect([pauses.isPaused(a), pauses.reasonFor(a), a.heardAt]).toEqual([false, undefined, 7]);
  });

  test('do nothing for a reason that was not given', () => {
    const { ports, pauses, partitions } = setup();
    pauses.pause(partitions.slice(0, 1), 'full');
    pauses.resume(partitions, 'halted', 0);
    pauses.resume(partitions.slice(1), 'full', 0);
    expect([ports.resumed, ports.kicked]).toEqual([[], []]);
  });

  test('are said to the outside, each change once', () => {
    const { ports, pauses, partitions } = setup();
    pauses.pause(partitions, 'full');
    pauses.resume(partitions, 'full', 0);
    expect(ports.notes).toEqual([
      { type: 'partition.paused', topic: 'orders', partition: 0, reason: 'its buffer is full' },
      { type: 'partition.paused', topic: 'orders', partition: 1, reason: 'its buffer is full' },
      { type: 'partition.resumed', topic: 'orders', partition: 0 },
      { type: 'partition.resumed', topic: 'orders', partition: 1 },
    ]);
  });

  test('after an assign resume all new partitions first, then pause what should be paused', () => {
    const { ports, pauses, partitions, owned } = setup(1);
    pauses.pause(partitions, 'full');
    pauses.reapply([owned(7), owned(8)]);
    expect(ports.resumed).toEqual([['orders/7', 'orders/8']]);
    expect(ports.paused.at(-1)).toEqual(['orders/0']);
    expect(ports.calls).toEqual(['pause', 'resume', 'pause']);
  });

  test('of a partition that is gone are forgotten: the next life of it begins without', () => {
    const { ports, pauses, partitions, owned } = setup(1);
    pauses.pause(partitions, 'full');
    for (const partition of partitions) pauses.forget(partition);
    const again = owned(0);
    pauses.reapply([again]);
    expect([pauses.isPaused(again), ports.paused.length, ports.resumed]).toEqual([false, 1, [['orders/0']]]);
  });
});
