import type { Attributes } from '@opentelemetry/api';

/** Version of the semantic conventions that the names below are taken from; tracers and meters are told. */
export const schemaUrl = 'https://opentelemetry.io/schemas/1.44.0';

/** Name of the instrumentation, as backends show it. */
export const instrumentationName = '@millrace/core';

/**
 * The attributes in use. A copy of our own: the messaging conventions are still in development, and a minor
 * version of the package that holds them may rename what a released framework emits.
 */
export const attributeNames = {
  system: 'messaging.system',
  operationName: 'messaging.operation.name',
  operationType: 'messaging.operation.type',
  destination: 'messaging.destination.name',
  partition: 'messaging.destination.partition.id',
  group: 'messaging.consumer.group.name',
  clientId: 'messaging.client.id',
  batchSize: 'messaging.batch.message_count',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  errorType: 'error.type',
  consumer: 'millrace.consumer.name',
  outcome: 'millrace.outcome',
  rebalance: 'millrace.rebalance',
  quantile: 'millrace.quantile',
} as const;

/** Names of the transport for spans and metrics; what a source says of its system fits. */
export interface MessagingSystem {
  /** Value of `messaging.system`. */
  readonly name: string;
  /** Prefix of transport-specific attributes. */
  readonly attributePrefix: string;
  readonly clientId: string;
  /** `host:port`. */
  readonly server: string | undefined;
}

/** What all spans and metrics of one consumer have in common. */
export interface ConsumerFacts {
  readonly consumer: string;
  readonly groupId: string;
  readonly system: MessagingSystem;
}

/**
 * Everything about one partition that spans and metrics carry; frozen, made once and shared by all its
 * messages.
 */
export interface PartitionAttributes {
  readonly topic: string;
  readonly partition: number;
  /** For the span of a message's processing, at its creation, where samplers see them. */
  readonly processSpan: Attributes;
  /** For metrics of processing. */
  readonly process: Attributes;
  /** For metrics of receiving. */
  readonly poll: Attributes;
  /** For the framework's own metrics. */
  readonly own: Attributes;
}

/** Attributes of one consumer, by operation and by partition. */
export class AttributeSets {
  /** Names of the transport's own attributes of a message. */
  readonly messageNames: { readonly offset: string; readonly key: string; readonly tombstone: string };
  /** For the framework's own metrics of the consumer as a whole. */
  readonly own: Attributes;
  readonly #facts: ConsumerFacts;
  readonly #server: Attributes;
  readonly #topics = new Map<string, PartitionAttributes[]>();
  #lastTopic = '';
  #lastPartitions: PartitionAttributes[] = [];

  constructor(facts: ConsumerFacts) {
    const { attributePrefix: prefix, server } = facts.system;
    this.#facts = facts;
    this.#server = serverAttributes(server);
    this.messageNames = {
      offset: `${prefix}.offset`,
      key: `${prefix}.message.key`,
      tombstone: `${prefix}.message.tombstone`,
    };
    this.own = Object.freeze({
      [attributeNames.consumer]: facts.consumer,
      [attributeNames.group]: facts.groupId,
    });
  }

  /** Consecutive messages are nearly always of one topic: the map is looked into only when it changes. */
  of(topic: string, partition: number): PartitionAttributes {
    if (topic !== this.#lastTopic) this.#turnTo(topic);
    return (this.#lastPartitions[partition] ??= this.#make(topic, partition));
  }

  /** For metrics of an operation, on one topic or (commits) on several. */
  operation(name: string, topic?: string): Attributes {
    return {
      [attributeNames.system]: this.#facts.system.name,
      [attributeNames.operationName]: name,
      [attributeNames.group]: this.#facts.groupId,
      ...(topic === undefined ? {} : { [attributeNames.destination]: topic }),
      ...this.#server,
    };
  }

  /** For the span of an operation. */
  span(name: string, type: string, topic?: string): Attributes {
    return {
      ...this.operation(name, topic),
      [attributeNames.operationType]: type,
      [attributeNames.clientId]: this.#facts.system.clientId,
      [attributeNames.consumer]: this.#facts.consumer,
    };
  }

  #turnTo(topic: string): void {
    let partitions = this.#topics.get(topic);
    if (partitions === undefined) this.#topics.set(topic, (partitions = []));
    this.#lastTopic = topic;
    this.#lastPartitions = partitions;
  }

  #make(topic: string, partition: number): PartitionAttributes {
    const place = { [attributeNames.partition]: String(partition) };
    return {
      topic,
      partition,
      processSpan: Object.freeze({ ...this.span('process', 'process', topic), ...place }),
      process: Object.freeze({ ...this.operation('process', topic), ...place }),
      poll: Object.freeze({ ...this.operation('poll', topic), ...place }),
      own: Object.freeze({ ...this.own, [attributeNames.destination]: topic, ...place }),
    };
  }
}

/** An IPv6 address has colons of its own; the port follows the last one. */
function serverAttributes(server: string | undefined): Attributes {
  const match = /^\[?(.+?)\]?:(\d+)$/.exec(server ?? '');
  if (match === null) return server === undefined ? {} : { [attributeNames.serverAddress]: server };
  return { [attributeNames.serverAddress]: match[1], [attributeNames.serverPort]: Number(match[2]) };
}
