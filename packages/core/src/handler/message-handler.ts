import { contextOf, extrasOf } from '../delivery/context-class.js';
import { runInContext } from '../delivery/current-context.js';
import type { Delivery } from '../delivery/delivery.js';
import { MillraceError } from '../errors.js';
import { isThenable } from '../internal/thenable.js';
import { type Deserializer, json } from '../message/deserializer.js';
import type { SchemaValidator } from '../message/schema-validator.js';
import type { ConsumerTelemetry } from '../telemetry/consumer-telemetry.js';
import type { ConsumerTracing } from '../telemetry/tracing.js';
import { type Acceptance, checking, decodedLater, decoding } from './decode.js';
import { disposing } from './disposal.js';
import { composeMiddleware, type InnerHandler, type Middleware } from './middleware.js';
import type { Outcome } from './outcome.js';
import type { Stage } from './stage.js';
import { TopicRoutes } from './topic-routes.js';

/** What belongs to one topic, or to all. */
export interface HandlerRoute {
  /** Undefined = every topic. */
  readonly topic: string | RegExp | undefined;
  /** Undefined = JSON. */
  readonly deserialize: Deserializer<unknown, never> | undefined;
  readonly validate: SchemaValidator | undefined;
  readonly handler: InnerHandler;
}

/** Everything that one consumer does with a message; all resolved. */
export interface HandlerParts {
  readonly routes: readonly HandlerRoute[];
  readonly middleware: readonly Middleware[];
  /** False = the message is left out before anything is done with it. */
  readonly filter: ((message: never) => boolean) | undefined;
  /** Whether `currentContext` works in handlers. */
  readonly asyncContext: boolean;
  readonly telemetry: ConsumerTelemetry;
  /** Field of the data that holds the producer's time. */
  readonly latencyField: string | undefined;
  /** The service has context members that must be disposed. */
  readonly disposesMembers: boolean;
}

/** The message was left out by the filter. */
export const FILTERED: Outcome = Object.freeze({ kind: 'skip', cause: 'filtered', error: undefined });

/**
 * How a delivery is handled, from its raw message to the end of its handler. Answers nothing when that was
 * synchronous, {@link FILTERED} when the message was left out, and a promise only when something within has
 * given one. It fails as whatever failed within, synchronously or by rejection.
 */
export type MessageHandler = (delivery: Delivery) => undefined | Outcome | PromiseLike<void>;

/**
 * Puts together, once, what happens to each message: filter ▸ span ▸ async context ▸ decoding ▸ validation ▸
 * middleware ▸ handler ▸ disposal. A layer that is not wanted is not there. Middleware, `latencyField` and a
 * recorded span allocate something for each message; nothing else does.
 */
export function composeHandler(parts: HandlerParts): MessageHandler {
  let stage = dispatching(parts);
  if (parts.disposesMembers) stage = disposing(stage);
  if (parts.asyncContext) stage = inContext(stage);
  stage = traced(stage, parts.telemetry);
  return filtered(stage, parts.filter as ((message: unknown) => boolean) | undefined);
}

function filtered(stage: Stage, filter: ((message: unknown) => boolean) | undefined): MessageHandler {
  if (filter === undefined) return stage;
  return (delivery) => (filter(delivery.message) ? stage(delivery) : FILTERED);
}

function traced(stage: Stage, telemetry: ConsumerTelemetry): Stage {
  return (delivery) => {
    const tracing = telemetry.tracingAt(delivery.startedAt);
    return tracing === undefined ? stage(delivery) : runInSpan(stage, delivery, tracing);
  };
}

/** The span ends when telemetry is told of the delivery's end: only then is known what a failure means. */
function runInSpan(
  stage: Stage,
  delivery: Delivery,
  tracing: ConsumerTracing,
): undefined | PromiseLike<void> {
  const active = tracing.beginProcess(delivery.message);
  extrasOf(delivery).span = tracing.spanIn(active);
  return tracing.within(active, stage, delivery);
}

function inContext(stage: Stage): Stage {
  return (delivery) => runInContext(delivery, stage);
}

/** With one route for every topic there is nothing to look up. */
function dispatching({ routes, middleware, latencyField }: HandlerParts): Stage {
  const compiled = routes.map((route) => ({
    topic: route.topic,
    value: handling(route, middleware, latencyField),
  }));
  const only = compiled[0];
  if (compiled.length === 1 && only?.topic === undefined && only !== undefined) return only.value;
  const byTopic = new TopicRoutes(compiled);
  return (delivery) => {
    const { topic } = delivery.message;
    const stage = byTopic.of(topic);
    if (stage === undefined)
      throw new MillraceError('STATE_INVALID', `there is no handler for topic "${topic}"`);
    return stage(delivery);
  };
}

function handling(
  route: HandlerRoute,
  middleware: readonly Middleware[],
  latencyField: string | undefined,
): Stage {
  const inner = composeMiddleware(middleware, route.handler);
  const run = (delivery: Delivery, data: unknown): undefined | PromiseLike<void> => {
    if (latencyField !== undefined) extrasOf(delivery).producedAt = producedAt(data, latencyField);
    const answer = inner(contextOf(delivery), data, delivery.message);
    // a handler may return anything; a promise is all that is taken notice of
    return answer !== undefined && isThenable(answer) ? (answer as PromiseLike<void>) : undefined;
  };
  return decoded(route.deserialize, validated(route.validate, run));
}

/** What is done with a delivery once its data is known. */
type DataStage = (delivery: Delivery, data: unknown) => undefined | PromiseLike<void>;

function decoded(deserialize: Deserializer<unknown, never> | undefined, stage: DataStage): Stage {
  const isOurs = deserialize === undefined || deserialize === (json() as Deserializer<unknown, never>);
  const decode = decoding((deserialize ?? json()) as Deserializer);
  // ours answers at once, and asking each payload whether it is a promise takes longer than it seems
  if (isOurs) return (delivery) => stage(delivery, decode(delivery.message));
  const later = async (delivery: Delivery, data: PromiseLike<unknown>): Promise<void> => {
    await stage(delivery, await decodedLater(data));
  };
  return (delivery) => {
    const data = decode(delivery.message);
    return isThenable(data) ? later(delivery, data) : stage(delivery, data);
  };
}

function validated(validate: SchemaValidator | undefined, stage: DataStage): DataStage {
  if (validate === undefined) return stage;
  const check = checking(validate);
  const later = async (delivery: Delivery, data: unknown, answer: PromiseLike<Acceptance>): Promise<void> => {
    const acceptance = await answer;
    await stage(delivery, acceptance === undefined ? data : acceptance.data);
  };
  return (delivery, data) => {
    const acceptance = check(data);
    if (acceptance === undefined) return stage(delivery, data);
    return isThenable(acceptance) ? later(delivery, data, acceptance) : stage(delivery, acceptance.data);
  };
}

/** Not a number where the data has no such field: then there is no latency to tell. */
function producedAt(data: unknown, field: string): number {
  const time =
    typeof data === 'object' && data !== null
      ? (data as Readonly<Record<string, unknown>>)[field]
      : undefined;
  return typeof time === 'number' ? time : NaN;
}
