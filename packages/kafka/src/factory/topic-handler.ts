import type { DataOf, FailurePolicy, None } from '@millrace/core';

import type { KafkaMessage } from '../kafka-message.js';
import type { DataSource, Handler, TopicHandler } from './consumer-options.js';

/** What `on` was given, as the factories use it. */
export interface TopicRoute {
  readonly topic: string | RegExp;
  readonly schema: object | undefined;
  readonly deserialize: ((message: KafkaMessage) => unknown) | undefined;
  readonly handler: (context: never, data: never, message: KafkaMessage) => void | Promise<void>;
  readonly onFailure: FailurePolicy | undefined;
}

/** In the global registry: a route of another copy of the package is a route. */
const route: unique symbol = Symbol.for('@millrace/topic-route');

/**
 * One topic (or all that a regular expression matches) with a handler of its own, for `forTopics`. The data type comes
 * from its schema or deserializer, as with a factory's `new`.
 */
export function on<const S extends object = object, C extends object = None, T = DataOf<S>>(
  topic: string | RegExp,
  options: DataSource<S, T> & {
    readonly handler: Handler<NoInfer<T>, C>;
    readonly onFailure?: FailurePolicy;
  },
): TopicHandler<C> {
  const { schema, deserialize, handler, onFailure } = options;
  const made: TopicRoute = { topic, schema, deserialize, handler, onFailure };
  return { topic, [route]: made } as TopicHandler<C>;
}

/** What a `TopicHandler` carries; `undefined` for anything that `on` has not made. */
export function routeOf(handler: unknown): TopicRoute | undefined {
  return typeof handler === 'object' && handler !== null && route in handler
    ? (handler[route] as TopicRoute)
    : undefined;
}
