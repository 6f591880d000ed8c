import {
  buildConsumer,
  compileRoutes,
  type ConsumerDefinition,
  type Logger,
  type ManagedConsumer,
  type RouteDefinition,
  Service,
  type SlotPool,
  type Strategy,
} from '@millrace/core';

import { consumerConfig } from '../client/client-config.js';
import type { Prefetch } from '../client/consumer-properties.js';
import { KafkaSource } from '../client/kafka-source.js';
import type { KafkaMessage } from '../kafka-message.js';
import type { GivenConsumerOptions } from './consumer-option-table.js';
import { maxPollIntervalMs } from './option-rules.js';
import { routeOf } from './topic-handler.js';

/** Milliseconds of silence after which a partition with something to read is looked into. */
const STALL_MS = 30_000;

/** The options of a factory with the defaults that all factories have. */
type ResolvedConsumerOptions = GivenConsumerOptions &
  Required<
    Pick<
      GivenConsumerOptions,
      | 'consumeBatchSize'
      | 'kafkaConfig'
      | 'autoOffsetReset'
      | 'onOutOfRange'
      | 'onFailure'
      | 'onRevoke'
      | 'drainTimeoutMs'
      | 'releaseKeyOnTimeout'
      | 'middleware'
      | 'metrics'
      | 'asyncContext'
    >
  > & { readonly limits: { readonly messages: number; readonly bytes: number; readonly window: number } };

/** What a factory has understood of its options: everything that can be wrong has been found before it builds a consumer. */
export class ConsumerPlan {
  readonly #definition: ConsumerDefinition;
  readonly #routes: ReturnType<typeof compileRoutes>;

  /** Throws SCHEMA_INVALID for a schema that cannot be compiled. */
  constructor(options: ResolvedConsumerOptions, strategy: Strategy, prefetch: Prefetch) {
    this.#definition = define(options, strategy, prefetch);
    this.#routes = compileRoutes(this.#definition);
  }

  /** Where the consumer logs. */
  get logger(): Logger {
    return this.#definition.service.logger;
  }

  build(slots: SlotPool | undefined): ManagedConsumer {
    return buildConsumer(this.#definition, this.#routes, slots);
  }
}

function define(
  options: ResolvedConsumerOptions,
  strategy: Strategy,
  prefetch: Prefetch,
): ConsumerDefinition {
  const { tracing } = options;
  const routes = routesOf(options);
  const topics = options.topics ?? routes.map(({ topic }) => topic as string | RegExp);
  return {
    name: options.name,
    groupId: options.groupId,
    service: options.service ?? Service.new({ name: serviceNameOf(options.groupId) }),
    strategy,
    engine: {
      limits: { messages: options.limits.messages, bytes: options.limits.bytes },
      pollSize: Math.min(options.consumeBatchSize, options.limits.messages),
      autoOffsetReset: options.autoOffsetReset,
      onOutOfRange: options.onOutOfRange,
      onRevoke: options.onRevoke,
      drainTimeoutMs: options.drainTimeoutMs,
      handlerTimeoutMs: options.handlerTimeoutMs,
      releaseKeyOnTimeout: options.releaseKeyOnTimeout,
      maxPollIntervalMs: maxPollIntervalMs(options.kafkaConfig),
      stallMs: STALL_MS,
    },
    topics,
    routes,
    onFailure: options.onFailure,
    middleware: options.middleware,
    filter: options.filter,
    validation: options.validation ?? {},
    tracing: tracing === false ? false : { process: 'link', poll: true, commit: false, ...tracing },
    metrics: options.metrics,
    latencyField: options.latencyField,
    asyncContext: options.asyncContext,
    healthCheck: options.healthCheck,
    source: (logger, clock) =>
      new KafkaSource({
        config: consumerConfig({
          name: options.name,
          groupId: options.groupId,
          bootstrapServers: options.bootstrapServers,
          prefetch,
          heldMessages: options.limits.messages,
          clientCommits:
            strategy.commit.covers === 'nothing'
              ? { intervalMs: strategy.commit.intervalMs, autoOffsetReset: options.autoOffsetReset }
              : undefined,
          kafkaConfig: options.kafkaConfig,
        }),
        topics,
        logger,
        clock,
        ...(options.consumer === undefined ? {} : { createClient: options.consumer }),
        ...(options.oauthBearer === undefined ? {} : { oauthBearer: options.oauthBearer }),
      }),
  };
}

function routesOf(options: ResolvedConsumerOptions): RouteDefinition[] {
  if (options.handlers === undefined) {
    const { schema, deserialize, handler } = options;
    return [
      {
        topic: undefined,
        schema,
        deserialize: deserialize,
        handler: handler as RouteDefinition['handler'],
        onFailure: undefined,
      },
    ];
  }
  return options.handlers.map((given) => {
    const { topic, schema, deserialize, handler, onFailure } = routeOf(given) as NonNullable<
      ReturnType<typeof routeOf>
    >;
    return {
      topic,
      schema,
      deserialize: deserialize as (message: KafkaMessage) => unknown,
      handler: handler,
      onFailure,
    };
  });
}

function serviceNameOf(groupId: string): string {
  return groupId.split('.')[0] ?? groupId;
}
