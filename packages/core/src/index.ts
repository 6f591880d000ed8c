export { type ErrorCode, type ErrorCodeEntry, errorCodes, isMillraceError, MillraceError } from './errors.js';
export type { HealthOptions } from './health/health-options.js';
export type { CheckReport, HealthReport } from './health/health-report.js';
export type {
  ConsumerSnapshot,
  HealthCheckCallback,
  PartitionSnapshot,
  Probe,
  ServerSnapshot,
} from './inspection/snapshot.js';
export type { SchemaCompilerOptions, SchemaDialect } from './message/ajv-compiler.js';
export { DataInvalidError } from './message/data-invalid-error.js';
export type { DataOf, SchemaTypes, TypedSchema } from './message/data-of.js';
export { type Deserializer, json } from './message/deserializer.js';
export type { HeaderMap } from './message/headers.js';
export type { Message } from './message/message.js';
export type { SchemaFault } from './message/schema-fault.js';
export { baseplateNaming, type ConsumerNames, type NamingConvention } from './naming/consumer-name.js';
export type { OptionDescription } from './options/option-description.js';
export {
  type ExactlyRequired,
  type NoSurplus,
  type OptionGroup,
  optionGroup,
  type OptionSchema,
  type OptionTable,
  type RequiredMember,
  type WithDefaults,
} from './options/option-table.js';
export { type OptionFault, OptionsError } from './options/options-error.js';
export { defineOptions, type OptionDefinition, type OptionRule } from './options/validate-options.js';
export type {
  BaseContext,
  ContextFactory,
  Handler,
  None,
  RequestContext,
} from './service/request-context.js';
export {
  type ContextOf,
  Service,
  type ServiceOptions,
  serviceOptions,
  type ServiceTelemetry,
} from './service/service.js';
export {
  type MetricEntry,
  type MetricName,
  metricCatalogue,
  spanCatalogue,
  type SpanEntry,
} from './telemetry/catalogue.js';
export {
  type ConsumerEvent,
  eventCatalogue,
  type EventEntry,
  type EventName,
  type EventPayloads,
  type EventPlace,
} from './telemetry/events.js';
export {
  type JsonLoggerOptions,
  jsonLogger,
  type Logger,
  type LogLevel,
  silentLogger,
} from './telemetry/logger.js';
export type { TracingChoice } from './telemetry/tracing.js';
export type { MeterProvider, Span, TracerProvider } from './telemetry/tracing-types.js';
export { type Clock, systemClock, type Timer, type TimerOptions } from './time/clock.js';
export { currentContext } from './delivery/current-context.js';
export type { Backoff, FailurePolicy, Verdict } from './failure/failure-policy.js';
export { unbuiltFaults } from './failure/unbuilt.js';
export type { Middleware, MiddlewareCall } from './handler/middleware.js';
export type { SlotPool } from './queue/slot-pool.js';
export {
  buildConsumer,
  compileRoutes,
  type ConsumerDefinition,
  type RouteDefinition,
} from './server/build-consumer.js';
export type {
  ConsumerEnd,
  ConsumerFactory,
  ConsumerVitals,
  ManagedConsumer,
  ManagedFactory,
} from './server/managed-consumer.js';
export type { ProcessPort, StopSignal } from './server/process-port.js';
export { QueueConsumerServer, type ServerEnd } from './server/queue-consumer-server.js';
export {
  serve,
  type ServeGround,
  type ServeOptions,
  serveOptions,
  type ServeOutcome,
} from './server/serve.js';
export {
  type QueueConsumerServerOptions,
  type ServerOptions,
  serverOptions,
} from './server/server-options.js';
export type {
  AssignmentFacts,
  PartitionFacts,
  PartitionStart,
  Rebalance,
  TopicFacts,
  TopicPartition,
  Watermarks,
} from './source/assignment.js';
export type {
  CommitEntry,
  CommitError,
  MessageSource,
  SourceListener,
  SourceSystem,
} from './source/message-source.js';
export { fast, type FastChoice } from './strategy/fast.js';
export { inOrder, type InOrderChoice } from './strategy/in-order.js';
export type { Strategy } from './strategy/strategy.js';
export { editDistance } from './options/near-name.js';
