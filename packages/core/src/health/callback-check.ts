import type { Probe } from '../inspection/snapshot.js';
import { Deferred } from '../internal/deferred.js';
import type { Clock } from '../time/clock.js';
import type { CheckResult } from './health-report.js';

/** What a {@link CallbackCheck} is made of. */
export interface CallbackCheckParts<S> {
  readonly name: string;
  readonly callback: (probe: Probe, snapshot: S) => boolean | Promise<boolean>;
  /** Taken for every call. */
  readonly snapshot: () => S;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/**
 * A health check of the user's own. It may be slow, throw or hang: a probe waits for it no longer than the time limit, and
 * no second call of the same probe is made while one runs. Probes that come meanwhile get the answer of that one; once its
 * time is up they fail at once, until it has ended.
 */
export class CallbackCheck<S> {
  readonly #parts: CallbackCheckParts<S>;
  /** Settled within the time limit; removed when the call itself has ended. */
  readonly #answers = new Map<Probe, Promise<CheckResult>>();

  constructor(parts: CallbackCheckParts<S>) {
    this.#parts = parts;
  }

  /** Never rejects. */
  ask(probe: Probe): Promise<CheckResult> {
    return this.#answers.get(probe) ?? this.#begin(probe);
  }

  #begin(probe: Probe): Promise<CheckResult> {
    const { name, timeoutMs, clock } = this.#parts;
    const late = new Deferred<CheckResult>();
    const timer = clock.after(timeoutMs, () => {
      late.resolve({ name, passes: false, detail: 'no answer in time', reason: { timeoutMs } });
    });
    const call = this.#call(probe).finally(() => {
      timer.cancel();
      this.#answers.delete(probe);
    });
    const answer = Promise.race([call, late.promise]);
    this.#answers.set(probe, answer);
    return answer;
  }

  async #call(probe: Probe): Promise<CheckResult> {
    const { name, callback, snapshot } = this.#parts;
    try {
      const healthy: unknown = await callback(probe, snapshot());
      if (healthy === true) return { name, passes: true };
      return {
        name,
        passes: false,
        detail: healthy === false ? 'unhealthy' : 'answered neither true nor false',
      };
    } catch (error) {
      return { name, passes: false, detail: 'threw', reason: error };
    }
  }
}
