import type { CommitError } from '@millrace/core';

/**
 * What an error of the client means for a consumer.
 *
 * - `unreachable`: no broker answers; waiting may cure it.
 * - `unauthenticated`: a broker refused who we are; waiting does not cure it.
 * - `fatal`: the client, or its membership in the group, is done for good.
 * - `membership`: the group went on without us; the client joins again by itself.
 * - `partition`: something is wrong with one topic or partition; the others go on.
 * - `closed`: the client is not connected (any more).
 * - `transient`: everything else. The client retries it, or the caller may.
 */
export type ClientErrorKind =
  'unreachable' | 'unauthenticated' | 'fatal' | 'membership' | 'partition' | 'closed' | 'transient';

/** An error of the client, recognised. */
export interface ClientError {
  /** Kafka's number, librdkafka's if negative; undefined = the client gave none. */
  readonly code: number | undefined;
  /** For logs: librdkafka's own word for the code. */
  readonly name: string;
  readonly kind: ClientErrorKind;
  readonly message: string;
}

interface KnownError {
  readonly code: number;
  readonly kind: ClientErrorKind;
  /** What it means for a commit; without it the commit may be sent again. */
  readonly commit?: 'not-owned' | 'rejected';
  /**
   * Errors that come as an event have no code, only librdkafka's text: without its origin and in small letters, as the
   * binding leaves it. A test compares these with what the installed librdkafka says.
   */
  readonly text?: string;
}

const known = {
  _BAD_MSG: { code: -199, kind: 'partition' },
  _BAD_COMPRESSION: { code: -198, kind: 'partition' },
  _DESTROY: { code: -197, kind: 'closed' },
  _FAIL: { code: -196, kind: 'unreachable', text: 'communication failure with broker' },
  _TRANSPORT: { code: -195, kind: 'unreachable', text: 'broker transport failure' },
  _CRIT_SYS_RESOURCE: { code: -194, kind: 'fatal', text: 'critical system resource failure' },
  _RESOLVE: { code: -193, kind: 'unreachable', text: 'host resolution failure' },
  _UNKNOWN_PARTITION: { code: -190, kind: 'partition' },
  _UNKNOWN_TOPIC: { code: -188, kind: 'partition' },
  _ALL_BROKERS_DOWN: { code: -187, kind: 'unreachable', text: 'all broker connections are down' },
  _INVALID_ARG: { code: -186, kind: 'transient', commit: 'rejected' },
  _TIMED_OUT: { code: -185, kind: 'unreachable' },
  _SSL: { code: -181, kind: 'unreachable', text: 'ssl error' },
  _WAIT_COORD: { code: -180, kind: 'transient' },
  _REVOKE_PARTITIONS: { code: -174, kind: 'membership' },
  _ASSIGN_PARTITIONS: { code: -175, kind: 'membership' },
  _STATE: { code: -172, kind: 'closed' },
  _AUTHENTICATION: { code: -169, kind: 'unauthenticated', text: 'authentication failure' },
  _FATAL: { code: -150, kind: 'fatal', text: 'fatal error' },
  _MAX_POLL_EXCEEDED: { code: -147, kind: 'membership' },
  _FENCED: { code: -144, kind: 'fatal', commit: 'not-owned' },
  _ASSIGNMENT_LOST: { code: -142, kind: 'membership', commit: 'not-owned' },
  _AUTO_OFFSET_RESET: { code: -140, kind: 'partition' },
  _LOG_TRUNCATION: { code: -139, kind: 'partition' },

  OFFSET_OUT_OF_RANGE: { code: 1, kind: 'partition' },
  INVALID_MSG: { code: 2, kind: 'partition' },
  UNKNOWN_TOPIC_OR_PART: { code: 3, kind: 'partition', commit: 'rejected' },
  REQUEST_TIMED_OUT: { code: 7, kind: 'transient' },
  OFFSET_METADATA_TOO_LARGE: { code: 12, kind: 'transient', commit: 'rejected' },
  NETWORK_EXCEPTION: { code: 13, kind: 'unreachable' },
  COORDINATOR_LOAD_IN_PROGRESS: { code: 14, kind: 'transient' },
  COORDINATOR_NOT_AVAILABLE: { code: 15, kind: 'transient' },
  NOT_COORDINATOR: { code: 16, kind: 'transient' },
  TOPIC_EXCEPTION: { code: 17, kind: 'partition', commit: 'rejected' },
  ILLEGAL_GENERATION: { code: 22, kind: 'membership', commit: 'not-owned' },
  // Members with other assignors are leaving, as in a rolling restart; or they never will, which only people can tell.
  INCONSISTENT_GROUP_PROTOCOL: { code: 23, kind: 'membership' },
  INVALID_GROUP_ID: { code: 24, kind: 'fatal', commit: 'rejected' },
  UNKNOWN_MEMBER_ID: { code: 25, kind: 'membership', commit: 'not-owned' },
  INVALID_SESSION_TIMEOUT: { code: 26, kind: 'fatal' },
  REBALANCE_IN_PROGRESS: { code: 27, kind: 'membership' },
  INVALID_COMMIT_OFFSET_SIZE: { code: 28, kind: 'transient', commit: 'rejected' },
  TOPIC_AUTHORIZATION_FAILED: { code: 29, kind: 'partition', commit: 'rejected' },
  GROUP_AUTHORIZATION_FAILED: { code: 30, kind: 'fatal', commit: 'rejected' },
  UNSUPPORTED_SASL_MECHANISM: { code: 33, kind: 'unauthenticated' },
  ILLEGAL_SASL_STATE: { code: 34, kind: 'unauthenticated' },
  SASL_AUTHENTICATION_FAILED: { code: 58, kind: 'unauthenticated' },
  FENCED_INSTANCE_ID: { code: 82, kind: 'fatal', commit: 'not-owned' },
  FENCED_MEMBER_EPOCH: { code: 110, kind: 'membership', commit: 'not-owned' },
  UNRELEASED_INSTANCE_ID: { code: 111, kind: 'fatal' },
  UNSUPPORTED_ASSIGNOR: { code: 112, kind: 'fatal' },
  // The member's epoch has moved on and the next heartbeat tells it; a commit with the new one works.
  STALE_MEMBER_EPOCH: { code: 113, kind: 'membership' },
} as const satisfies Readonly<Record<string, KnownError>>;

