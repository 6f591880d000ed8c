import { logEvent } from '../telemetry/event-log.js';
import type { Logger } from '../telemetry/logger.js';
import type { Clock } from '../time/clock.js';
import { type ProcessPort, type StopSignal, stopSignals } from './process-port.js';

/**
 * One wish to stop can arrive twice: a terminal sends Ctrl-C to npm and to the program, and npm passes it on; `timeout` signals its
 * child and then the group. What comes this soon after the first is the same wish.
 */
const SAME_WISH_MS = 250;

/** What {@link Shutdown} is made of. */
export interface ShutdownParts {
  /** Begins to drain. */
  readonly drain: () => void;
  /** Gives up draining. May be called more than once. */
  readonly force: () => void;
  readonly process: ProcessPort;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Turns signals into the end of a server: the first SIGTERM or SIGINT drains, a second one forces. */
export class Shutdown {
  readonly #parts: ShutdownParts;
  readonly #listeners: readonly (readonly [StopSignal, () => void])[];
  #firstAt: number | undefined = undefined;

  constructor(parts: ShutdownParts) {
    this.#parts = parts;
    this.#listeners = stopSignals.map((signal) => [
      signal,
      () => {
        this.#receive(signal);
      },
    ]);
  }

  listen(): void {
    for (const [signal, listener] of this.#listeners) this.#parts.process.on(signal, listener);
  }

  /** From here on signals do again what they do without a server. */
  close(): void {
    for (const [signal, listener] of this.#listeners) this.#parts.process.off(signal, listener);
  }

  #receive(signal: StopSignal): void {
    const { drain, force, clock, logger } = this.#parts;
    const now = clock.monotonic();
    if (this.#firstAt === undefined) {
      this.#firstAt = now;
      logEvent(logger, { type: 'signal.received', signal, does: 'drain' });
      drain();
    } else if (now - this.#firstAt >= SAME_WISH_MS) {
      logEvent(logger, { type: 'signal.received', signal, does: 'force' });
      force();
    }
  }
}
