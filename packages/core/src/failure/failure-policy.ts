import { contextOf } from '../delivery/context-class.js';
import type { Delivery } from '../delivery/delivery.js';
import type { Outcome } from '../handler/outcome.js';
import { isThenable } from '../internal/thenable.js';
import { saysInvalid } from '../message/invalid-message.js';
import type { RequestContext } from '../service/request-context.js';

/** How long to wait before a further attempt. */
export interface Backoff {
  readonly initialMs: number;
  readonly factor?: number;
  readonly maxMs?: number;
  readonly jitter?: boolean;
}

/** What a failure of a handler may mean. */
export type Verdict = 'retry' | 'dead-letter' | 'skip' | 'crash';

/** What happens to messages that cannot be handled. */
export interface FailurePolicy {
  /** Runs a failed handler again, in place. */
  readonly retry?: { readonly attempts: number; readonly backoff?: Backoff };
  /** One topic per delay; `topic` makes the name from the source topic and the step. */
  readonly retryTopic?: {
    readonly delaysMs: readonly number[];
    readonly topic?: (source: string, step: number) => string;
  };
  /** Keeps what has failed for good in a topic of its own. */
  readonly deadLetter?: true | { readonly topic?: (source: string) => string };
  /** For messages that cannot be decoded or do not match their schema. @defaultValue the dead letter if there is one, else `'skip'` */
  readonly invalid?: 'dead-letter' | 'skip' | 'crash';
  /** Runs that may kill the process before the message is set aside. @defaultValue `5` */
  readonly killedAfter?: number;
  /** Ordered strategies refuse retry topics unless this or `keepKeyOrder` is set. */
  readonly allowReordering?: boolean;
  /** Messages of a key wait for the retries of those before them. */
  readonly keepKeyOrder?: boolean | { readonly spillAfterMs?: number; readonly maxParked?: number };
  /** Says what a handler's error means; what is not configured, or is no verdict at all, falls to `otherwise`. */
  readonly classify?: (error: unknown, context: RequestContext) => Verdict;
  /** For handlers that fail. `'crash'` stops the server with the message uncommitted, `'skip'` counts and logs it. @defaultValue `'crash'` */
  readonly otherwise?: 'crash' | 'skip';
}

/** What the error of a delivery's handling means. Never throws. */
export type FailureDecision = (error: unknown, delivery: Delivery) => Outcome;

/** Makes the decision of a policy that this version can carry out; see {@link unbuiltFaults}. */
export function failureDecision(policy: FailurePolicy = {}): FailureDecision {
  const { classify, otherwise = 'crash' } = policy;
  const invalid = policy.invalid === 'crash' ? 'crash' : 'skip';
  return (error, delivery) => {
    if (saysInvalid(error)) return outcome(invalid, 'invalid', error);
    if (classify === undefined) return outcome(otherwise, 'failed', error);
    try {
      return outcome(configured(classify(error, contextOf(delivery)), otherwise), 'failed', error);
    } catch (inClassify) {
      // Without a verdict nothing may be settled.
      const both = new AggregateError([error, inClassify], '`classify` failed while it classified an error');
      return { kind: 'crash', error: both };
    }
  };
}

/** An `async` classify answers too late to count; its rejection must not end the process on top. */
function configured(verdict: unknown, otherwise: 'skip' | 'crash'): 'skip' | 'crash' {
  if (verdict === 'skip' || verdict === 'crash') return verdict;
  if (isThenable(verdict)) verdict.then(undefined, () => undefined);
  return otherwise;
}

function outcome(verdict: 'skip' | 'crash', cause: 'invalid' | 'failed', error: unknown): Outcome {
  return verdict === 'skip' ? { kind: 'skip', cause, error } : { kind: 'crash', error };
}
