/** How one check ended. */
export interface CheckResult {
  readonly name: string;
  readonly passes: boolean;
  /** What is wrong, in one of a few fixed texts: anybody may read the answer to a probe. */
  readonly detail?: string;
  /** What is behind it (an error, problems in words), for the log only. */
  readonly reason?: unknown;
}

/** The answer to a probe. */
export interface HealthReport {
  readonly status: 'pass' | 'fail';
  /** By name of the check. */
  readonly checks: Readonly<Record<string, CheckReport>>;
}

/** One check of a {@link HealthReport}. */
export interface CheckReport {
  readonly status: 'pass' | 'fail';
  readonly detail?: string;
}

/** Healthy when every check is. */
export function reportOf(results: readonly CheckResult[]): HealthReport {
  return {
    status: statusOf(results.every(({ passes }) => passes)),
    checks: Object.fromEntries(
      results.map(({ name, passes, detail }) => [
        name,
        { status: statusOf(passes), ...(detail === undefined ? {} : { detail }) },
      ]),
    ),
  };
}

function statusOf(passes: boolean): 'pass' | 'fail' {
  return passes ? 'pass' : 'fail';
}
