import { optionGroup } from '@millrace/core';

import type { KafkaConfig } from '../client/kafka-config.js';
import type { NativeConsumer } from '../client/native-client.js';
import type { KafkaMessage } from '../kafka-message.js';
import type { ConsumerOptions, Limits, TopicHandler } from './consumer-options.js';

/**
 * The options of all forms of a factory without their type parameters, which only the compiler needs: `new` (address,
 * topics, handler), `forTopics` (address, handlers) and the constructor (a client of the user's own). Which of them
 * belong together is said by `optionRules`.
 */
export interface GivenConsumerOptions extends Omit<ConsumerOptions<object>, 'bootstrapServers'> {
  readonly bootstrapServers?: string;
  readonly consumer?: (config: KafkaConfig) => NativeConsumer;
  readonly topics?: readonly (string | RegExp)[];
  readonly schema?: object;
  readonly deserialize?: (message: KafkaMessage) => unknown;
  readonly handler?: (context: never, data: never, message: KafkaMessage) => void | Promise<void>;
  readonly handlers?: readonly TopicHandler<object>[];
}

type Tracing = Exclude<NonNullable<ConsumerOptions['tracing']>, false>;
type Validation = NonNullable<ConsumerOptions['validation']>;

const times = { type: 'integer', minimum: 1, maximum: 2 ** 31 - 1 } as const;
const topicOrPattern = { anyOf: [{ type: 'string', minLength: 1 }, { isA: 'RegExp' }] } as const;

/** Table of the options that every factory has. */
export const consumerOptionTable = {
  name: { type: 'string', minLength: 1, description: '`kafka_consumer.{group_name}`' },
  groupId: { type: 'string', minLength: 1, description: '`{service_name}.{group_name}`' },
  bootstrapServers: {
    type: 'string',
    pattern: '^[^\\s,]+:\\d+(\\s*,\\s*[^\\s,]+:\\d+)*$',
    description: 'Addresses to begin with, `host:port`, separated by commas.',
  },
  consumer: {
    typeof: 'function',
    description: 'Constructor only, instead of bootstrapServers: makes the client from our configuration.',
  },
  topics: {
    type: 'array',
    minItems: 1,
    items: topicOrPattern,
    description:
      'Names, or regular expressions over the names that exist (matched in JavaScript, again every minute).',
  },
  handler: { typeof: 'function', description: 'Called with the request context, the data and the message.' },
  handlers: {
    type: 'array',
    minItems: 1,
    description:
      '`forTopics` only, instead of topics and handler: what `on(topic, { schema, handler })` made.',
  },
  schema: {
    typeof: ['object', 'function'],
    description:
      'JSON Schema for ajv, or anything with `~standard` (zod, valibot, arktype). Compiled at start.',
  },
  deserialize: {
    typeof: 'function',
    description: 'Makes the data from the message. Default: the value as JSON.',
  },
  service: {
    isA: 'Service',
    description:
      'The service this consumer belongs to: its logger, telemetry and context members. Default: one named after groupId.',
  },
  consumeBatchSize: {
    type: 'integer',
    minimum: 1,
    maximum: 10_000,
    default: 256,
    description: 'Most messages taken from the client at once.',
  },
  healthCheck: {
    typeof: 'function',
    description: "Asked by every health probe, with the probe's kind and a snapshot of this consumer.",
  },
  naming: {
    anyOf: [{ const: false }, { methods: ['check'] }],
    description: "The rule for `name` and `groupId`; `false` = none. Default: baseplate's.",
  },
  kafkaConfig: {
    type: 'object',
    additionalProperties: { type: ['string', 'number', 'boolean'] },
    default: {},
    secret: true,
    description:
      'librdkafka properties over ours; those that carry guarantees are refused. Values never reach logs.',
  },
  oauthBearer: {
    typeof: 'function',
    description: 'SASL/OAUTHBEARER: called whenever the client needs a token.',
  },
  autoOffsetReset: {
    enum: ['latest', 'earliest', 'error'],
    default: 'latest',
    description: 'Where partitions without a commit start.',
  },
  onOutOfRange: {
    enum: ['error', 'earliest', 'latest'],
    default: 'error',
    description:
      'For a committed offset that the log no longer has: halt the partition and report the gap, or go on.',
  },
  onFailure: {
    type: 'object',
    additionalProperties: true,
    default: {},
    description: 'What a failed message means.',
  },
  onRevoke: {
    enum: ['drain', 'hand-over'],
    default: 'drain',
    description:
      'Partitions taken back in order: finish what runs first, or commit what is done and let go at once.',
  },
  drainTimeoutMs: {
    type: 'integer',
    minimum: 0,
    maximum: 3_600_000,
    default: 20_000,
    description: 'How long draining may take, in milliseconds.',
  },
  handlerTimeoutMs: {
    ...times,
    description:
      'How long a handler may take, in milliseconds; then its signal fires and the message counts as failed. Default: no limit.',
  },
  releaseKeyOnTimeout: {
    type: 'boolean',
    default: false,
    description:
      "After a handler timeout: does its key (or partition) go on at once, or wait for the handler's real end?",
  },
  limits: {
    ...optionGroup<Limits>()({
      messages: {
        type: 'integer',
        minimum: 1,
        maximum: 10_000_000,
        default: 10_000,
        description: 'Messages held at once, over all partitions.',
      },
      bytes: {
        type: 'integer',
        minimum: 1_024,
        maximum: 2 ** 34,
        default: 67_108_864,
        description: 'Bytes of values held at once, over all partitions.',
      },
      window: {
        type: 'integer',
        minimum: 1,
        maximum: 10_000_000,
        default: 10_000,
        description:
          'Messages started above the last acknowledged commit, in each partition: what can repeat after a crash.',
      },
    }),
    default: {},
    description: 'How much a consumer holds, and how far handling runs ahead of commits.',
  },
  middleware: {
    type: 'array',
    items: { typeof: 'function' },
    default: [],
    description: 'Behaviour around the handler, after decoding and validation; the first is outermost.',
  },
  filter: {
    typeof: 'function',
    description: 'Messages it returns false for are counted, committed and not handled.',
  },
  validation: {
    ...optionGroup<Validation>()({
      schemas: {
        type: 'array',
        items: { type: 'object', additionalProperties: true },
        default: [],
        description: 'Schemas that others refer to by `$id`.',
      },
      dialect: {
        enum: ['07', '2019', '2020', 'jtd'],
        description: "Dialect of JSON Schema. Default: what the schema's `$schema` says, else '07'.",
      },
    }),
    default: {},
    description: 'Settings of the validation by JSON Schema.',
  },
  tracing: {
    anyOf: [
      { const: false },
      optionGroup<Tracing>()({
        process: {
          enum: ['link', 'parent'],
          default: 'link',
          description: "Whether the producer's span is linked to or the parent.",
        },
        poll: { type: 'boolean', default: true, description: 'A span for each poll that brings messages.' },
        commit: { type: 'boolean', default: false, description: 'A span for each commit.' },
      }),
    ],
    default: {},
    description: 'Spans of this consumer; `false` = none.',
  },
  metrics: { type: 'boolean', default: true, description: 'Whether metrics are recorded.' },
  latencyField: {
    type: 'string',
    minLength: 1,
    description:
      "Field of the decoded value with the producer's time in milliseconds since the epoch, for the latency metric. Default: the record's timestamp.",
  },
  asyncContext: {
    type: 'boolean',
    default: true,
    description: 'Whether `currentContext()` works in handlers (AsyncLocalStorage).',
  },
} as const;
