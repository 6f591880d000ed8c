import { inspect } from 'node:util';

import { type OptionFault, OptionsError } from '@millrace/core';

import {
  connectionProperties,
  type ConsumerChoice,
  consumerProperties,
  type Prefetch,
  type SetProperty,
  sizeOfFetch,
} from './consumer-properties.js';
import { refusalOf } from './guarded-properties.js';
import type { KafkaConfig } from './kafka-config.js';
import { describeConfig } from './safe-properties.js';

/** The resolved configuration of one client. It may hold passwords, so it shows itself only in part. */
export class ClientConfig {
  readonly #properties: KafkaConfig;

  constructor(properties: KafkaConfig) {
    this.#properties = properties;
  }

  /** All of it, for the client and nobody else. */
  get properties(): KafkaConfig {
    return this.#properties;
  }

  get clientId(): string {
    return String(this.#properties['client.id'] ?? '');
  }

  get groupId(): string {
    return String(this.#properties['group.id'] ?? '');
  }

  /** The first address, `host:port`; undefined = the user's own client brings it. */
  get server(): string | undefined {
    return firstServer(this.#properties);
  }

  /** How long the group tolerates a member that does not poll. */
  get maxPollIntervalMs(): number {
    return Number(this.#properties['max.poll.interval.ms'] ?? defaultMaxPollIntervalMs);
  }

  toJSON(): object {
    return describeConfig(this.#properties);
  }

  [inspect.custom](): object {
    return describeConfig(this.#properties);
  }
}

/** The first address of a configuration, `host:port`. */
export function firstServer(config: KafkaConfig): string | undefined {
  const addresses = config['bootstrap.servers'] ?? config['metadata.broker.list'];
  return addresses === undefined ? undefined : String(addresses).split(',')[0]?.trim();
}

/** What a consumer's configuration is made of. */
export interface ConsumerConfigParts {
  /** Name of the consumer; the client's id. */
  readonly name: string;
  readonly groupId: string;
  /** Undefined = the user's own client brings it. */
  readonly bootstrapServers: string | undefined;
  readonly prefetch: Prefetch;
  /** @defaultValue `10_000` */
  readonly heldMessages?: number;
  readonly clientCommits: ConsumerChoice['clientCommits'];
  /** The user's properties, over ours. */
  readonly kafkaConfig: KafkaConfig;
}

/**
 * The configuration of a consumer: ours, each with its reason in `consumer-properties.ts`, and the user's over it.
 *
 * @throws OptionsError for properties that may not be set, with the option to use instead
 */
export function consumerConfig(parts: ConsumerConfigParts): ClientConfig {
  const { name, groupId, bootstrapServers, kafkaConfig } = parts;
  refuse(consumerConfigFaults(kafkaConfig));
  const ours = valuesOf(consumerProperties({ ...parts, groupProtocol: groupProtocolOf(kafkaConfig) }));
  const theirs = sizeOfFetch.some((property) => property in kafkaConfig) ? sizeOfFetch : [];
  return new ClientConfig({
    'client.id': name,
    'group.id': groupId,
    ...(bootstrapServers === undefined ? {} : { 'bootstrap.servers': bootstrapServers }),
    ...Object.fromEntries(Object.entries(ours).filter(([property]) => !theirs.includes(property))),
    ...kafkaConfig,
  });
}

/** The configuration of a producer that loses nothing and repeats nothing by itself, and the user's over it. */
export function producerConfig(parts: {
  readonly clientId: string;
  readonly bootstrapServers: string | undefined;
  readonly kafkaConfig: KafkaConfig;
}): ClientConfig {
  const { clientId, bootstrapServers, kafkaConfig } = parts;
  refuse(configFaults(kafkaConfig, 'producer'));
  return new ClientConfig({
    'client.id': clientId,
    ...(bootstrapServers === undefined ? {} : { 'bootstrap.servers': bootstrapServers }),
    ...valuesOf({ ...connectionProperties, ...producerProperties }),
    ...kafkaConfig,
  });
}

/** The configuration of a client that only looks. */
export function lookingConfig(parts: {
  readonly clientId: string;
  readonly bootstrapServers: string;
  readonly kafkaConfig: KafkaConfig;
}): ClientConfig {
  const { clientId, bootstrapServers, kafkaConfig } = parts;
  return new ClientConfig({
    ...valuesOf(connectionProperties),
    ...kafkaConfig,
    'client.id': clientId,
    // The binding makes no consumer without one. It never subscribes, so there will be no such group.
    'group.id': clientId,
    'bootstrap.servers': bootstrapServers,
    'enable.auto.commit': false,
    'allow.auto.create.topics': false,
  });
}

/**
 * Everything wrong with a consumer's `kafkaConfig`, to be told with the faults of the other options. With a
 * `drainTimeoutMs` also whether draining ends before the group takes the member for dead.
 */
export function consumerConfigFaults(kafkaConfig: KafkaConfig, drainTimeoutMs?: number): OptionFault[] {
  const faults = configFaults(kafkaConfig, 'consumer');
  const maxPollMs = Number(kafkaConfig['max.poll.interval.ms'] ?? defaultMaxPollIntervalMs);
  const bound = maxPollMs - drainMarginMs;
  if (drainTimeoutMs !== undefined && drainTimeoutMs >= bound) {
    faults.push({
      path: 'drainTimeoutMs',
      message: `must be < max.poll.interval.ms - ${drainMarginMs} (${bound}), got ${drainTimeoutMs}`,
    });
  }
  return faults;
}

/** librdkafka's default. */
const defaultMaxPollIntervalMs = 300_000;
/** What is left for the last commit and the answer to the group. */
const drainMarginMs = 5_000;

const producerProperties: Readonly<Record<string, SetProperty>> = {
  'enable.idempotence': {
    value: true,
    reason: 'a send that the client retries does not arrive twice or out of order',
  },
  acks: { value: 'all', reason: 'a message counts as sent when every in-sync replica has it' },
  partitioner: {
    value: 'murmur2_random',
    reason: "the same key goes where Java's clients put it; by default librdkafka uses another hash",
  },
};

function configFaults(kafkaConfig: KafkaConfig, client: 'consumer' | 'producer'): OptionFault[] {
  const groupProtocol = groupProtocolOf(kafkaConfig);
  return Object.keys(kafkaConfig).flatMap((property) => {
    const refusal = refusalOf(property, client, groupProtocol);
    return refusal === undefined
      ? []
      : [{ path: `kafkaConfig['${property}']`, message: `cannot be set: ${refusal}` }];
  });
}

function groupProtocolOf(kafkaConfig: KafkaConfig): 'classic' | 'consumer' {
  return String(kafkaConfig['group.protocol'] ?? 'classic').toLowerCase() === 'consumer'
    ? 'consumer'
    : 'classic';
}

function valuesOf(properties: Readonly<Record<string, SetProperty>>): KafkaConfig {
  return Object.fromEntries(Object.entries(properties).map(([name, { value }]) => [name, value]));
}

function refuse(faults: readonly OptionFault[]): void {
  if (faults.length > 0) throw new OptionsError('kafkaConfig', faults);
}
