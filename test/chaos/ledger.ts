import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

import type { LedgerLine, MessageLine } from './ledger-line.js';

const CHUNK_BYTES = 1 << 20;
/** Files of a ledger's folder; others may lie beside them. */
export const LEDGER_SUFFIX = '.jsonl';

/** One message handled once by one process. */
export interface Run {
  readonly pid: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly id: number;
  readonly startedAt: number;
  /** Undefined: the handler has not come to its end (yet), or the process was killed before. */
  endedAt: number | undefined;
}

/** An event of the framework's log. */
export interface LedgerEvent {
  readonly pid: number;
  readonly event: string;
  readonly at: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A file that still grows. */
interface Growing {
  readonly path: string;
  position: number;
  /** The beginning of a line whose end is not there yet. */
  rest: string;
}

/**
 * What all processes of a test have written into one folder, a file each. It can be read while they write: `refresh` takes in what is new.
 */
export class Ledger {
  readonly runs: Run[] = [];
  readonly events: LedgerEvent[] = [];
  readonly #folder: string;
  readonly #files = new Map<string, Growing>();
  /** Runs that have not ended, by process and position. */
  readonly #open = new Map<string, Run>();
  readonly #handled = new Map<string, Set<number>>();
  readonly #lastEnd = new Map<string, number>();
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Takes in what has been written since the last time. */
  refresh(): void {
    for (const name of readdirSync(this.#folder)) {
      if (!name.endsWith(LEDGER_SUFFIX)) continue;
      let file = this.#files.get(name);
      if (file === undefined) {
        file = { path: join(this.#folder, name), position: 0, rest: '' };
        this.#files.set(name, file);
      }
      this.#readOn(file);
    }
  }

  /** Runs of this process that have not ended. */
  openRuns(pid: number): Run[] {
    return [...this.#open.values()].filter((run) => run.pid === pid);
  }

  /** How many different messages of the partition have been handled to the end. */
  handled(topic: string, partition: number): number {
    return this.#handled.get(placeOf(topic, partition))?.size ?? 0;
  }

  /** When a message of the partition was last handled to its end; `-Infinity`: never. */
  lastEnd(topic: string, partition: number): number {
    return this.#lastEnd.get(placeOf(topic, partition)) ?? -Infinity;
  }

  /** Events of one name, of all processes or of one. */
  eventsOf(event: string, pid?: number): LedgerEvent[] {
    return this.events.filter((line) => line.event === event && (pid === undefined || line.pid === pid));
  }

  #readOn(file: Growing): void {
    const descriptor = openSync(file.path, 'r');
    const chunk = this.#chunk;
    try {
      for (;;) {
        const read = readSync(descriptor, chunk, 0, CHUNK_BYTES, file.position);
        if (read === 0) return;
        file.position += read;
        // Lines are ASCII, so that no character is cut in two.
        const lines = (file.rest + chunk.toString('latin1', 0, read)).split('\n');
        file.rest = lines.pop() ?? '';
        for (const line of lines) this.#take(JSON.parse(line) as LedgerLine);
      }
    } finally {
      closeSync(descriptor);
    }
  }

  #take(line: LedgerLine): void {
    switch (line.kind) {
      case 'start':
        this.#start(line);
        break;
      case 'end':
        this.#end(line);
        break;
      case 'event':
        this.events.push({
          pid: line.pid,
          event: line.event,
          at: line.at,
          data: line.data as Record<string, unknown>,
        });
        break;
    }
  }

  #start(line: MessageLine & LedgerLine): void {
    const { pid, topic, partition, offset, id, at } = line;
    const run: Run = { pid, topic, partition, offset, id, startedAt: at, endedAt: undefined };
    this.runs.push(run);
    this.#open.set(openKey(line), run);
  }

  #end(line: MessageLine & LedgerLine): void {
    const run = this.#open.get(openKey(line));
    if (run === undefined) throw new Error(`an end without a start: ${JSON.stringify(line)}`);
    run.endedAt = line.at;
    this.#open.delete(openKey(line));
    const place = placeOf(line.topic, line.partition);
    let offsets = this.#handled.get(place);
    if (offsets === undefined) this.#handled.set(place, (offsets = new Set()));
    offsets.add(line.offset);
    this.#lastEnd.set(place, Math.max(line.at, this.#lastEnd.get(place) ?? -Infinity));
  }
}

/** `topic[partition]` */
export function placeOf(topic: string, partition: number): string {
  return `${topic}[${String(partition)}]`;
}

function openKey({ pid, topic, partition, offset }: MessageLine & LedgerLine): string {
  return `${String(pid)} ${placeOf(topic, partition)}@${String(offset)}`;
}
