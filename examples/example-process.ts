import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

const PATIENCE_MS = 60_000;

/** A compiled example in a process of its own, for tests of signals, exit codes and what is printed. */
export class ExampleProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  #out = '';
  #err = '';

  /** @param file - below examples/dist, for example `06-http-api/main.js` */
  constructor(file: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
    const path = join(import.meta.dirname, 'dist', file);
    this.#child = spawn(process.execPath, [path, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#out += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#err += text));
  }

  /** Standard output so far. */
  get out(): string {
    return this.#out;
  }

  /** Standard error so far. */
  get err(): string {
    return this.#err;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until a text appears on either output. */
  async says(text: RegExp): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!text.test(this.#out) && !text.test(this.#err)) {
      const isOver = this.#child.exitCode !== null || performance.now() > deadline;
      if (isOver) throw new Error(`it never said ${String(text)}\n${this.#out}\n${this.#err}`);
      await new Promise((wake) => setTimeout(wake, 10));
    }
  }

  /** Its exit code. */
  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'close');
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended();
  }
}

/** A port on which nothing listens now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
