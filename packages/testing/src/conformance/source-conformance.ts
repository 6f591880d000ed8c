import type { MessageSource } from '@millrace/core';

import { commitChecks } from './source-commit-checks.js';
import { groupChecks } from './source-group-checks.js';
import { lifeChecks } from './source-life-checks.js';
import { readingChecks } from './source-reading-checks.js';

/** What a transport under test can do beyond the obligations that all have. */
export interface SourceFeatures {
  /** Several members of one group share partitions. */
  readonly sharing: boolean;
  /** It tells when a reader has come to the end of a log. */
  readonly endOfPartition: boolean;
}

/** A transport under test: a log that checks can write to, and members of groups that read it. */
export interface SourceUnderTest {
  /** Makes a topic with this many empty partitions, and returns its name, which no other check uses. */
  readonly createTopic: (partitions: number) => Promise<string>;
  /** Appends values in this order; resolves when the log has them. */
  readonly append: (topic: string, partition: number, values: readonly string[]) => Promise<void>;
  /** A new member, not opened yet, that does not commit by itself. */
  readonly makeSource: (member: {
    readonly groupId: string;
    readonly topics: readonly string[];
  }) => MessageSource;
}

export interface SourceConformanceOptions {
  /** Whose conformance it is; stands before the name of each check. */
  readonly name: string;
  readonly features: SourceFeatures;
  /** Called by each check; what it makes may be shared. */
  readonly underTest: () => SourceUnderTest | Promise<SourceUnderTest>;
  /** Milliseconds that anything may take to happen. @defaultValue `5_000` */
  readonly patienceMs?: number;
  /** Milliseconds after which something that should not happen is taken not to. @defaultValue `100` */
  readonly quietMs?: number;
}

/** One obligation. `run` rejects when it is not met; it needs no test runner. */
export interface ConformanceCheck {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/**
 * The obligations of a `MessageSource`, as checks for any test runner:
 *
 *     for (const check of sourceConformance({ name: 'fake', … })) test(check.name, check.run);
 */
export function sourceConformance(options: SourceConformanceOptions): readonly ConformanceCheck[] {
  const { features } = options;
  const checks = [
    ...lifeChecks,
    ...readingChecks,
    ...commitChecks,
    ...groupChecks.filter(({ needs }) => needs !== 'sharing' || features.sharing),
  ].filter(({ needs }) => needs !== 'endOfPartition' || features.endOfPartition);
  return checks.map(({ obligation, run }) => ({
    name: `${options.name} ${obligation}`,
    run: () => run(options),
  }));
}
