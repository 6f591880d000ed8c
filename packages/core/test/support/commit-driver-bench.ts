import { CommitDriver, type Committable } from '../../src/offsets/commit-driver.js';
import type { CommitPolicy } from '../../src/offsets/commit-policy.js';
import { OffsetLedger } from '../../src/offsets/offset-ledger.js';
import type { CommitEntry, CommitError } from '../../src/source/message-source.js';
import { offsetsOf } from './engine-driver.js';

const EAGER: CommitPolicy = {
  covers: 'settled',
  pace: 'eager',
  intervalMs: 1_000,
  window: 100,
  scope: 'partition',
};

/** A partition that the driver sees, with some of its messages settled. */
export class TestPartition implements Committable {
  readonly topic: string;
  readonly partition: number;
  phase = 'active';
  readonly ledger: OffsetLedger;
  readonly metadata = new Map<string, string>();
  committed: number | undefined = 0;
  acknowledgedSequence = 0;
  dirty = false;
  mustCommit = false;
  commitRefused = false;
  exposed = 0;

  constructor(topic: string, partition = 0) {
    this.topic = topic;
    this.partition = partition;
    this.ledger = new OffsetLedger(0);
  }

  /** Receives and settles the next `count` messages. */
  settle(count = 1): void {
    for (let i = 0; i < count; i++) this.ledger.settle(this.ledger.add(this.ledger.position, 7));
  }

  receive(count = 1): void {
    for (let i = 0; i < count; i++) this.ledger.add(this.ledger.position, 7);
  }
}

/** A commit driver whose broker is a test. */
export class CommitDriverBench {
  readonly driver: CommitDriver<TestPartition>;
  readonly sent: { readonly id: number; readonly entries: readonly CommitEntry[] }[] = [];
  readonly acknowledged: [string, number][] = [];
  readonly failures: { readonly partitions: number; readonly code: string; readonly failures: number }[] = [];
  now = 100_000;

  constructor(policy: Partial<CommitPolicy> = {}) {
    this.driver = new CommitDriver<TestPartition>(
      { ...EAGER, ...policy },
      {
        commit: (id, entries) => this.sent.push({ id, entries }),
        exposed: (partition) => partition.exposed,
        acknowledged: ({ topic, partition }, covered) =>
          this.acknowledged.push([`${topic}/${partition}`, covered]),
        noteAcknowledged: () => undefined,
        noteFailed: (partitions, { code }, failures) => this.failures.push({ partitions, code, failures }),
      },
    );
  }

  /** Settles one more message of each, and lets the driver send. */
  progress(...partitions: TestPartition[]): void {
    for (const partition of partitions) {
      partition.settle();
      this.driver.touch(partition);
    }
    this.driver.advance(this.now);
  }

  /** What the last commit said, as `{ 'orders/0': 5 }`. */
  get last(): Record<string, number> {
    return offsetsOf(this.sent.at(-1)?.entries ?? []);
  }

  answer(error?: CommitError): void {
    this.driver.answered(this.sent.at(-1)?.id ?? 0, error, this.now);
  }

  /** Time goes by with a look each 50 ms, until the driver sends, at most `ms`. Returns the milliseconds it took. */
  waitForCommit(ms = 60_000): number {
    const before = this.sent.length;
    const start = this.now;
    while (this.sent.length === before && this.now < start + ms) {
      this.now += 50;
      this.driver.advance(this.now);
    }
    return this.now - start;
  }
}

export const RETRY: CommitError = { kind: 'retry', code: 'COORDINATOR_LOAD_IN_PROGRESS', message: 'loading' };
export const REJECTED: CommitError = { kind: 'rejected', code: 'UNKNOWN_TOPIC_OR_PART', message: 'gone' };
export const NOT_OWNED: CommitError = { kind: 'not-owned', code: 'UNKNOWN_MEMBER_ID', message: 'moved on' };
