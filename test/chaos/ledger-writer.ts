import { openSync, writeSync } from 'node:fs';

import { type EventLine, type LedgerLine, machineTime, type MessageLine } from './ledger-line.js';

/** Writes what a process does to a file, each line at once and whole: what was written before a kill -9 stays. */
export class LedgerWriter {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  write(line: MessageLine | EventLine): void {
    const stamped: LedgerLine = { at: machineTime(), wall: Date.now(), pid: process.pid, ...line };
    writeSync(this.#file, `${JSON.stringify(stamped)}\n`);
  }
}
