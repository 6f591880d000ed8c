import type { Logger } from '@millrace/kafka';

import type { LedgerWriter } from './ledger-writer.js';

/** Brings the framework's log into a ledger: its events say what was assigned, revoked, lost and committed, and when. */
export class LedgerLogger implements Logger {
  readonly #ledger: LedgerWriter;

  constructor(ledger: LedgerWriter) {
    this.#ledger = ledger;
  }

  debug(data: object): void {
    this.#write(data);
  }

  info(data: object): void {
    this.#write(data);
  }

  warn(data: object): void {
    this.#write(data);
  }

  error(data: object): void {
    this.#write(data);
  }

  child(): Logger {
    return this;
  }

  #write(given: object): void {
    const { event = 'log', err, ...data } = given as { readonly event?: string; readonly err?: unknown };
    const error = err instanceof Error ? { err: `${err.message}\n${err.stack ?? ''}` } : {};
    this.#ledger.write({ kind: 'event', event, data: { ...data, ...error } });
  }
}
