import type { HeaderMap } from '../message/headers.js';
import type { Logger } from '../telemetry/logger.js';
import type { Span } from '../telemetry/tracing-types.js';

/** Members every handler has, whatever the service. All are made on first use, but `attempt`. */
export interface BaseContext {
  /** Name of the service. */
  readonly service: string;
  /** Name of the consumer. */
  readonly consumer: string;
  /** Adds consumer, topic, partition and offset to each event. */
  readonly logger: Logger;
  /** The span of this message's processing. */
  readonly span: Span;
  /** Fires when the partition is lost, the handler times out, or the server must stop. */
  readonly signal: AbortSignal;
  /** 1 for the first run; counts runs in place. */
  readonly attempt: number;
  /** Passages through retry topics, 0 at first. */
  readonly round: number;
  /** Milliseconds since the epoch, when a handler time limit is set. */
  readonly deadline: number | undefined;
  /** The message's headers by key; the raw ordered list is `message.headers`. */
  readonly headers: HeaderMap;
}

/** No members of a service's own. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- an intersection with it must add nothing; Record<string, never> would forbid members
export type None = {};

/** What a handler gets beside the data: the members of every context and those of its service. */
export type RequestContext<C extends object = None> = BaseContext & Readonly<C>;

/** Handles one message. It has succeeded when it returns, or when its promise resolves. */
export type Handler<T = unknown, C extends object = None, M = unknown> = (
  context: RequestContext<C>,
  data: T,
  message: M,
) => void | Promise<void>;

/** Makes one member of the request context, at most once a message, when the handler first asks for it. */
export type ContextFactory<V = unknown> =
  | ((context: BaseContext) => V)
  | {
      readonly create: (context: BaseContext) => V;
      /**
       * Called when the handler has ended, last made first, and only for members that were made. Annotate its parameter
       * where other factories take the context: TypeScript can infer one of the two, not both.
       */
      readonly dispose: (member: V) => void | Promise<void>;
    };
