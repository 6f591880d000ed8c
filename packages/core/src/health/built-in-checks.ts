import type { Probe, ServerSnapshot } from '../inspection/snapshot.js';
import type { ConsumerVitals } from './consumer-vitals.js';
import type { CheckResult } from './health-report.js';

/** The poll loop goes round many times a second; when it has not for this long, it has died. */
const POLL_SILENCE_MS = 30_000;
/** A handler may need a moment to notice that its time is up: this long at least, and as long again as its limit. */
const LEAST_OVERTIME_MS = 10_000;

/**
 * Whether the life cycle of the server allows a probe to pass. Draining makes it unready at once, so that nobody waits for
 * it, but not dead: being killed in the middle would undo the draining.
 */
export function serverCheck(probe: Probe, state: ServerSnapshot['state']): CheckResult {
  const name = 'server';
  const passes = state === 'running' || (state === 'draining' && probe !== 'readiness');
  // waiting for a log that is down is no reason to be restarted
  if (passes || (state === 'starting' && probe === 'liveness')) return { name, passes: true };
  return { name, passes: false, detail: state };
}

/** Whether the event loop still comes round in time. */
export function eventLoopCheck(isOverloaded: boolean): CheckResult {
  const name = 'event-loop';
  return isOverloaded
    ? { name, passes: false, detail: 'late by more than 1 s, five times in a row' }
    : { name, passes: true };
}

/** What the framework itself knows of one consumer. Reachability is never a matter of life: a restart does not cure it. */
export function consumerChecks(
  probe: Probe,
  consumer: string,
  vitals: ConsumerVitals,
): readonly CheckResult[] {
  switch (probe) {
    case 'liveness':
      return [pollLoopCheck(consumer, vitals), handlerCheck(consumer, vitals)];
    case 'readiness':
      return [
        connectionCheck(consumer, vitals),
        assignmentCheck(consumer, vitals),
        problemCheck(consumer, vitals),
      ];
    case 'startup':
      return [];
  }
}

function pollLoopCheck(consumer: string, { sinceLastPollMs }: ConsumerVitals): CheckResult {
  const name = `${consumer}:poll-loop`;
  if (sinceLastPollMs <= POLL_SILENCE_MS) return { name, passes: true };
  return { name, passes: false, detail: 'no poll for 30 s', reason: { sinceLastPollMs } };
}

function handlerCheck(consumer: string, vitals: ConsumerVitals): CheckResult {
  const name = `${consumer}:handlers`;
  const { oldestHandlerMs, handlerTimeoutMs } = vitals;
  if (handlerTimeoutMs === undefined) return { name, passes: true };
  if (oldestHandlerMs <= handlerTimeoutMs + Math.max(handlerTimeoutMs, LEAST_OVERTIME_MS))
    return { name, passes: true };
  return { name, passes: false, detail: 'one is stuck', reason: { oldestHandlerMs, handlerTimeoutMs } };
}

function connectionCheck(consumer: string, { connected }: ConsumerVitals): CheckResult {
  const name = `${consumer}:connection`;
  return connected ? { name, passes: true } : { name, passes: false, detail: 'not connected' };
}

function assignmentCheck(consumer: string, { assigned }: ConsumerVitals): CheckResult {
  const name = `${consumer}:assignment`;
  return assigned ? { name, passes: true } : { name, passes: false, detail: 'waiting for the group' };
}

function problemCheck(consumer: string, { problems }: ConsumerVitals): CheckResult {
  const name = `${consumer}:problems`;
  if (problems.length === 0) return { name, passes: true };
  return { name, passes: false, detail: 'there are problems, see the log', reason: problems };
}
