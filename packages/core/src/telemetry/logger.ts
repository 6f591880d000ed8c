import { type Clock, isoTime, systemClock } from '../time/clock.js';
import { describeForLog } from './log-value.js';

/**
 * Where log events go. Data first, text second, as pino has it: a pino logger fits as it is. Texts are constants, what
 * varies is in the data.
 */
export interface Logger {
  debug(o: object, m?: string): void;
  info(o: object, m?: string): void;
  warn(o: object, m?: string): void;
  error(o: object, m?: string): void;
  /** A logger that adds these members to each of its events. */
  child(b: object): Logger;
}

/** From talkative to quiet. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** How {@link jsonLogger} logs. */
export interface JsonLoggerOptions {
  /** Events below it are dropped. @defaultValue `'info'` */
  readonly level?: LogLevel;
  /** Takes one line, without its newline. @defaultValue the process's standard error */
  readonly write?: (line: string) => void;
  /** Members of every event. @defaultValue `{}` */
  readonly base?: object;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
}

/**
 * The default logger: one line of JSON an event, `time` (ISO 8601), `level`, the data, `msg`. It writes to standard
 * error, which leaves standard output to the program, and at once, so that the last lines before an exit are not lost.
 *
 * Errors are reduced to name, code, message, stack and cause. Buffers are told by their length, objects of classes by the
 * name of the class: payloads, clients and pools that got into an event do not get into the log.
 */
export function jsonLogger(options: JsonLoggerOptions = {}): Logger {
  const { level = 'info', write = writeToStandardError, base = {}, clock = systemClock } = options;
  return new JsonLogger({ threshold: severity[level], write, clock }, undefined, base);
}

/** A logger that says nothing. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};

const severity: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

interface Sink {
  readonly threshold: number;
  readonly write: (line: string) => void;
  readonly clock: Clock;
}

/** A child holds its bindings and its parent, nothing else: most are made for one message and never write. */
class JsonLogger implements Logger {
  readonly #sink: Sink;
  readonly #parent: JsonLogger | undefined;
  readonly #bindings: object;

  constructor(sink: Sink, parent: JsonLogger | undefined, bindings: object) {
    this.#sink = sink;
    this.#parent = parent;
    this.#bindings = bindings;
  }

  debug(o: object, m?: string): void {
    this.#log('debug', o, m);
  }

  info(o: object, m?: string): void {
    this.#log('info', o, m);
  }

  warn(o: object, m?: string): void {
    this.#log('warn', o, m);
  }

  error(o: object, m?: string): void {
    this.#log('error', o, m);
  }

  child(b: object): Logger {
    return new JsonLogger(this.#sink, this, b);
  }

  #log(level: LogLevel, o: object, m: string | undefined): void {
    const { threshold, write, clock } = this.#sink;
    if (severity[level] < threshold) return;
    const data = { ...this.#allBindings(), ...(o instanceof Error ? { err: o } : o) };
    const head = { time: isoTime(clock.wall()), level };
    // Ours come first and last: an event's own `level` must not make it another.
    write(toLine({ ...head, ...data, ...head, ...(m === undefined ? {} : { msg: m }) }));
  }

  #allBindings(): object {
    return this.#parent === undefined
      ? this.#bindings
      : { ...this.#parent.#allBindings(), ...this.#bindings };
  }
}

/** A logger never throws into the code that logs: what cannot be written is replaced by the reason. */
function toLine(event: { readonly time: string; readonly level: LogLevel; readonly msg?: string }): string {
  try {
    return escapeControls(JSON.stringify(event, describeForLog));
  } catch (error) {
    const { time, level, msg } = event;
    const unwritable = error instanceof RangeError ? 'nested too deeply' : 'cyclic or hostile to JSON';
    return escapeControls(
      JSON.stringify({ time, level, unwritable, msg: typeof msg === 'string' ? msg : undefined }),
    );
  }
}

/** JSON leaves DEL, the C1 controls and two line separators as they are; terminals and viewers act on them. */
function escapeControls(line: string): string {
  return line.replaceAll(
    /[\u007f-\u009f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function writeToStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}
