import type { Logger, LogLevel } from '../../src/telemetry/logger.js';

/** One event as it was logged, with the bindings of its logger and those around it. */
export interface LoggedLine {
  readonly level: LogLevel;
  readonly data: Readonly<Record<string, unknown>>;
  readonly text: string | undefined;
}

/** A logger that keeps what it is told. Children write to the same list. */
export class RecordingLogger implements Logger {
  readonly lines: LoggedLine[];
  readonly #bindings: object;
  /** Children made so far, with those of children. */
  readonly made: { children: number };

  constructor(lines: LoggedLine[] = [], bindings: object = {}, made = { children: 0 }) {
    this.lines = lines;
    this.#bindings = bindings;
    this.made = made;
  }

  debug(o: object, m?: string): void {
    this.#keep('debug', o, m);
  }

  info(o: object, m?: string): void {
    this.#keep('info', o, m);
  }

  warn(o: object, m?: string): void {
    this.#keep('warn', o, m);
  }

  error(o: object, m?: string): void {
    this.#keep('error', o, m);
  }

  child(b: object): Logger {
    this.made.children += 1;
    return new RecordingLogger(this.lines, { ...this.#bindings, ...b }, this.made);
  }

  #keep(level: LogLevel, data: object, text: string | undefined): void {
    this.lines.push({ level, data: { ...this.#bindings, ...data }, text });
  }
}
