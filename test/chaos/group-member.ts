import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type ConsumerParameters, wakeFile } from './consumer-parameters.js';
import { machineTime } from './ledger-line.js';

/** The framework's own limit is 25 s. */
const STOP_TIMEOUT_MS = 30_000;
const LOG_TAIL_LINES = 20;

/** Compiled: the same program for tests, which run from the sources, and for the programs here, which run from `dist`. */
const PROGRAM = fileURLToPath(
  new URL(
    import.meta.url.includes('/dist/') ? './consumer-process.js' : '../dist/chaos/consumer-process.js',
    import.meta.url,
  ),
);

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly at: number;
}

/** One consumer process. It never outlives this one. */
export class GroupMember {
  readonly name: string;
  readonly pid: number;
  /** Its `group.instance.id`, if it is a static member. */
  readonly instance: string | undefined;
  readonly #process: ChildProcess;
  readonly #ended: Promise<End>;
  readonly #logFile: string;
  readonly #ledgerFile: string;
  /** Who wanted it to end; an end that nobody wanted is an error. */
  #wanted = false;

  constructor(parameters: ConsumerParameters, name: string, folder: string) {
    this.name = name;
    this.instance = parameters.instance;
    this.#ledgerFile = parameters.ledgerFile;
    this.#logFile = join(folder, `${name}.log`);
    const log = openSync(this.#logFile, 'a');
    this.#process = spawn(process.execPath, [PROGRAM, JSON.stringify(parameters)], {
      stdio: ['pipe', log, log],
    });
    closeSync(log);
    if (this.#process.pid === undefined) throw new Error(`${name} cannot be started`);
    this.pid = this.#process.pid;
    this.#ended = new Promise((resolve) => {
      this.#process.once('exit', (code, signal) => {
        resolve({ code, signal, at: machineTime() });
      });
    });
  }

  /** Throws when it has ended and nobody has asked for it. */
  assertAlive(): void {
    if (this.#wanted || (this.#process.exitCode === null && this.#process.signalCode === null)) return;
    throw new Error(`${this.name} ended by itself (${String(this.#process.exitCode)})\n${this.logTail()}`);
  }

  /** Waits until it has ended by itself; null: by a signal. */
  async exitCode(): Promise<number | null> {
    this.#wanted = true;
    return (await this.#ended).code;
  }

  /** Ends it at once. Returns when it was gone. */
  async kill9(): Promise<number> {
    this.#wanted = true;
    this.#process.kill('SIGKILL');
    return (await this.#ended).at;
  }

  /**
   * Asks it to stop and waits until it has.
   * @throws when it takes too long, or ends with another code than 0
   */
  async terminate(): Promise<void> {
    this.#wanted = true;
    this.#process.kill('SIGTERM');
    const tooLong = setTimeout(() => this.#process.kill('SIGKILL'), STOP_TIMEOUT_MS);
    const { code, signal } = await this.#ended;
    clearTimeout(tooLong);
    if (code !== 0) {
      throw new Error(`${this.name} did not stop cleanly: ${String(code ?? signal)}\n${this.logTail()}`);
    }
  }

  /** Ends the block of its event loop that `blockAt` asked for. */
  wake(): void {
    writeFileSync(wakeFile(this.#ledgerFile), '');
  }

  /** Freezes it: it keeps its connections and answers nothing. */
  pause(): void {
    this.#process.kill('SIGSTOP');
  }

  /** Lets it go on after {@link pause}. */
  resume(): void {
    this.#process.kill('SIGCONT');
  }

  /** The last lines of what it said beside its ledger. */
  logTail(): string {
    return readFileSync(this.#logFile, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
  }
}
