import { commitChecks } from './source-commit-checks.js';
import { groupChecks } from './source-group-checks.js';
import { lifeChecks } from './source-life-checks.js';
import { readingChecks } from './source-reading-checks.js';
import type { SourceConformanceOptions } from './source-under-test.js';

/** One obligation. `run` rejects when it is not met; it needs no test runner. */
export interface ConformanceCheck {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/**
 * The obligations of a `MessageSource`, as checks for any test runner:
 *
 *     for (const check of sourceConformance(options)) test(check.name, check.run);
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
