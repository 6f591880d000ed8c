import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import type { HostOptions, HostReport, HostRequest } from './embedded-broker-protocol.js';

const START_TIMEOUT_MS = 30_000;
const REQUEST_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 5_000;
/** How much of what the child printed is kept for an error. */
const PRINTED_TAIL = 4_000;

/**
 * How the embedded broker is started.
 * @public
 */
export interface EmbeddedBrokerOptions {
  /** @defaultValue `1` */
  readonly brokers?: number;
  /** Added to every answer of a broker, in milliseconds. @defaultValue `0` */
  readonly roundTripMs?: number;
}

/**
 * A Kafka for tests and demos that needs nothing installed: the native client's built-in mock cluster, in a child process that ends
 * with this one. It speaks the real protocol on loopback ports, so clients of any process on this machine can use it.
 *
 * What it is not: it keeps 5 MiB or 100,000 batches a partition and drops the oldest, every topic has four partitions, it has no admin
 * requests, and it does not store the offsets of transactions.
 * @public
 */
export class EmbeddedBroker implements AsyncDisposable {
  /** Addresses for `bootstrapServers`, comma-separated. */
  readonly bootstrapServers: string;
  /** What clients of this broker need in their `kafkaConfig`. */
  readonly kafkaConfig: Readonly<Record<string, string | number | boolean>> = {
    // Its classic groups serve a single member and make the first join wait 3 s; with KIP-848 several members share, and join in ms.
    'group.protocol': 'consumer',
    // Its fetch does not wake up for a new message but always waits this long: with the default, 500 ms.
    'fetch.wait.max.ms': 5,
  };
  readonly #host: ChildProcess;
  #requests = 0;

  private constructor(host: ChildProcess, bootstrapServers: string) {
    this.#host = host;
    this.bootstrapServers = bootstrapServers;
  }

  /** Starts the child process; the returned broker serves already. It keeps this process alive until it is stopped. */
  static async start(options: EmbeddedBrokerOptions = {}): Promise<EmbeddedBroker> {
    const hostOptions: HostOptions = { brokers: options.brokers ?? 1, roundTripMs: options.roundTripMs ?? 0 };
    const host = fork(hostEntry(), [JSON.stringify(hostOptions)], {
      // Not ours: a debugger's port, a test runner's loader.
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    try {
      return new EmbeddedBroker(host, await addressOf(host));
    } catch (error) {
      host.kill('SIGKILL');
      throw error;
    }
  }

  /**
   * Makes a topic of four partitions, for consumers that check at their start that their topics exist. One that exists is left alone.
   * Producing to a topic makes it too.
   */
  async createTopic(topic: string): Promise<void> {
    if (!this.#host.connected) throw new Error('the embedded broker has been stopped');
    const request = ++this.#requests;
    const answer = reportOf(
      this.#host,
      (report) => report.kind === 'answer' && report.request === request,
      REQUEST_TIMEOUT_MS,
    );
    const order: HostRequest = { kind: 'create-topic', request, topic };
    this.#host.send(order);
    const report = await answer;
    if (report.kind === 'answer' && report.error !== undefined)
      throw new Error(`topic ${topic} cannot be made: ${report.error}`);
  }

  /** Ends the child process, and with it everything the broker holds. */
  async stop(): Promise<void> {
    if (this.#host.exitCode !== null || this.#host.signalCode !== null) return;
    const ended = once(this.#host, 'exit');
    if (this.#host.connected) this.#host.disconnect();
    const killer = setTimeout(() => this.#host.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(killer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/**
 * The compiled package's file, also when this one runs from its source (a test runner compiles it on the way): the child process has
 * nobody to compile for it.
 */
function hostEntry(): string {
  const index = createRequire(import.meta.url).resolve('@millrace/testing');
  return join(dirname(index), 'broker', 'embedded-broker-host.js');
}

async function addressOf(host: ChildProcess): Promise<string> {
  let printed = '';
  host.stderr?.setEncoding('utf8').on('data', (text: string) => {
    printed = (printed + text).slice(-PRINTED_TAIL);
  });
  let reason: unknown;
  try {
    const report = await reportOf(host, ({ kind }) => kind !== 'answer', START_TIMEOUT_MS);
    if (report.kind === 'ready') return report.bootstrapServers;
    if (report.kind === 'failed') reason = report.reason;
  } catch (error) {
    reason = error;
  }
  throw new Error(`the embedded broker did not start\n${printed}`, { cause: reason });
}

/** The next report of the wanted kind; rejects when the child ends before it, or takes too long. */
function reportOf(
  host: ChildProcess,
  isWanted: (report: HostReport) => boolean,
  timeoutMs: number,
): Promise<HostReport> {
  return new Promise((resolve, reject) => {
    const settle = (then: () => void): void => {
      clearTimeout(timer);
      host.off('message', onMessage).off('exit', onExit).off('error', onError);
      then();
    };
    const onMessage = (message: unknown): void => {
      const report = message as HostReport;
      if (isWanted(report))
        settle(() => {
          resolve(report);
        });
    };
    const onExit = (code: number | null, signal: string | null): void => {
      settle(() => {
        reject(new Error(`its process ended (${String(code ?? signal)})`));
      });
    };
    const onError = (error: Error): void => {
      settle(() => {
        reject(error);
      });
    };
    const timer = setTimeout(() => {
      settle(() => {
        reject(new Error(`no answer in ${String(timeoutMs)} ms`));
      });
    }, timeoutMs);
    host.on('message', onMessage).on('exit', onExit).on('error', onError);
  });
}
