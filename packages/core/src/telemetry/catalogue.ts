/** One metric, as it is created and as the reference describes it. */
export interface MetricEntry {
  readonly instrument: 'histogram' | 'counter' | 'observable counter' | 'observable gauge';
  readonly unit: string;
  readonly description: string;
  readonly attributes: readonly string[];
  /** `conventions`: OpenTelemetry's messaging conventions; `own`: no convention has it. */
  readonly from: 'conventions' | 'own';
}

/** One kind of span. */
export interface SpanEntry {
  readonly kind: 'CONSUMER' | 'CLIENT';
  readonly when: string;
  readonly parent: string;
  readonly links: string;
}

const messaging = ['messaging.system', 'messaging.operation.name', 'messaging.consumer.group.name'];
const server = ['server.address', 'server.port'];
const perPartition = ['messaging.destination.name', 'messaging.destination.partition.id'];
const consumer = ['millrace.consumer.name', 'messaging.consumer.group.name'];

/**
 * Every metric of a consumer. Instruments are made from this table and the reference is generated from it, so
 * neither can say something else.
 */
export const metricCatalogue = {
  'messaging.process.duration': {
    instrument: 'histogram',
    unit: 's',
    description: 'How long the handling of a message took, from decoding to the end of the handler.',
    attributes: [...messaging, ...perPartition, ...server, 'error.type'],
    from: 'conventions',
  },
  'messaging.client.operation.duration': {
    instrument: 'histogram',
    unit: 's',
    description: 'How long a poll that brought messages took, and a commit until its acknowledgement.',
    attributes: [...messaging, ...server, 'error.type'],
    from: 'conventions',
  },
  'messaging.client.consumed.messages': {
    instrument: 'counter',
    unit: '{message}',
    description: 'Messages received. Each delivery counts, so one that is read again counts again.',
    attributes: [...messaging, ...perPartition, ...server],
    from: 'conventions',
  },
  'millrace.consumer.latency': {
    instrument: 'histogram',
    unit: 's',
    description:
      "From the producer's time (the message's timestamp, or `latencyField` of its data) to the end of a successful handler.",
    attributes: [...consumer, ...perPartition],
    from: 'own',
  },
  'millrace.consumer.processing.time': {
    instrument: 'observable gauge',
    unit: 's',
    description:
      'Quantiles of the time that handlers took in the last 10 to 20 seconds, as this process has measured it.',
    attributes: [...consumer, 'millrace.quantile'],
    from: 'own',
  },
  'millrace.consumer.processed': {
    instrument: 'observable counter',
    unit: '{message}',
    description: 'Messages by how their handling ended: success, invalid, skipped, filtered, crashed.',
    attributes: [...consumer, 'millrace.outcome'],
    from: 'own',
  },
  'millrace.consumer.handler.timeouts': {
    instrument: 'observable counter',
    unit: '{message}',
    description: 'Messages whose handler exceeded its time limit.',
    attributes: consumer,
    from: 'own',
  },
  'millrace.consumer.rebalances': {
    instrument: 'observable counter',
    unit: '{rebalance}',
    description: 'Rebalances by what happened to partitions: assigned, revoked, lost.',
    attributes: [...consumer, 'millrace.rebalance'],
    from: 'own',
  },
  'millrace.consumer.commit.failures': {
    instrument: 'observable counter',
    unit: '{commit}',
    description: 'Commits that the broker did not acknowledge.',
    attributes: consumer,
    from: 'own',
  },
  'millrace.consumer.commit.age': {
    instrument: 'observable gauge',
    unit: 's',
    description: 'Time since the last acknowledged commit.',
    attributes: consumer,
    from: 'own',
  },
  'millrace.consumer.handlers.active': {
    instrument: 'observable gauge',
    unit: '{handler}',
    description: 'Handlers that run now, those of lost partitions and those past their time limit included.',
    attributes: consumer,
    from: 'own',
  },
  'millrace.consumer.partitions': {
    instrument: 'observable gauge',
    unit: '{partition}',
    description: 'Partitions that this consumer owns.',
    attributes: consumer,
    from: 'own',
  },
  'millrace.consumer.lag': {
    instrument: 'observable gauge',
    unit: '{message}',
    description:
      'Messages between the committed offset and the end of the log, also while the partition is paused.',
    attributes: [...consumer, ...perPartition],
    from: 'own',
  },
  'millrace.consumer.offset': {
    instrument: 'observable gauge',
    unit: '{offset}',
    description: 'Next offset to read after a restart: what the broker has acknowledged as committed.',
    attributes: [...consumer, ...perPartition],
    from: 'own',
  },
  'millrace.consumer.position': {
    instrument: 'observable gauge',
    unit: '{offset}',
    description: 'Next offset to receive.',
    attributes: [...consumer, ...perPartition],
    from: 'own',
  },
  'millrace.consumer.in_flight': {
    instrument: 'observable gauge',
    unit: '{message}',
    description: 'Messages of the partition whose handlers run.',
    attributes: [...consumer, ...perPartition],
    from: 'own',
  },
  'millrace.consumer.buffered': {
    instrument: 'observable gauge',
    unit: '{message}',
    description: 'Messages of the partition that are received and not started.',
    attributes: [...consumer, ...perPartition],
    from: 'own',
  },
} as const satisfies Readonly<Record<string, MetricEntry>>;

/** A name of {@link metricCatalogue}. */
export type MetricName = keyof typeof metricCatalogue;

/** Every span of a consumer, by its name. */
export const spanCatalogue = {
  'process {topic}': {
    kind: 'CONSUMER',
    when: 'Around the handling of each message, from decoding to the end of the handler. Active while the handler runs.',
    parent: "None; with `tracing: { process: 'parent' }` the producer's span.",
    links: "The producer's span.",
  },
  'poll {topic}': {
    kind: 'CLIENT',
    when: 'For each poll that brought messages, one per topic.',
    parent: 'None.',
    links: "The producers' spans, at most 128.",
  },
  commit: {
    kind: 'CLIENT',
    when: 'For each commit, from sending it to its acknowledgement, with `tracing: { commit: true }`.',
    parent: 'None.',
    links: 'None.',
  },
} as const satisfies Readonly<Record<string, SpanEntry>>;

/** Boundaries of all duration histograms, in seconds, as the conventions advise. */
export const durationBoundaries: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** Latency has the same boundaries and goes on: a backlog is hours old. */
export const latencyBoundaries: readonly number[] = [
  ...durationBoundaries,
  30,
  60,
  300,
  1_800,
  7_200,
  43_200,
];
