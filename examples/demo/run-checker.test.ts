import { expect, test } from 'vitest';

import { RunChecker } from './run-checker.js';

test('rising numbers in each partition are in order, whatever other partitions do', () => {
  const checker = new RunChecker();
  for (const [partition, number] of [
    [0, 1],
    [1, 5],
    [0, 2],
    [1, 6],
    [0, 9],
  ] as const)
    checker.record(partition, number);

  expect(checker.report).toEqual({ handled: 5, duplicates: 0, outOfOrder: 0 });
});

test('an event that comes after a later one of its partition is out of order', () => {
  const checker = new RunChecker();
  for (const number of [1, 4, 2, 3, 5]) checker.record(0, number);

  expect(checker.report).toEqual({ handled: 5, duplicates: 0, outOfOrder: 2 });
});

test('an event that comes again is a duplicate and counts neither as handled nor as disorder', () => {
  const checker = new RunChecker();
  for (const number of [1, 2, 1, 2, 3]) checker.record(0, number);

  expect(checker.report).toEqual({ handled: 3, duplicates: 2, outOfOrder: 0 });
});

test('it remembers events far beyond its first size', () => {
  const checker = new RunChecker();
  checker.record(0, 3_000_000);
  checker.record(0, 3_000_000);

  expect(checker.report).toEqual({ handled: 1, duplicates: 1, outOfOrder: 0 });
});