/** Names of the errors that something here depends on. */
export type KnownErrorName = keyof typeof known;

const entries = Object.entries(known) as [KnownErrorName, KnownError][];
const byCode = new Map(entries.map((entry) => [entry[1].code, entry]));
const byText = new Map(
  entries.flatMap((entry) => (entry[1].text === undefined ? [] : [[entry[1].text, entry]])),
);

/** For the test that compares them with librdkafka's. */
export const eventTexts: readonly { readonly code: number; readonly text: string }[] = [...byText].map(
  ([text, [, { code }]]) => ({ code, text }),
);

/** Numbers of the errors that are no failures but the two directions of a rebalance. */
export const ASSIGN_PARTITIONS = known._ASSIGN_PARTITIONS.code;
export const REVOKE_PARTITIONS = known._REVOKE_PARTITIONS.code;

/** Recognises whatever the client threw, called back with or emitted. Total: what is not known is `transient`. */
export function clientError(error: unknown): ClientError {
  const { code, message } = factsOf(error);
  const [name, meaning] = (code === undefined ? byText.get(message.toLowerCase()) : byCode.get(code)) ?? [];
  return {
    code: meaning?.code ?? code,
    name: name ?? (code === undefined ? 'UNKNOWN' : `ERROR_${code}`),
    kind: meaning?.kind ?? 'transient',
    message: message === '' ? 'no text' : message,
  };
}

/** Whatever the client gave as an error, as one that promises can reject with. */
export function asError(error: unknown): Error {
  if (error instanceof Error) return error;
  const { code, message } = factsOf(error);
  return Object.assign(new Error(message === '' ? 'the Kafka client gave no reason' : message), { code });
}

/** What an error means for the commit that it answers. */
export function commitErrorOf(error: unknown): CommitError {
  const { code, name, message } = clientError(error);
  return {
    kind: (code === undefined ? undefined : byCode.get(code)?.[1].commit) ?? 'retry',
    code: name,
    message,
  };
}

const origins: ReadonlySet<string> = new Set(['local', 'broker', 'kafka', 'unknown']);

/** The binding throws numbers' wrappers, plain objects and Errors; -1 is its "none". */
function factsOf(error: unknown): { readonly code: number | undefined; readonly message: string } {
  if (typeof error === 'number') return { code: error, message: '' };
  if (typeof error !== 'object' || error === null) return { code: undefined, message: '' };
  const code = 'code' in error ? error.code : undefined;
  const text = 'message' in error && typeof error.message === 'string' ? error.message : '';
  // The binding takes what stands before the first colon for the origin: of a complaint about a property, its name.
  const origin = 'origin' in error && typeof error.origin === 'string' ? error.origin : 'unknown';
  const message = origins.has(origin) ? text : `${origin}: ${text}`;
  return { code: typeof code === 'number' && code !== -1 ? code : undefined, message };
}
