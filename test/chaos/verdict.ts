import { placeOf, type Run } from './ledger.js';

/** A process that was killed with -9. */
export interface Kill {
  readonly pid: number;
  /** When it was seen to be gone, on the machine's clock. */
  readonly at: number;
}

/** What is known about a run from outside the consumers. */
export interface Circumstances {
  /** In the order of time. */
  readonly kills: readonly Kill[];
  /** Offset behind the last message of every partition, by {@link placeOf}; the first message has offset 0. */
  readonly ends: ReadonlyMap<string, number>;
  /** What the group has committed, asked from a client outside it. */
  readonly committed: ReadonlyMap<string, number>;
  /** Whether each partition is handled one message after the other. */
  readonly ordered: boolean;
}

/** What a ledger says about the guarantees. Texts name the place; of each kind only the first few are listed. */
export interface Verdict {
  readonly messages: number;
  readonly runs: number;
  /** Never handled to the end. */
  readonly lost: readonly string[];
  /** Handled, but not in the log. */
  readonly phantoms: readonly string[];
  /** Messages handled again because of each kill. */
  readonly duplicatesPerKill: readonly number[];
  /** The most that one kill repeated in one partition. */
  readonly mostDuplicatesInPartition: number;
  /** Handled again although the process before was not killed. */
  readonly unexplained: readonly string[];
  /** The same message (ordered: any two of one partition) at the same time. */
  readonly overlaps: readonly string[];
  /** Only with `ordered`: started too early or too late. */
  readonly disordered: readonly string[];
  /** Partitions whose commit is not at the end. */
  readonly uncommitted: readonly string[];
}

type Fault = 'lost' | 'phantoms' | 'unexplained' | 'overlaps' | 'disordered' | 'uncommitted';

const LISTED = 10;

/** Judges everything that the processes of a test have done, after all of it is over. */
export function judge(runs: readonly Run[], circumstances: Circumstances): Verdict {
  const { kills, ends, committed, ordered } = circumstances;
  const byPlace = groupBy(runs, (run) => placeOf(run.topic, run.partition));
  const killOf = new Map(kills.map((kill, index) => [kill.pid, { index, at: kill.at }]));
  const duplicates = new Map<string, number>();
  const found: Record<Fault, string[]> = {
    lost: [],
    phantoms: [],
    unexplained: [],
    overlaps: [],
    disordered: [],
    uncommitted: [],
  };
  const endOf = (run: Run): number => run.endedAt ?? killOf.get(run.pid)?.at ?? Infinity;

  for (const [place, end] of ends) {
    const own = (byPlace.get(place) ?? []).sort((a, b) => a.startedAt - b.startedAt);
    const byOffset = groupBy(own, (run) => run.offset);
    for (let offset = 0; offset < end; offset++) {
      const handled = byOffset.get(offset)?.some(({ endedAt }) => endedAt !== undefined) ?? false;
      if (!handled) found.lost.push(`${place}@${String(offset)}`);
    }
    for (const [offset, repeated] of byOffset) {
      if (offset >= end) found.phantoms.push(`${place}@${String(offset)}`);
      for (const [before, after] of neighbours(repeated)) {
        const kill = killOf.get(before.pid);
        if (kill === undefined) found.unexplained.push(`${describe(before)}, then ${describe(after)}`);
        else {
          const key = `${String(kill.index)} ${place}`;
          duplicates.set(key, (duplicates.get(key) ?? 0) + 1);
        }
        if (!ordered && after.startedAt < endOf(before))
          found.overlaps.push(`${describe(before)} and ${describe(after)}`);
      }
    }
    if (ordered) {
      found.disordered.push(...disorder(own));
      for (const [before, after] of neighbours(own)) {
        if (after.startedAt < endOf(before))
          found.overlaps.push(`${describe(before)} and ${describe(after)}`);
      }
    }
    if (committed.get(place) !== end) {
      found.uncommitted.push(`${place}: ${String(committed.get(place))} of ${String(end)}`);
    }
  }
  for (const place of byPlace.keys()) if (!ends.has(place)) found.phantoms.push(place);

  return {
    messages: [...ends.values()].reduce((sum, end) => sum + end, 0),
    runs: runs.length,
    lost: firstOf(found.lost),
    phantoms: firstOf(found.phantoms),
    unexplained: firstOf(found.unexplained),
    overlaps: firstOf(found.overlaps),
    disordered: firstOf(found.disordered),
    uncommitted: firstOf(found.uncommitted),
    duplicatesPerKill: kills.map((_, index) => sumOf(duplicates, `${String(index)} `)),
    mostDuplicatesInPartition: Math.max(0, ...duplicates.values()),
  };
}

/**
 * Starts of one partition that break the order. A process goes forward only; the next one begins at most one message behind the highest so
 * far, however far back its commit lies.
 */
function disorder(runs: readonly Run[]): string[] {
  const broken: string[] = [];
  let highest = -1;
  let before: Run | undefined;
  for (const run of runs) {
    if (run.offset > highest + 1) broken.push(`${describe(run)} skips from ${String(highest)}`);
    if (before?.pid === run.pid && run.offset <= before.offset) {
      broken.push(`${describe(run)} comes after ${String(before.offset)}`);
    }
    highest = Math.max(highest, run.offset);
    before = run;
  }
  return broken;
}

function groupBy<K>(runs: readonly Run[], keyOf: (run: Run) => K): Map<K, Run[]> {
  const groups = new Map<K, Run[]>();
  for (const run of runs) {
    const group = groups.get(keyOf(run));
    if (group === undefined) groups.set(keyOf(run), [run]);
    else group.push(run);
  }
  return groups;
}

function neighbours(runs: readonly Run[]): [Run, Run][] {
  return runs.slice(1).map((run, index) => [runs[index] as Run, run]);
}

function describe(run: Run): string {
  const end = run.endedAt === undefined ? 'no end' : `end ${run.endedAt.toFixed(1)}`;
  return `${placeOf(run.topic, run.partition)}@${String(run.offset)} in ${String(run.pid)} (start ${run.startedAt.toFixed(1)}, ${end})`;
}

function firstOf(all: readonly string[]): string[] {
  if (all.length <= LISTED) return [...all];
  return [...all.slice(0, LISTED), `and ${String(all.length - LISTED)} more`];
}

function sumOf(counts: ReadonlyMap<string, number>, prefix: string): number {
  let sum = 0;
  for (const [key, count] of counts) if (key.startsWith(prefix)) sum += count;
  return sum;
}
