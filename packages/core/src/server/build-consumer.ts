import { type ContextClass, contextClassFor } from '../delivery/context-class.js';
import type { EngineOptions } from '../engine/engine-options.js';
import { failureDecision, type FailurePolicy } from '../failure/failure-policy.js';
import { composeHandler, type HandlerRoute, type MessageHandler } from '../handler/message-handler.js';
import type { Middleware } from '../handler/middleware.js';
import type { HealthCheckCallback } from '../inspection/snapshot.js';
import type { SchemaCompilerOptions } from '../message/ajv-compiler.js';
import { type Deserializer } from '../message/deserializer.js';
import { schemaCompiler } from '../message/schema-validator.js';
import type { SlotPool } from '../queue/slot-pool.js';
import type { Service } from '../service/service.js';
import type { MessageSource } from '../source/message-source.js';
import type { Strategy } from '../strategy/strategy.js';
import { ConsumerTelemetry } from '../telemetry/consumer-telemetry.js';
import { EventLog } from '../telemetry/event-log.js';
import type { Logger } from '../telemetry/logger.js';
import type { TracingChoice } from '../telemetry/tracing.js';
import { type Clock, systemClock } from '../time/clock.js';
import { Consumer } from './consumer.js';
import { ConsumerObserver } from './consumer-observer.js';
import { TopicFailures } from './topic-failures.js';

/** One topic's handling, or that of all topics, before it is compiled. */
export interface RouteDefinition {
  /** Undefined = every topic. */
  readonly topic: string | RegExp | undefined;
  readonly schema: object | undefined;
  readonly deserialize: Deserializer<unknown, never> | undefined;
  readonly handler: (context: never, data: never, message: never) => unknown;
  /** Undefined = the consumer's. */
  readonly onFailure: FailurePolicy | undefined;
}

/** A consumer before it is built; everything is resolved and checked. */
export interface ConsumerDefinition {
  readonly name: string;
  readonly groupId: string;
  readonly service: Service<object>;
  readonly strategy: Strategy;
  /** What of the engine's settings the strategy does not say. */
  readonly engine: Omit<EngineOptions, 'concurrency' | 'lanes' | 'commit'>;
  /** What is subscribed to. */
  readonly topics: readonly (string | RegExp)[];
  readonly routes: readonly RouteDefinition[];
  /** Undefined = with every message handled as its topic's policy says. */
  readonly onFailure: FailurePolicy;
  readonly middleware: readonly Middleware[];
  readonly filter: ((message: never) => boolean) | undefined;
  readonly validation: SchemaCompilerOptions;
  readonly tracing: TracingChoice | false;
  readonly metrics: boolean;
  readonly latencyField: string | undefined;
  readonly asyncContext: boolean;
  readonly healthCheck: HealthCheckCallback | undefined;
  /** Makes the source. It logs to the consumer's logger. */
  readonly source: (logger: Logger, clock: Clock) => MessageSource;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
}

/** The compiled routes of a definition. Throws SCHEMA_INVALID; factories call it once at their construction, so that a bad schema is known before the start. */
export function compileRoutes(
  definition: Pick<ConsumerDefinition, 'routes' | 'validation'>,
): readonly HandlerRoute[] {
  const compile = schemaCompiler(definition.validation);
  return definition.routes.map(({ topic, schema, deserialize, handler }) => ({
    topic,
    deserialize,
    validate:
      schema === undefined ? undefined : compile(schema, topic === undefined ? 'all topics' : String(topic)),
    handler: handler as HandlerRoute['handler'],
  }));
}

/** Puts a consumer together. */
export function buildConsumer(
  definition: ConsumerDefinition,
  routes: readonly HandlerRoute[],
  slots: SlotPool | undefined,
): Consumer {
  const { name, groupId, service, strategy, clock = systemClock } = definition;
  const logger = service.logger.child({ consumer: name });
  const source = definition.source(logger, clock);
  let consumer: Consumer | undefined = undefined;
  const telemetry = new ConsumerTelemetry({
    consumer: name,
    groupId,
    system: source.system,
    providers: service.telemetry,
    tracing: definition.tracing,
    metrics: definition.metrics,
    clock,
    read: () => consumer?.snapshot() ?? { inFlight: 0, partitions: [] },
  });
  const failures = new TopicFailures(failureDecision(definition.onFailure), definition.routes);
  const log = new EventLog(logger, () => clock.monotonic());
  const topics = definition.topics.map(String);
  consumer = new Consumer({
    name,
    groupId,
    strategy: strategy.name,
    healthCheck: definition.healthCheck,
    engine: { ...definition.engine, ...engineChoice(strategy) },
    Delivery: contextClass(definition, logger, clock),
    source,
    clock,
    slots,
    handle: handlerOf(definition, routes, telemetry),
    decide: (error, delivery) => failures.decide(error, delivery),
    observer: new ConsumerObserver({ telemetry, log, clock, strategy: strategy.name, topics }),
  });
  return consumer;
}

function engineChoice({
  concurrency,
  lanes,
  commit,
}: Strategy): Pick<EngineOptions, 'concurrency' | 'lanes' | 'commit'> {
  return { concurrency, lanes, commit };
}

function contextClass(
  { name, service, engine }: ConsumerDefinition,
  logger: Logger,
  clock: Clock,
): ContextClass {
  const { handlerTimeoutMs } = engine;
  return contextClassFor({
    service: service.name,
    consumer: name,
    logger,
    clock,
    handlerTimeoutMs,
    members: service.contextFactories,
  });
}

function handlerOf(
  definition: ConsumerDefinition,
  routes: readonly HandlerRoute[],
  telemetry: ConsumerTelemetry,
): MessageHandler {
  const { middleware, filter, asyncContext, latencyField, service } = definition;
  const disposesMembers = Object.values(service.contextFactories).some(
    (factory) => typeof factory !== 'function',
  );
  return composeHandler({
    routes,
    middleware,
    filter,
    asyncContext,
    telemetry,
    latencyField,
    disposesMembers,
  });
}
