import type { TopicPartition, Watermarks } from '../source/assignment.js';
import type { EngineState } from './engine-state.js';
import type { OwnedPartition } from './owned-partition.js';

const EVERY_MS = 1_000;
/** A look that comes later than this says that the loop itself was away, so nobody could have been heard. */
const AWAY_MS = 5_000;
/** Cures in a row that brought nothing before the consumer gives up. */
const CURES = 2;

/** A partition that has something to read and was silent. It stays one until a message of that place comes. */
interface Problem extends TopicPartition {
  readonly text: string;
  readonly owned: OwnedPartition;
  /** What had been received then. */
  readonly tail: number;
}

/**
 * Watches that every partition with something to read gets on. Errors of a single partition can vanish inside a
 * client, so it looks at positions against the end of the log, not at errors; and what a client says of the end is only
 * as new as its last fetch, so a partition that has been silent for long is looked up at the broker, whatever the
 * client says. If its position is gone from the log it is halted; if there is something to read the client is made to
 * join anew; and when that does not help either the consumer fails: a restart is better than silence.
 */
export class ProgressWatchdog {
  readonly #state: EngineState;
  readonly #giveUp: (reason: string, now: number) => void;
  #lookedAt = -Infinity;
  #cures = 0;
  #curedAt = -Infinity;
  readonly #problems = new Map<string, Problem>();

  constructor(state: EngineState, giveUp: (reason: string, now: number) => void) {
    this.#state = state;
    this.#giveUp = giveUp;
  }

  /** What is wrong now, in words. */
  get problems(): string[] {
    return [...this.#problems.values()].map(({ text }) => text);
  }

  tick(now: number): void {
    const silentMs = now - this.#lookedAt;
    if (silentMs < EVERY_MS) return;
    this.#lookedAt = now;
    const { table, ports, flow, options } = this.#state;
    const known: OwnedPartition[] = [];
    const silent: OwnedPartition[] = [];
    for (const partition of table.all()) {
      if (silentMs > AWAY_MS || flow.isFull || !this.#mustFlow(partition)) partition.heardAt = now;
      if (now - partition.heardAt < options.stallMs) known.push(partition);
      else if (now - (partition.askedAt ?? -Infinity) >= options.stallMs) {
        partition.askedAt = now;
        silent.push(partition);
      }
    }
    if (known.length > 0) ports.query(known, false);
    if (silent.length > 0) ports.query(silent, true);
    this.#reviewProblems(now);
  }

  watermarks(ends: readonly Watermarks[], now: number): void {
    for (const { topic, partition, low, high } of ends) {
      const owned = this.#state.table.find(topic, partition);
      if (owned === undefined) continue;
      owned.low = low;
      owned.highWater = Math.max(high, owned.ledger.position);
      if (owned.askedAt === undefined) continue;
      owned.askedAt = undefined;
      const silentMs = now - owned.heardAt;
      if (this.#mustFlow(owned) && silentMs >= this.#state.options.stallMs)
        this.#judge(owned, { low, high, silentMs, now });
    }
  }

  /** The reader has come to the end of a log. Markers and gaps may lie between the last message and it. */
  endOfPartition({ topic, partition }: TopicPartition, offset: number, now: number): void {
    const owned = this.#state.table.find(topic, partition);
    if (owned === undefined) return;
    owned.readTo = offset;
    owned.highWater = Math.max(offset, owned.ledger.position);
    owned.heardAt = now;
  }

  #judge(owned: OwnedPartition, seen: { low: number; high: number; silentMs: number; now: number }): void {
    const { position } = owned.ledger;
    const { topic, partition } = owned;
    const { low, high, silentMs, now } = seen;
    if (position < low || position > high) {
      this.#state.halt(
        owned,
        `position ${String(position)} is not in the log any more (${String(low)} to ${String(high)})`,
      );
      return;
    }
    if (high <= Math.max(position, owned.readTo)) {
      owned.heardAt = now; // there is nothing to hear
      this.#problems.delete(placeOf(owned));
      return;
    }
    if (now - this.#curedAt < this.#state.options.stallMs) return;
    const text = `${placeOf(owned)} has been silent for ${String(Math.round(silentMs / 1000))} s at ${String(position)} of ${String(high)}`;
    this.#problems.set(placeOf(owned), { topic, partition, text, owned, tail: owned.ledger.tail });
    this.#state.ports.note({
      type: 'partition.stalled',
      topic,
      partition,
      position,
      highWater: high,
      silentMs,
    });
    this.#curedAt = now;
    if (this.#cures++ >= CURES) this.#giveUp(text, now);
    else if (!this.#state.stopping) this.#state.ports.resubscribe();
  }

  /** A partition that was heard again is well, and one that has gone to another member is not our problem. */
  #reviewProblems(now: number): void {
    for (const [place, problem] of this.#problems) {
      const owned = this.#state.table.find(problem.topic, problem.partition);
      const isHeard = owned !== undefined && owned.ledger.tail > (owned === problem.owned ? problem.tail : 0);
      const isElsewhere = owned === undefined && now - this.#curedAt >= this.#state.options.stallMs;
      if (isHeard || isElsewhere || owned?.phase === 'halted') this.#problems.delete(place);
    }
    if (this.#problems.size === 0) this.#cures = 0;
  }

  /** Whether messages of it should come as soon as the log has any. */
  #mustFlow(partition: OwnedPartition): boolean {
    return (
      partition.phase === 'active' &&
      !this.#state.rebalancing &&
      !this.#state.pauses.isPaused(partition) &&
      // where the client alone decides the start, the position is not known before the first message
      (partition.committed !== undefined || partition.ledger.tail > 0)
    );
  }
}

function placeOf({ topic, partition }: TopicPartition): string {
  return `${topic}[${String(partition)}]`;
}
