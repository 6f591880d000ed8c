import { type CommitEntry, type Rebalance, type TopicPartition } from '@millrace/core';
import { describe, expect, test } from 'vitest';

import { sourceConformance } from '../../src/conformance/source-conformance.js';
import type { SourceFeatures } from '../../src/conformance/source-under-test.js';
import { FakeLog } from '../../src/doubles/fake-log.js';
import { FakeSource, type FakeSourceOptions } from '../../src/doubles/fake-source.js';

const all: SourceFeatures = { sharing: true, endOfPartition: true };

/** The obligations that a source of this class does not meet. */
async function failures(Source: new (options: FakeSourceOptions) => FakeSource): Promise<string[]> {
  const log = new FakeLog();
  let topics = 0;
  const checks = sourceConformance({
    name: 'it',
    features: all,
    underTest: () => ({
      createTopic() {
        const topic = `topic-${++topics}`;
        log.createTopic(topic, 4);
        return Promise.resolve(topic);
      },
      append(topic, partition, values) {
        for (const value of values) log.append(topic, { partition, value });
        return Promise.resolve();
      },
      makeSource: (member) => new Source({ log, ...member }),
    }),
    patienceMs: 50,
    quietMs: 10,
  });
  const failed: string[] = [];
  for (const check of checks) {
    await check.run().catch(() => failed.push(check.name));
  }
  return failed;
}

describe('the conformance suite', () => {
  test('leaves out what a transport does not have', () => {
    const underTest = (): never => {
      throw new Error('not called');
    };
    const count = (features: SourceFeatures): number =>
      sourceConformance({ name: 'it', features, underTest }).length;
    expect(count({ sharing: false, endOfPartition: true })).toBeLessThan(count(all));
    expect(count({ sharing: true, endOfPartition: false })).toBe(count(all) - 1);
  });

  test('finds a source that acknowledges what the log never gets', async () => {
    class Forgetful extends FakeSource {
      override commit(id: number, entries: readonly CommitEntry[]): void {
        super.commit(id, entries.slice(0, 0));
      }
    }
    expect(await failures(Forgetful)).toContain(
      'it acknowledges a commit that a later member finds, with its metadata to the byte',
    );
  });

  test('finds a source that cuts metadata', async () => {
    class Cutting extends FakeSource {
      override commit(id: number, entries: readonly CommitEntry[]): void {
        super.commit(
          id,
          entries.map((entry) => ({ ...entry, metadata: entry.metadata.slice(0, -1) })),
        );
      }
    }
    expect(await failures(Cutting)).toContain(
      'it acknowledges a commit that a later member finds, with its metadata to the byte',
    );
  });

  test('finds a source that does not pause', async () => {
    class Restless extends FakeSource {
      override pause(): void {
        // on it goes
      }
    }
    expect(await failures(Restless)).toEqual([
      'it hands over nothing of a paused partition, and goes on behind it without a gap when it is resumed',
    ]);
  });

  test('finds a source that never resumes', async () => {
    class Stuck extends FakeSource {
      override resume(): void {
        // and there it stays
      }
    }
    expect(await failures(Stuck)).toContain(
      'it resumes a partition that was paused in an earlier life when it is told to',
    );
  });

  test('finds a source that answers inside the call', async () => {
    class Hasty extends FakeSource {
      constructor(options: FakeSourceOptions) {
        super({ ...options, defer: (run) => run() });
      }
    }
    expect((await failures(Hasty)).length).toBeGreaterThan(10);
  });

  test('finds a source that gives partitions up before it is allowed to', async () => {
    class Eager extends FakeSource {
      override rebalance(rebalance: Rebalance): void {
        super.rebalance(rebalance);
        if (rebalance.kind === 'revoke') this.answer(rebalance, []);
      }
    }
    expect(await failures(Eager)).toContain('it hands a partition on only when its owner has given it back');
  });

  test('finds a source that chokes on partitions that it does not own', async () => {
    class Touchy extends FakeSource {
      override pause(partitions: readonly TopicPartition[]): void {
        if (partitions.some(({ partition }) => partition > 4)) throw new Error('not mine');
        super.pause(partitions);
      }
    }
    expect(await failures(Touchy)).toEqual(['it ignores calls about partitions that it does not own']);
  });
});
