import { expect, test } from 'vitest';

import { messagesBetween } from './group-offsets.js';

const offsets = (entries: Readonly<Record<number, number>>): Map<number, number> =>
  new Map(Object.entries(entries).map(([partition, offset]) => [Number(partition), offset]));

test('messages between two sets of offsets are counted over all partitions', () => {
  expect(messagesBetween(offsets({ 0: 10, 1: 0 }), offsets({ 0: 15, 1: 7 }))).toBe(12);
});

test('a partition without a commit counts as none, and so does one that has been committed further before', () => {
  expect(messagesBetween(offsets({ 0: 10, 1: 5 }), offsets({ 0: 8 }))).toBe(0);
});
