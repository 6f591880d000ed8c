import type { Logger } from '@millrace/kafka';

/** One log event of the consumers, ready to be shown. */
export interface TailLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly time: string;
  readonly text: string;
}

/** A logger that keeps the latest events, for a screen that has no room for a log. */
export class EventTail {
  readonly #size: number;
  readonly #write: ((line: TailLine) => void) | undefined;
  readonly #now: () => number;
  #lines: readonly TailLine[] = [];

  /**
   * @param options - `size`: how many events are kept; `write`: gets each one at once, for a program without a screen
   */
  constructor(options: {
    readonly size: number;
    readonly write?: (line: TailLine) => void;
    readonly now?: () => number;
  }) {
    this.#size = options.size;
    this.#write = options.write;
    this.#now = options.now ?? Date.now;
  }

  get lines(): readonly TailLine[] {
    return this.#lines;
  }

  /** A logger that writes to this tail. */
  logger(bindings: Readonly<Record<string, unknown>> = {}): Logger {
    const log =
      (level: TailLine['level']) =>
      (data: object, message = ''): void => {
        this.#add(level, { ...bindings, ...data }, message);
      };
    return {
      debug: () => undefined,
      info: log('info'),
      warn: log('warn'),
      error: log('error'),
      child: (more) => this.logger({ ...bindings, ...more }),
    };
  }

  #add(level: TailLine['level'], data: Readonly<Record<string, unknown>>, message: string): void {
    const line = {
      level,
      time: new Date(this.#now()).toTimeString().slice(0, 8),
      text: textOf(data, message),
    };
    this.#lines = [...this.#lines, line].slice(-this.#size);
    this.#write?.(line);
  }
}

/** Members that say little on a line that already names the event. */
const untold = new Set(['event', 'service', 'consumer']);

function textOf(data: Readonly<Record<string, unknown>>, message: string): string {
  const consumer =
    typeof data['consumer'] === 'string' ? `${data['consumer'].replace(/^kafka_consumer\./, '')}: ` : '';
  const members = Object.entries(data).filter(([name]) => !untold.has(name));
  const told = members.map(([name, value]) => `${name}=${valueText(value)}`).join(' ');
  return withoutControls(`${consumer}${message} ${told}`.trim());
}

function valueText(value: unknown): string {
  if (value instanceof Error) return value.message;
  if (typeof value === 'number') return String(Math.round(value * 10) / 10);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What comes from elsewhere may not steer the terminal. */
function withoutControls(text: string): string {
  // eslint-disable-next-line no-control-regex -- exactly these are meant
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
