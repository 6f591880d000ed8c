import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

import { awaitBrokers } from './broker-metadata.js';
import { forgetProcess, watchProcess } from './guardian.js';

/** On a busy machine with two cores three nodes need about 10 s. */
const START_TIMEOUT_MS = 90_000;
const CLEAN_STOP_TIMEOUT_MS = 30_000;
const KILL_TIMEOUT_MS = 10_000;
const LOG_TAIL_LINES = 30;

/** A node's command line and where it leaves what it says. */
export interface KafkaNodeOptions {
  /** Kafka's `node.id`. */
  readonly id: number;
  /** Host and port for clients. */
  readonly address: string;
  readonly java: string;
  /** Everything after `java`, up to and including the node's properties file. */
  readonly arguments: readonly string[];
  readonly logFile: string;
}

/** One broker process (and controller), on the same ports and data each time it is started. */
export class KafkaNode {
  readonly id: number;
  readonly address: string;
  readonly #options: KafkaNodeOptions;
  /** The living process; undefined when there is none. Written by {@link spawn} and the process's own end. */
  #process: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: KafkaNodeOptions) {
    this.id = options.id;
    this.address = options.address;
    this.#options = options;
  }

  /** The system's process id while it runs. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts the process without waiting for it. Before `awaitReady`: all nodes of a cluster are started first. */
  spawn(): void {
    if (this.#process !== undefined) throw new Error(`${this.#name} runs already`);
    const log = openSync(this.#options.logFile, 'a');
    // A process group of its own: a Ctrl-C in the terminal must not stop it before its clients.
    const child = spawn(this.#options.java, this.#options.arguments, {
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    this.#process = child;
    const { pid } = child;
    if (pid !== undefined) watchProcess(pid);
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        if (pid !== undefined) forgetProcess(pid);
        this.#process = undefined;
        resolve();
      };
      child.once('exit', end);
      child.once('error', end);
    });
  }

  /**
   * Waits until this node itself answers that the brokers with these ids are there.
   * @throws when it does not in time, or ends meanwhile; with the end of its log.
   */
  async awaitReady(ids: readonly number[] = [this.id]): Promise<void> {
    const giveUp = new AbortController();
    const ended = this.#ended.then(() => {
      throw new Error(`${this.#name} ended before it was ready`);
    });
    try {
      await Promise.race([
        awaitBrokers(this.address, ids, { timeoutMs: START_TIMEOUT_MS, signal: giveUp.signal }),
        ended,
      ]);
    } catch (error) {
      throw new Error(`${this.#name} did not start\n${this.logTail()}`, { cause: error });
    } finally {
      giveUp.abort();
    }
  }

  /** Starts the process and waits until it serves. */
  async start(): Promise<void> {
    this.spawn();
    await this.awaitReady();
  }

  /** Stops it as an operator would, starts it again on the same ports and data, and waits until it serves. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Ends it at once: nothing is finished, nobody is told. What it wrote to its files is still there. */
  async kill9(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await this.#awaitEnd('SIGKILL', KILL_TIMEOUT_MS);
  }

  /** Freezes it: connections stay open and nothing answers. */
  pause(): void {
    this.#signal('SIGSTOP');
  }

  /** Lets it go on after {@link pause}. */
  resume(): void {
    this.#signal('SIGCONT');
  }

  /** Stops it cleanly, which takes it 0.5 to 2 s. One that does not run is stopped already. */
  async stop(): Promise<void> {
    this.#process?.kill('SIGTERM');
    // A frozen process takes the signal only when it goes on.
    this.#process?.kill('SIGCONT');
    try {
      await this.#awaitEnd('SIGTERM', CLEAN_STOP_TIMEOUT_MS);
    } catch (error) {
      await this.kill9();
      throw error;
    }
  }

  /** The last lines of what it said. */
  logTail(): string {
    const lines = readFileSync(this.#options.logFile, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES);
    return [`--- end of ${this.#options.logFile}:`, ...lines].join('\n');
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#process === undefined) throw new Error(`${this.#name} does not run`);
    this.#process.kill(signal);
  }

  async #awaitEnd(signal: NodeJS.Signals, timeoutMs: number): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    try {
      await once(child, 'exit', { signal: AbortSignal.timeout(timeoutMs) });
    } catch (error) {
      throw new Error(`${this.#name} still runs ${String(timeoutMs)} ms after ${signal}\n${this.logTail()}`, {
        cause: error,
      });
    }
  }

  get #name(): string {
    return `Kafka node ${String(this.id)} (${this.address})`;
  }
}
