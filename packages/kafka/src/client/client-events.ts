import type { Logger } from '@millrace/core';

import { clientHooks } from './client-hooks.js';
import { type ClientError, clientError } from './kafka-error.js';
import type { LowLevelClient, NativeLog } from './low-level-client.js';

const longestDetail = 300;

/**
 * What a client says by itself: its log, and errors that belong to no call. Errors come without a code and with a general
 * text; what happened in particular is only in the log, so the last failure told there is kept.
 */
export class ClientEvents {
  readonly #logger: Logger;
  readonly #withoutSecrets: (text: string) => string;
  #lastFailure = '';
  #lastFatal = '';
  #refusal: ClientError | undefined = undefined;

  /** `reported` hears of each error that belongs to no call. */
  constructor(parts: {
    readonly client: LowLevelClient;
    readonly logger: Logger;
    readonly reported: (error: ClientError) => void;
  }) {
    const { client, reported } = parts;
    this.#logger = parts.logger;
    this.#withoutSecrets = client[clientHooks].withoutSecrets;
    client.on('event.log', (log) => this.#logged(log));
    client.on('event.error', (cause) => {
      const error = clientError(cause);
      if (error.kind === 'unauthenticated') this.#refusal = error;
      reported(error);
    });
    // The binding emits this when a token cannot be had; without a listener it would end the process.
    client.on('error', (error) => {
      const { message } = clientError(error);
      this.#lastFailure = this.#withoutSecrets(message).slice(0, longestDetail);
      this.#logger.error({ detail: this.#lastFailure }, 'no token for the Kafka client');
    });
  }

  /** A broker has refused who we are. */
  get refusal(): ClientError | undefined {
    return this.#refusal;
  }

  /** An error, with what the log has told of it last. */
  describe(error: ClientError): string {
    const detail = error.kind === 'fatal' ? this.#lastFatal || this.#lastFailure : this.#lastFailure;
    return detail === '' ? error.message : `${error.message} (${detail})`;
  }

  #logged({ severity, fac, message }: NativeLog): void {
    const text = this.#withoutSecrets(essenceOf(message));
    if (fac === 'FATAL') this.#lastFatal = text.slice(0, longestDetail);
    if (fac === 'FAIL' || fac === 'ERROR') this.#lastFailure = text.slice(0, longestDetail);
    const data = { about: fac, detail: text };
    // Failed connections are told once, when it is clear that no broker can be reached.
    if (fac === 'FAIL' || severity >= 5) this.#logger.debug(data, 'kafka client');
    else if (severity >= 3) this.#logger.warn(data, 'kafka client');
    else this.#logger.error(data, 'kafka client');
  }
}

/** Without the thread that wrote it and the state it was in: nobody outside the client knows them. */
function essenceOf(message: string): string {
  return message.replace(/^\[thrd:[^\]]*\]: /, '').replace(/ \(after \d+ms in state .*$/s, '');
}
