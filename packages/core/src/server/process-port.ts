import { Deferred } from '../internal/deferred.js';
import { systemClock } from '../time/clock.js';

/** Signals that ask a process to end in order. */
export const stopSignals = ['SIGTERM', 'SIGINT'] as const;
export type StopSignal = (typeof stopSignals)[number];

/** The process around a server: what it is told, and how it ends. */
export interface ProcessPort {
  on(signal: StopSignal, listener: () => void): void;
  off(signal: StopSignal, listener: () => void): void;
  /** The code with which the process ends by itself later. A failure that was noted before is not undone by 0. */
  noteExitCode(code: number): void;
  /** Resolves when what was written to the standard streams is out, or after a moment. Never rejects. */
  flush(): Promise<void>;
  /** Ends the process at once, whatever still runs. */
  exit(code: number): void;
}

/** A reader that has gone away must not keep the process from ending. */
const FLUSH_LIMIT_MS = 500;

/** The process of the machine. */
export const systemProcess: ProcessPort = {
  on(signal, listener) {
    process.on(signal, listener);
  },
  off(signal, listener) {
    process.off(signal, listener);
  },
  noteExitCode(code) {
    if (code !== 0 || process.exitCode === undefined) process.exitCode = code;
  },
  async flush() {
    const late = new Deferred();
    const timer = systemClock.after(FLUSH_LIMIT_MS, late.resolve);
    await Promise.race([Promise.all([flushed(process.stdout), flushed(process.stderr)]), late.promise]);
    timer.cancel();
  },
  exit(code) {
    process.exit(code);
  },
};

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  const written = new Deferred();
  if (stream.writableLength === 0) written.resolve();
  // writes are in order: when this one is done, all before it are
  else
    stream.write('', () => {
      written.resolve();
    });
  return written.promise;
}
