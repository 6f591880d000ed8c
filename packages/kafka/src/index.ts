export {
  type BaseContext,
  type ConsumerFactory,
  type ConsumerSnapshot,
  type ContextFactory,
  type ContextOf,
  currentContext,
  type DataOf,
  type ErrorCode,
  type FailurePolicy,
  type HealthCheckCallback,
  isMillraceError,
  jsonLogger,
  type JsonLoggerOptions,
  type Logger,
  type LogLevel,
  type Middleware,
  MillraceError,
  type NamingConvention,
  type None,
  OptionsError,
  type PartitionSnapshot,
  type Probe,
  QueueConsumerServer,
  type RequestContext,
  type SchemaTypes,
  serve,
  type ServeOptions,
  type ServeOutcome,
  type ServerOptions,
  type ServerSnapshot,
  Service,
  type ServiceOptions,
  silentLogger,
  type Span,
  type TypedSchema,
  type Verdict,
} from '@millrace/core';
export { checkKafka, type CheckKafkaOptions, type KafkaCheck } from './client/check-kafka.js';
export type { KafkaConfig } from './client/kafka-config.js';
export {
  createConsumer,
  createProducer,
  type NativeConsumer,
  type NativeProducer,
} from './client/native-client.js';
export type {
  ConsumerOptions,
  DataSource,
  FastConsumerOptions,
  FastMembers,
  Handler,
  InOrderConsumerOptions,
  InOrderMembers,
  Limits,
  SchemaMismatch,
  Several,
  SingleHandler,
  TopicHandler,
  WithOwnClient,
} from './factory/consumer-options.js';
export { FastConsumerFactory, fastConsumerOptions } from './factory/fast-consumer-factory.js';
export { InOrderConsumerFactory, inOrderConsumerOptions } from './factory/in-order-consumer-factory.js';
export { json } from './factory/json.js';
export { optionsFromEnv } from './factory/options-from-env.js';
export { on } from './factory/topic-handler.js';
export type { KafkaMessage } from './kafka-message.js';
