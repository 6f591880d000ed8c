import { inspect, type InspectOptions } from 'node:util';

import { type HeaderMap, headerMap } from '../message/headers.js';
import type { Message } from '../message/message.js';
import {
  type ContextFactories,
  defineMembers,
  type MemberHolder,
  memberValues,
} from '../service/context-members.js';
import type { BaseContext, RequestContext } from '../service/request-context.js';
import type { Logger } from '../telemetry/logger.js';
import { inertSpan } from '../telemetry/tracing.js';
import type { Span } from '../telemetry/tracing-types.js';
import type { Clock } from '../time/clock.js';
import { Delivery, type DeliveryExtras, type DeliveryHome } from './delivery.js';

/** What all contexts of one consumer have in common. */
export interface ContextParts {
  /** Name of the service. */
  readonly service: string;
  /** Name of the consumer. */
  readonly consumer: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly handlerTimeoutMs: number | undefined;
  /** The service's own members. */
  readonly members: ContextFactories;
}

/** A class of deliveries that are request contexts as well. */
export type ContextClass = new (message: Message, home: DeliveryHome, sequence: number) => ContextDelivery;

/**
 * Makes the class of one consumer's deliveries. What is the same for all of them lies on its prototype, so
 * that making a context costs what making a delivery costs.
 *
 * Throws OPTIONS_INVALID for a member whose name deliveries use themselves.
 */
export function contextClassFor(parts: ContextParts): ContextClass {
  class RequestContext extends ContextDelivery {}
  Object.defineProperties(RequestContext.prototype, {
    service: { value: parts.service },
    consumer: { value: parts.consumer },
    [common]: { value: parts },
  });
  defineMembers(RequestContext.prototype, parts.members, fieldNames);
  return RequestContext;
}

/**
 * The request context that a delivery is: every delivery that a handler meets was made by a {@link
 * ContextClass}.
 */
export function contextOf(delivery: Delivery): RequestContext & MemberHolder {
  return delivery as Delivery & RequestContext & MemberHolder;
}

/** What was asked for of one delivery, or is kept for its end; made when the first of it is needed. */
export class ContextExtras implements DeliveryExtras {
  controller: AbortController | undefined = undefined;
  span: Span | undefined = undefined;
  logger: Logger | undefined = undefined;
  headers: HeaderMap | undefined = undefined;
  values: MemberHolder[typeof memberValues] = undefined;
  deadline: number | undefined = undefined;
  /**
   * The producer's time from the data, in milliseconds since the epoch; undefined = the message's timestamp
   * counts.
   */
  producedAt: number | undefined = undefined;
}

/** The extras of a delivery, made if need be. */
export function extrasOf(delivery: Delivery): ContextExtras {
  return ((delivery as { extras: ContextExtras | undefined }).extras ??= new ContextExtras());
}

const common = Symbol('common');

/** A delivery with the members that handlers see. Everything but `attempt` is made on first use. */
export class ContextDelivery extends Delivery implements BaseContext, MemberHolder {
  declare readonly service: string;
  declare readonly consumer: string;
  declare extras: ContextExtras | undefined;
  declare private readonly [common]: ContextParts;

  get logger(): Logger {
    const extras = extrasOf(this);
    return (extras.logger ??= this[common].logger.child({ ...placeOf(this), ...traceOf(this.span) }));
  }

  get span(): Span {
    return this.extras?.span ?? inertSpan;
  }

  get signal(): AbortSignal {
    const extras = extrasOf(this);
    if (extras.controller === undefined) {
      extras.controller = new AbortController();
      if (this.abortReason !== undefined) extras.controller.abort(this.abortReason);
    }
    return extras.controller.signal;
  }

  /** There are no retry topics yet, so no message has been through one. */
  get round(): number {
    return 0;
  }

  get deadline(): number | undefined {
    const { clock, handlerTimeoutMs } = this[common];
    if (handlerTimeoutMs === undefined) return undefined;
    const extras = extrasOf(this);
    // kept, so that a correction of the system time does not move it
    return (extras.deadline ??= Math.round(
      clock.wall() - clock.monotonic() + this.startedAt + handlerTimeoutMs,
    ));
  }

  get headers(): HeaderMap {
    return (extrasOf(this).headers ??= headerMap(this.message.headers));
  }

  get [memberValues](): MemberHolder[typeof memberValues] {
    return this.extras?.values;
  }

  set [memberValues](values: MemberHolder[typeof memberValues]) {
    extrasOf(this).values = values;
  }

  /** A context that is logged by accident shows where its message lies, and nothing of it. */
  toJSON(): object {
    return { ...placeOf(this), attempt: this.attempt };
  }

  [inspect.custom](_depth: number, options: InspectOptions): string {
    return `RequestContext ${inspect(this.toJSON(), options)}`;
  }
}

/** A member of that name would be hidden by the field. */
const fieldNames = Object.keys(new Delivery(undefined as never, undefined as never, 0));

function placeOf({ message: { topic, partition, offset } }: Delivery): object {
  return { topic, partition, offset };
}

/** Names as in OpenTelemetry's logs, so that backends find the trace of a line. */
function traceOf(span: Span): object {
  if (span === inertSpan) return {};
  const { traceId, spanId } = span.spanContext();
  return { trace_id: traceId, span_id: spanId };
}
