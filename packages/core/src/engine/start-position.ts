import { decodeMetadata, type MetadataSections, partitionCountOf } from '../offsets/commit-metadata.js';
import type { PartitionFacts, TopicFacts } from '../source/assignment.js';

/** Where a newly assigned partition starts, and why. */
export type StartDecision =
  /** At its commit; the source looks that up by itself, with the leader epoch that a given offset would lose. */
  | { readonly kind: 'committed'; readonly offset: number; readonly metadata: MetadataSections }
  /** At an offset of ours, which is committed before the first message is handled. */
  | { readonly kind: 'explicit'; readonly offset: number; readonly because: string; readonly before: number }
  /** Not at all: the committed offset is not in the log any more. */
  | { readonly kind: 'halt'; readonly offset: number; readonly reason: string }
  /** There is no commit and the options say that this is an error. */
  | { readonly kind: 'refuse'; readonly reason: string };

export interface StartPolicy {
  readonly autoOffsetReset: 'latest' | 'earliest' | 'error';
  readonly onOutOfRange: 'error' | 'earliest' | 'latest';
}

/**
 * Decides a start. A partition without a commit is *new*, and starts at the earliest offset whatever the options say,
 * only if its number is at least the partition count that the commits of its topic's other partitions record: otherwise
 * messages written between the growth of a topic and this assignment would be skipped silently.
 *
 * What is recorded is the count that the topic had when the group *began* with it, handed on from commit to commit. The
 * present count would not do: after a growth the first new partition to be committed would make the others look old.
 */
export function decideStart(facts: PartitionFacts, topic: TopicFacts, policy: StartPolicy): StartDecision {
  const { committed, low, high } = facts;
  if (committed !== undefined) {
    if (committed.offset >= low && committed.offset <= high) {
      const metadata = committed.metadata === undefined ? undefined : decodeMetadata(committed.metadata);
      return { kind: 'committed', offset: committed.offset, metadata: metadata ?? new Map() };
    }
    return outOfRange(facts, committed.offset, policy);
  }
  const recorded = recordedCount(topic);
  if (recorded !== undefined && facts.partition >= recorded) {
    return { kind: 'explicit', offset: low, because: 'the partition is new', before: 0 };
  }
  switch (policy.autoOffsetReset) {
    case 'earliest':
      return {
        kind: 'explicit',
        offset: low,
        because: "no commit, autoOffsetReset is 'earliest'",
        before: 0,
      };
    case 'latest':
      return {
        kind: 'explicit',
        offset: high,
        because: "no commit, autoOffsetReset is 'latest'",
        before: high - low,
      };
    case 'error':
      return { kind: 'refuse', reason: `no commit for ${name(facts)}, and autoOffsetReset is 'error'` };
  }
}

function outOfRange(facts: PartitionFacts, offset: number, policy: StartPolicy): StartDecision {
  const { low, high } = facts;
  const gap =
    offset < low
      ? `the log of ${name(facts)} begins at ${String(low)}, the commit says ${String(offset)}: ${String(low - offset)} offsets are gone`
      : `the log of ${name(facts)} ends at ${String(high)}, the commit says ${String(offset)}: the topic was cut or made anew`;
  switch (policy.onOutOfRange) {
    case 'error':
      return { kind: 'halt', offset, reason: `${gap}; set onOutOfRange, or commit another offset` };
    case 'earliest':
      return { kind: 'explicit', offset: low, because: `${gap}; onOutOfRange is 'earliest'`, before: 0 };
    case 'latest':
      return {
        kind: 'explicit',
        offset: high,
        because: `${gap}; onOutOfRange is 'latest'`,
        before: high - low,
      };
  }
}

/** How many partitions the topic had when the group began with it, as far as its commits tell. */
export function recordedCount(topic: TopicFacts): number | undefined {
  let least: number | undefined;
  for (const text of topic.metadata) {
    const count = partitionCountOf(decodeMetadata(text));
    if (count !== undefined && (least === undefined || count < least)) least = count;
  }
  // a topic that was made anew with fewer partitions begins anew
  return least === undefined ? undefined : Math.min(least, topic.partitionCount);
}

function name(facts: PartitionFacts): string {
  return `${facts.topic}[${String(facts.partition)}]`;
}
