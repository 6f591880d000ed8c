import type { ProcessPort, StopSignal } from '../../src/server/process-port.js';

/** A process that is only told things. */
export class FakeProcess implements ProcessPort {
  readonly exits: number[] = [];
  readonly exitCodes: number[] = [];
  /** In the order they came. */
  readonly calls: string[] = [];
  readonly #listeners = new Map<StopSignal, Set<() => void>>();

  get listenerCount(): number {
    return [...this.#listeners.values()].reduce((count, { size }) => count + size, 0);
  }

  on(signal: StopSignal, listener: () => void): void {
    const listeners = this.#listeners.get(signal) ?? new Set();
    this.#listeners.set(signal, listeners.add(listener));
  }

  off(signal: StopSignal, listener: () => void): void {
    this.#listeners.get(signal)?.delete(listener);
  }

  noteExitCode(code: number): void {
    this.exitCodes.push(code);
    this.calls.push('exit code');
  }

  flush(): Promise<void> {
    this.calls.push('flush');
    return Promise.resolve();
  }

  exit(code: number): void {
    this.exits.push(code);
    this.calls.push('exit');
  }

  /** Sends it a signal. */
  signal(signal: StopSignal): void {
    for (const listener of this.#listeners.get(signal) ?? []) listener();
  }
}
