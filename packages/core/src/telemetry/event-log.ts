import { isMillraceError } from '../errors.js';
import {
  type ConsumerEvent,
  eventCatalogue,
  type EventEntry,
  type EventName,
  type EventPlace,
} from './events.js';
import type { Logger } from './logger.js';

/**
 * Writes events to a logger, each at its level, with its name as `event`. It never throws: a logger that does
 * must not stop a consumer. Events that may come with every message are limited.
 */
export class EventLog {
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #quotas = new Map<EventName, Quota>();

  /** @param now - monotonic milliseconds */
  constructor(logger: Logger, now: () => number) {
    this.#logger = logger;
    this.#now = now;
  }

  emit(event: ConsumerEvent): void {
    const entry: EventEntry = eventCatalogue[event.type];
    const suppressed = entry.perSecond === undefined ? 0 : this.#admit(event.type, entry.perSecond);
    if (suppressed === undefined) return;
    write(this.#logger, event, suppressed);
  }

  /**
   * How many of the kind were left out since the last one that was written; undefined = this one is left out
   * too.
   */
  #admit(name: EventName, perSecond: number): number | undefined {
    const now = this.#now();
    let quota = this.#quotas.get(name);
    if (quota === undefined) this.#quotas.set(name, (quota = { startedAt: now, used: 0, suppressed: 0 }));
    if (now - quota.startedAt >= 1_000) {
      quota.startedAt = now;
      quota.used = 0;
    }
    if (quota.used >= perSecond) {
      quota.suppressed += 1;
      return undefined;
    }
    quota.used += 1;
    const { suppressed } = quota;
    quota.suppressed = 0;
    return suppressed;
  }
}

/** Writes one event that needs no limit, to the logger of whatever it belongs to. Never throws. */
export function logEvent(logger: Logger, event: ConsumerEvent): void {
  write(logger, event, 0);
}

function write(logger: Logger, event: ConsumerEvent, suppressed: number): void {
  const { level, text } = eventCatalogue[event.type];
  try {
    logger[level]({ event: event.type, ...dataOf(event), ...(suppressed === 0 ? {} : { suppressed }) }, text);
  } catch {
    // There is no better place to tell it.
  }
}

interface Quota {
  startedAt: number;
  used: number;
  suppressed: number;
}

/** The payload as it is logged: errors where loggers look for them, partitions in a form that stays short. */
function dataOf(event: ConsumerEvent): object {
  const data = new Map<string, unknown>(Object.entries(event));
  data.delete('type');
  if ('error' in event) {
    data.delete('error');
    const isInvalid = event.type === 'message.skipped' && event.cause === 'invalid';
    for (const [name, value] of isInvalid ? faultOf(event.error) : [['err', asError(event.error)] as const])
      data.set(name, value);
  }
  if ('partitions' in event && typeof event.partitions === 'object') {
    data.set('count', event.partitions.length);
    data.set('partitions', byTopic(event.partitions));
  }
  return Object.fromEntries(data);
}

/**
 * Of an unusable message only the framework's own text is told: an error from elsewhere may quote the
 * message.
 */
function faultOf(error: unknown): (readonly [string, unknown])[] {
  return isMillraceError(error)
    ? [
        ['code', error.code],
        ['reason', error.message],
      ]
    : [['code', 'DECODE_FAILED']];
}

/** Anything may be thrown; of what is no error only the type is told, since it may be a payload. */
function asError(error: unknown): Error {
  return error instanceof Error ? error : new TypeError(`a value of type ${typeof error} was thrown`);
}

function byTopic(places: readonly EventPlace[]): Record<string, number[]> {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of places) {
    const partitions = topics.get(topic);
    if (partitions === undefined) topics.set(topic, [partition]);
    else partitions.push(partition);
  }
  return Object.fromEntries(topics);
}
