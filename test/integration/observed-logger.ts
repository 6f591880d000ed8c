import type { Logger } from '@millrace/kafka';

/** An event of the framework's log. */
export interface ObservedEvent {
  readonly event: string;
  /** `performance.now()`. */
  readonly at: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Hands the framework's events on as they are logged. */
export class ObservedLogger implements Logger {
  readonly #observe: (event: ObservedEvent) => void;

  constructor(observe: (event: ObservedEvent) => void) {
    this.#observe = observe;
  }

  debug(data: object): void {
    this.#hear(data);
  }

  info(data: object): void {
    this.#hear(data);
  }

  warn(data: object): void {
    this.#hear(data);
  }

  error(data: object): void {
    this.#hear(data);
  }

  child(): Logger {
    return this;
  }

  #hear(given: object): void {
    const { event = 'log', ...data } = given as { readonly event?: string };
    this.#observe({ event, at: performance.now(), data });
  }
}
