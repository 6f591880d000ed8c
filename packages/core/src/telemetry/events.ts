import type { LogLevel } from './logger.js';

/** A partition, as events name it. */
export interface EventPlace {
  readonly topic: string;
  readonly partition: number;
}

/** What each event carries. None carries a key, a value or a header of a message. */
export interface EventPayloads {
  /** The consumer has been told to start and is about to connect. */
  'consumer.starting': { readonly strategy: string; readonly topics: readonly string[] };
  /** The consumer is connected and has subscribed; partitions follow when the group gives it some. */
  'consumer.started': { readonly afterMs: number };
  /** No new message starts; what runs is finished and committed. */
  'consumer.draining': { readonly inFlight: number };
  /** The consumer has left the group; `clean` = nothing was abandoned and every commit acknowledged. */
  'consumer.stopped': { readonly clean: boolean; readonly afterMs: number };
  /** The consumer stops because of an error. */
  'consumer.failed': { readonly error: unknown };
  /** The log cannot be reached; the consumer keeps trying. */
  'source.unreachable': { readonly detail: string };
  /** The log can be reached again. */
  'source.reached': { readonly afterMs: number | undefined };
  /** The group has given this consumer partitions. */
  'partitions.assigned': { readonly partitions: readonly EventPlace[] };
  /**
   * A partition without a commit starts at this offset; `before` messages of the log lie below it and are not
   * read.
   */
  'start.decided': EventPlace & {
    readonly offset: number;
    readonly because: string;
    readonly before: number;
  };
  /**
   * The group has taken partitions back in order; `abandoned` messages were still in flight when the time to
   * drain was over.
   */
  'partitions.revoked': {
    readonly partitions: readonly EventPlace[];
    readonly drainedMs: number;
    readonly abandoned: number;
  };
  /** The group has taken partitions away without asking: what was in flight runs again at the next owner. */
  'partitions.lost': { readonly partitions: readonly EventPlace[]; readonly abandoned: number };
  /** Fetching of the partition is suspended; `reason` says by what. */
  'partition.paused': EventPlace & { readonly reason: string };
  /** Fetching of the partition goes on. */
  'partition.resumed': EventPlace;
  /** Nothing of the partition is handled any more until somebody intervenes. */
  'partition.halted': EventPlace & { readonly reason: string };
  /** The partition has messages to read and has delivered none for a while; it is being looked into. */
  'partition.stalled': EventPlace & {
    readonly position: number;
    readonly highWater: number;
    readonly silentMs: number;
  };
  /** The broker has acknowledged a commit. */
  'commit.acknowledged': { readonly partitions: number; readonly roundTripMs: number };
  /** A commit was refused or not answered; it is repeated. `failures` counts them since the last success. */
  'commit.failed': {
    readonly partitions: number;
    readonly code: string;
    readonly message: string;
    readonly failures: number;
  };
  /** The metadata of a commit came from another writer or version, or was damaged: it is not used. */
  'metadata.ignored': { readonly topic: string; readonly count: number };
  /**
   * The loop did not poll for longer than the group allows: whether the partitions are still ours is open, so
   * nothing is committed.
   */
  'ownership.doubted': { readonly silentMs: number };
  /** A message came twice within one assignment; the second was dropped. */
  'message.duplicated': EventPlace & { readonly offset: number };
  /** The handling of a message has failed for good: the consumer stops, the message stays uncommitted. */
  'message.failed': EventPlace & {
    readonly offset: number;
    readonly attempt: number;
    readonly error: unknown;
  };
  /**
   * A message was not handled, by policy, and is settled. `cause`: unusable itself, or its handler failed.
   */
  'message.skipped': EventPlace & {
    readonly offset: number;
    readonly attempt: number;
    readonly cause: 'invalid' | 'failed';
    readonly error: unknown;
  };
  /** A handler has used up its time limit; its signal has fired and what it returns no longer counts. */
  'handler.timed-out': EventPlace & { readonly offset: number; readonly afterMs: number };
  /**
   * A member of the request context could not be disposed after its handler had failed; the handler's error
   * is the one that counts.
   */
  'member.undisposed': EventPlace & { readonly offset: number; readonly error: unknown };
  /** The server has been told to start and is about to start its consumers. */
  'server.starting': { readonly consumers: readonly string[] };
  /** All consumers of the server have started. */
  'server.started': { readonly afterMs: number };
  /** The server lets its consumers drain, because it was told to, or because one of them has failed. */
  'server.draining': { readonly because: 'told' | 'failure' };
  /** The server has ended as it was told to. `abandoned`: consumers whose draining was given up. */
  'server.stopped': { readonly clean: boolean; readonly abandoned: readonly string[] };
  /**
   * The server has ended because of an error: it could not start, a consumer failed, or stopping took too
   * long.
   */
  'server.failed': {
    readonly error: unknown;
    readonly clean: boolean;
    readonly abandoned: readonly string[];
  };
  /** The process was sent a signal. The first one drains, a later one gives up draining. */
  'signal.received': { readonly signal: string; readonly does: 'drain' | 'force' };
  /** Health probes are answered at this address. */
  'health.listening': { readonly address: string };
  /** The health server cannot answer at the moment. */
  'health.troubled': { readonly error: unknown };
  /** A probe that passed, or was never asked while running, now fails. */
  'health.failing': { readonly probe: string; readonly checks: readonly object[] };
  /** A probe that failed passes again. */
  'health.passing': { readonly probe: string };
}

