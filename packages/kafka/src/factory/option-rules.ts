import { baseplateNaming, type OptionFault, type OptionRule, unbuiltFaults } from '@millrace/core';

import { consumerConfigFaults } from '../client/client-config.js';
import type { GivenConsumerOptions } from './consumer-option-table.js';
import { routeOf } from './topic-handler.js';

/** First part of every consumer's name. */
const NAME_PREFIX = 'kafka_consumer';
/** librdkafka's default, in milliseconds. */
const MAX_POLL_INTERVAL_MS = 300_000;

type Options = GivenConsumerOptions;
type Rule = OptionRule<Options>;

/** What must hold between the options of a factory, whatever its own ones are. */
export const optionRules: readonly Rule[] = [
  { reads: ['bootstrapServers', 'consumer'], check: addressFault },
  { reads: ['topics', 'handler', 'handlers', 'schema', 'deserialize'], check: handlerFault },
  { reads: ['handlers'], check: handlersFault },
  { reads: ['name', 'groupId', 'service', 'naming'], check: namingFault },
  {
    reads: ['kafkaConfig', 'drainTimeoutMs'],
    check: ({ kafkaConfig = {}, drainTimeoutMs }) => consumerConfigFaults(kafkaConfig, drainTimeoutMs),
  },
  { reads: ['onFailure'], check: ({ onFailure }) => failureFault(onFailure, 'onFailure') },
];

/** The time within which the group wants to be polled, in milliseconds. */
export function maxPollIntervalMs(kafkaConfig: Options['kafkaConfig']): number {
  const given = Number(kafkaConfig?.['max.poll.interval.ms'] ?? MAX_POLL_INTERVAL_MS);
  return Number.isFinite(given) ? given : MAX_POLL_INTERVAL_MS;
}

function addressFault({ bootstrapServers, consumer }: Options): OptionFault | undefined {
  if (bootstrapServers === undefined && consumer === undefined) {
    return {
      path: 'bootstrapServers',
      message: "is required, for example '127.0.0.1:9092' (or, in the constructor, consumer)",
    };
  }
  if (bootstrapServers !== undefined && consumer !== undefined) {
    return {
      path: 'consumer',
      message: 'cannot be given together with bootstrapServers: the client that it makes has its own address',
    };
  }
  return undefined;
}

function handlerFault({ topics, handler, handlers, schema, deserialize }: Options): OptionFault | undefined {
  if (handlers === undefined) {
    if (topics === undefined) return { path: 'topics', message: "is required, for example ['new_links']" };
    if (handler === undefined)
      return { path: 'handler', message: 'is required: async (context, data, message) => { … }' };
    return undefined;
  }
  if (topics !== undefined)
    return {
      path: 'topics',
      message: 'cannot be given together with handlers, each of which names its topic',
    };
  if (handler !== undefined) return { path: 'handler', message: 'cannot be given together with handlers' };
  if (schema !== undefined)
    return {
      path: 'schema',
      message: 'cannot be given together with handlers: give it to on(topic, { schema, … })',
    };
  if (deserialize !== undefined)
    return { path: 'deserialize', message: 'cannot be given together with handlers: give it to on(…)' };
  return undefined;
}

function handlersFault({ handlers = [] }: Options): OptionFault | readonly OptionFault[] | undefined {
  const seen = new Set<string>();
  for (const [index, given] of handlers.entries()) {
    const path = `handlers[${String(index)}]`;
    const route = routeOf(given);
    if (route === undefined)
      return {
        path,
        message: "must be made by on(topic, { handler }), for example on('new_links', { handler })",
      };
    if (typeof route.topic !== 'string' && !(route.topic instanceof RegExp))
      return { path, message: 'must have a topic: a name or a RegExp' };
    if (route.topic === '') return { path, message: 'must have a topic that is not empty' };
    if (typeof route.handler !== 'function')
      return { path, message: `has no handler for ${String(route.topic)}` };
    if (seen.has(String(route.topic)))
      return { path, message: `is a second handler for ${String(route.topic)}` };
    seen.add(String(route.topic));
    const failure = failureFault(route.onFailure, `${path}.onFailure`);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function namingFault({ name, groupId, service, naming }: Options): OptionFault | undefined {
  if (naming === false) return undefined;
  const text = (naming ?? baseplateNaming(NAME_PREFIX)).check({ name, groupId, service: service?.name });
  return text === undefined
    ? undefined
    : { path: 'name', message: `and groupId do not follow the naming convention: ${text}` };
}

function failureFault(
  policy: Options['onFailure'],
  path: string,
): OptionFault | readonly OptionFault[] | undefined {
  if (policy === undefined) return undefined;
  const known = [
    'retry',
    'retryTopic',
    'deadLetter',
    'invalid',
    'killedAfter',
    'allowReordering',
    'keepKeyOrder',
    'classify',
    'otherwise',
  ];
  const unknown = Object.keys(policy).find((key) => !known.includes(key));
  if (unknown !== undefined)
    return { path: `${path}.${unknown}`, message: `is not an option; there are ${known.join(', ')}` };
  const unbuilt = unbuiltFaults(policy, path);
  if (unbuilt.length > 0) return unbuilt;
  if (policy.invalid !== undefined && policy.invalid !== 'skip' && policy.invalid !== 'crash') {
    return { path: `${path}.invalid`, message: "must be 'skip' or 'crash'" };
  }
  if (policy.otherwise !== undefined && !['skip', 'crash'].includes(policy.otherwise)) {
    return { path: `${path}.otherwise`, message: "must be 'crash' or 'skip'" };
  }
  if (policy.classify !== undefined && typeof policy.classify !== 'function')
    return { path: `${path}.classify`, message: 'must be a function' };
  return undefined;
}
