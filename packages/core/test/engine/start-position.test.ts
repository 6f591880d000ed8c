import { describe, expect, test } from 'vitest';

import { decideStart, recordedCount, type StartPolicy } from '../../src/engine/start-position.js';
import type { PartitionFacts, TopicFacts } from '../../src/source/assignment.js';

const POLICY: StartPolicy = { autoOffsetReset: 'latest', onOutOfRange: 'error' };

interface Given {
  readonly committed?: number;
  readonly metadata?: string;
  readonly low?: number;
  readonly high?: number;
  readonly partition?: number;
  readonly recorded?: readonly string[];
  readonly count?: number;
  readonly policy?: Partial<StartPolicy>;
}

function decide({
  committed,
  metadata,
  low = 10,
  high = 20,
  partition = 0,
  recorded = [],
  count = 6,
  policy,
}: Given) {
  const facts: PartitionFacts = {
    topic: 'orders',
    partition,
    committed: committed === undefined ? undefined : { offset: committed, metadata },
    low,
    high,
  };
  const topic: TopicFacts = { topic: 'orders', partitionCount: count, metadata: recorded };
  return decideStart(facts, topic, { ...POLICY, ...policy });
}

describe('the start of a partition with a commit', () => {
  test.each([10, 15, 20])('is that commit, as long as the log has it: %i of 10 to 20', (committed) => {
    expect(decide({ committed })).toEqual({ kind: 'committed', offset: committed, metadata: new Map() });
  });

  test('carries on what the commit says to a successor', () => {
    expect(decide({ committed: 15, metadata: 'MR1|n:6|q:kept|~' })).toMatchObject({
      metadata: new Map([
        ['n', '6'],
        ['q', 'kept'],
      ]),
    });
  });

  test.each(['', 'of another program', 'MR9|n:6|~'])('ignores what it cannot read: %j', (metadata) => {
    expect(decide({ committed: 15, metadata })).toEqual({
      kind: 'committed',
      offset: 15,
      metadata: new Map(),
    });
  });

  test.each([
    ['below the log', 7, 'the log of orders[0] begins at 10, the commit says 7: 3 offsets are gone'],
    [
      'beyond its end',
      21,
      'the log of orders[0] ends at 20, the commit says 21: the topic was cut or made anew',
    ],
  ])('that lies %s halts by default, and says what is missing', (_, committed, gap) => {
    expect(decide({ committed })).toEqual({
      kind: 'halt',
      offset: committed,
      reason: `${gap}; set onOutOfRange, or commit another offset`,
    });
  });

  test.each([
    ['earliest', 7, 10, 0],
    ['earliest', 21, 10, 0],
    ['latest', 7, 20, 10],
    ['latest', 21, 20, 10],
  ] as const)(
    "with onOutOfRange '%s' and a commit at %i starts at %i",
    (onOutOfRange, committed, offset, before) => {
      const decision = decide({ committed, policy: { onOutOfRange } });
      expect(decision).toMatchObject({ kind: 'explicit', offset, before });
      expect(decision).toHaveProperty(
        'because',
        expect.stringContaining(`onOutOfRange is '${onOutOfRange}'`),
      );
    },
  );

  test('never looks at autoOffsetReset', () => {
    expect(decide({ committed: 15, policy: { autoOffsetReset: 'error' } }).kind).toBe('committed');
  });
});

describe('the start of a partition without a commit', () => {
  test.each([
    ['latest', { kind: 'explicit', offset: 20, before: 10 }],
    ['earliest', { kind: 'explicit', offset: 10, before: 0 }],
    ['error', { kind: 'refuse' }],
  ] as const)("is what autoOffsetReset says: '%s'", (autoOffsetReset, wanted) => {
    expect(decide({ policy: { autoOffsetReset } })).toMatchObject(wanted);
  });

  test.each(['latest', 'error'] as const)(
    "is the earliest offset where the topic has grown, though autoOffsetReset is '%s'",
    (autoOffsetReset) => {
      expect(
        decide({ partition: 6, count: 8, recorded: ['MR1|n:6|~'], policy: { autoOffsetReset } }),
      ).toEqual({
        kind: 'explicit',
        offset: 10,
        because: 'the partition is new',
        before: 0,
      });
    },
  );

  test('follows autoOffsetReset where the partition was there when the group began', () => {
    expect(decide({ partition: 5, count: 8, recorded: ['MR1|n:6|~'] })).toMatchObject({ offset: 20 });
  });

  test('follows autoOffsetReset where nobody has recorded a count', () => {
    expect(decide({ partition: 7, count: 8, recorded: ['', 'foreign', 'MR1|q:x|~'] })).toMatchObject({
      offset: 20,
    });
  });

  test('is new although another new partition was committed first, with whatever count that one saw', () => {
    expect(decide({ partition: 7, count: 8, recorded: ['MR1|n:6|~', 'MR1|n:8|~'] })).toMatchObject({
      because: 'the partition is new',
    });
  });
});

describe('the partition count that is handed on', () => {
  test.each([
    ['the least that any commit records', ['MR1|n:c|~', 'MR1|n:6|~', 'foreign'], 12, 6],
    ['not more than there are, where the topic was made anew with fewer', ['MR1|n:c|~'], 3, 3],
    ['unknown, where no commit records one', ['', 'foreign'], 12, undefined],
  ])('is %s', (_, metadata, partitionCount, count) => {
    expect(recordedCount({ topic: 'orders', partitionCount, metadata })).toBe(count);
  });
});
