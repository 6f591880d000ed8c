/** What is known about an error by its code alone. */
export interface ErrorCodeEntry {
  /** One sentence for the table of errors; also the message when no better one is given. */
  readonly summary: string;
  /** Whether the same call may succeed later with nothing changed but the time. */
  readonly retriable: boolean;
}

/**
 * Every error the framework throws or reports, by code. Codes are part of the public contract and are never renamed;
 * texts may change, so that nobody needs to read them by program.
 */
export const errorCodes = {
  OPTIONS_INVALID: { summary: 'An option is missing, unknown or out of its bounds.', retriable: false },
  SCHEMA_INVALID: { summary: 'A schema for message data cannot be used.', retriable: false },
  STATE_INVALID: { summary: 'The call is not possible in the present state.', retriable: false },
  NATIVE_ARGUMENT: { summary: 'A value was refused before it reached native code.', retriable: false },

  CLIENT_UNAVAILABLE: { summary: 'The native client cannot be loaded.', retriable: false },
  CONNECT_FAILED: { summary: 'The connection could not be made.', retriable: true },
  CLIENT_FATAL: { summary: 'The client reported an error it cannot recover from.', retriable: false },
  TOPIC_MISSING: { summary: 'A subscribed topic does not exist.', retriable: true },

  NO_COMMITTED_OFFSET: { summary: 'A partition has no committed offset to start from.', retriable: false },
  PARTITION_LOST: { summary: 'The partition now belongs to another member.', retriable: false },
  PARTITION_STALLED: { summary: 'A partition has unread messages and delivers none.', retriable: true },

  DECODE_FAILED: { summary: 'The value of a message cannot be decoded.', retriable: false },
  DATA_INVALID: { summary: 'The data of a message does not match its schema.', retriable: false },
  HANDLER_TIMEOUT: { summary: 'A handler took longer than its time limit.', retriable: true },
  CONTEXT_MEMBER_FAILED: {
    summary: 'A member of the request context could not be made or disposed.',
    retriable: true,
  },
  HEALTH_UNAVAILABLE: { summary: 'The health server cannot listen at its address.', retriable: true },
  STOP_TIMEOUT: { summary: 'Stopping took longer than its time limit.', retriable: false },
} as const satisfies Readonly<Record<string, ErrorCodeEntry>>;

/** A code of {@link errorCodes}. */
export type ErrorCode = keyof typeof errorCodes;

/** On the prototype of every error of ours, in the global registry: it survives two copies of the package in one process. */
const errorBrand = Symbol.for('@millrace/error');

/**
 * The error class of the framework. Tell errors apart by `code`, never by text; recognise them with
 * {@link isMillraceError}, which also knows errors of another copy of the package.
 */
export class MillraceError extends Error {
  static {
    // On the prototype, where the stack's first line is taken from; an own field would be printed as data.
    Object.defineProperty(this.prototype, 'name', {
      value: 'MillraceError',
      configurable: true,
      writable: true,
    });
  }

  /** Why, for programs. */
  readonly code: ErrorCode;

  /**
   * @param code - Which error, of the closed table {@link errorCodes}.
   * @param message - What happened, for people; without it the summary of the code. It must hold no payload and no secret.
   * @param options - `cause`: the error behind this one, under the same rule.
   */
  constructor(code: ErrorCode, message?: string, options?: ErrorOptions) {
    super(message ?? errorCodes[code].summary, options);
    this.code = code;
  }

  /** Whether the same call may succeed later with nothing changed but the time. */
  get retriable(): boolean {
    return errorCodes[this.code].retriable;
  }

  /** The brand. */
  get [errorBrand](): true {
    return true;
  }
}

/** Whether a caught value is an error of this framework, whichever copy of the package made it. */
export function isMillraceError(value: unknown): value is MillraceError {
  return typeof value === 'object' && value !== null && errorBrand in value;
}
