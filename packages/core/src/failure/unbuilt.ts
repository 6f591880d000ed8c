import type { OptionFault } from '../options/options-error.js';
import type { FailurePolicy } from './failure-policy.js';

/** Members of the policy that belong to retries and dead letters, and what each is to do. */
const unbuilt = {
  retry: 'failed handlers are not run again in place',
  retryTopic: 'there are no retry topics',
  deadLetter: 'there are no dead letters',
  killedAfter: 'messages that kill the process are not set aside',
  allowReordering: 'there are no retry topics that could reorder messages',
  keepKeyOrder: 'there are no retry topics whose order could be kept',
} as const satisfies Partial<Record<keyof FailurePolicy, string>>;

/**
 * The parts of a policy that this version knows and cannot carry out yet. They are refused at start: a policy
 * that is silently weaker than it reads would lose what it promises to keep.
 *
 * @param path - Where the policy stands in the options.
 */
export function unbuiltFaults(policy: FailurePolicy, path = 'onFailure'): OptionFault[] {
  const faults: OptionFault[] = [];
  for (const [name, why] of Object.entries(unbuilt) as [keyof typeof unbuilt, string][]) {
    const value = policy[name];
    if (value === undefined || value === false) continue;
    faults.push({ path: `${path}.${name}`, message: `is not supported by this version: ${why}. ${advice}` });
  }
  if (policy.invalid === 'dead-letter') {
    faults.push({
      path: `${path}.invalid`,
      message: "cannot be 'dead-letter' in this version: there are no dead letters. Use 'skip' or 'crash'",
    });
  }
  return faults;
}

const advice = "What there is: invalid ('skip' or 'crash'), classify, otherwise ('crash' or 'skip')";