/** A name of {@link EventPayloads}: `subject.verb`. */
export type EventName = keyof EventPayloads;

/** One event with its payload. */
export type ConsumerEvent = { readonly [N in EventName]: { readonly type: N } & EventPayloads[N] }[EventName];

/** How one event is logged. */
export interface EventEntry {
  readonly level: LogLevel;
  /** The constant text of its log line. */
  readonly text: string;
  /** Logged at most this often a second; the next line says how many were left out. */
  readonly perSecond?: number;
}

/** Every event that the framework logs. The reference is generated from this table and the comments above. */
export const eventCatalogue = {
  'consumer.starting': { level: 'info', text: 'consumer is starting' },
  'consumer.started': { level: 'info', text: 'consumer has started' },
  'consumer.draining': { level: 'info', text: 'consumer is draining' },
  'consumer.stopped': { level: 'info', text: 'consumer has stopped' },
  'consumer.failed': { level: 'error', text: 'consumer has failed' },
  'source.unreachable': { level: 'warn', text: 'source cannot be reached, retrying' },
  'source.reached': { level: 'info', text: 'source is reached' },
  'partitions.assigned': { level: 'info', text: 'partitions assigned' },
  'start.decided': { level: 'info', text: 'partition without a commit: start decided' },
  'partitions.revoked': { level: 'info', text: 'partitions revoked' },
  'partitions.lost': { level: 'warn', text: 'partitions lost' },
  'partition.paused': { level: 'debug', text: 'partition paused' },
  'partition.resumed': { level: 'debug', text: 'partition resumed' },
  'partition.halted': { level: 'error', text: 'partition halted' },
  'partition.stalled': { level: 'warn', text: 'partition delivers nothing' },
  'commit.acknowledged': { level: 'debug', text: 'commit acknowledged' },
  'commit.failed': { level: 'warn', text: 'commit failed' },
  'metadata.ignored': { level: 'warn', text: 'commit metadata ignored' },
  'ownership.doubted': { level: 'warn', text: 'ownership of partitions in doubt' },
  'message.duplicated': { level: 'warn', text: 'message received twice', perSecond: 10 },
  'message.failed': { level: 'error', text: 'message failed' },
  'message.skipped': { level: 'warn', text: 'message skipped', perSecond: 10 },
  'handler.timed-out': { level: 'warn', text: 'handler timed out', perSecond: 10 },
  'member.undisposed': { level: 'warn', text: 'context member not disposed' },
  'server.starting': { level: 'info', text: 'server is starting' },
  'server.started': { level: 'info', text: 'server has started' },
  'server.draining': { level: 'info', text: 'server is draining' },
  'server.stopped': { level: 'info', text: 'server has stopped' },
  'server.failed': { level: 'error', text: 'server has failed' },
  'signal.received': { level: 'info', text: 'signal received' },
  'health.listening': { level: 'info', text: 'health server is listening' },
  'health.troubled': { level: 'warn', text: 'health server is in trouble' },
  'health.failing': { level: 'warn', text: 'health probe fails' },
  'health.passing': { level: 'info', text: 'health probe passes again' },
} as const satisfies Readonly<Record<EventName, EventEntry>>;
