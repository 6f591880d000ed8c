import {
  type Attributes,
  type BatchObservableCallback,
  type BatchObservableResult,
  type Counter,
  createNoopMeter,
  type Histogram,
  type Meter,
  type MeterProvider,
  metrics,
  type Observable,
} from '@opentelemetry/api';

import type { Message } from '../message/message.js';
import { attributeNames, type AttributeSets, instrumentationName, schemaUrl } from './attributes.js';
import { durationBoundaries, latencyBoundaries, metricCatalogue, type MetricName } from './catalogue.js';
import { outcomeLabels, type ProcessStatistics, rebalanceKinds } from './process-statistics.js';

/** Where a consumer stands, asked for whenever metrics are collected. A consumer's snapshot fits. */
export interface ConsumerReading {
  readonly inFlight: number;
  readonly partitions: readonly PartitionReading[];
}

/** One owned partition; undefined = not known yet. */
export interface PartitionReading {
  readonly topic: string;
  readonly partition: number;
  readonly position: number | undefined;
  readonly committed: number | undefined;
  readonly lag: number | undefined;
  readonly inFlight: number;
  readonly buffered: number;
}

/** What metrics read on demand. */
export interface MetricSources {
  readonly statistics: ProcessStatistics;
  readonly read: () => ConsumerReading;
  readonly now: () => number;
}

/**
 * The metrics of one consumer. Durations are recorded as they happen, and only while a meter provider is
 * installed; all else is read from the statistics and the snapshot when somebody collects.
 */
export class ConsumerMetrics {
  readonly #sets: AttributeSets;
  readonly #sources: MetricSources;
  readonly #ownProvider: MeterProvider | undefined;
  #provider: MeterProvider | undefined = undefined;
  #instruments: Instruments | undefined = undefined;

  /** @param provider - the user's own; without it the global one counts */
  constructor(sets: AttributeSets, sources: MetricSources, provider: MeterProvider | undefined) {
    this.#sets = sets;
    this.#sources = sources;
    this.#ownProvider = provider;
  }

  /** Somebody may collect. */
  get isOn(): boolean {
    return this.#instruments !== undefined;
  }

  /** Looks whether there is an SDK: unlike tracers, meters that were made before it stay without effect. */
  look(): void {
    const provider = this.#ownProvider ?? metrics.getMeterProvider();
    if (provider === this.#provider) return;
    this.#instruments?.close();
    this.#provider = provider;
    const meter = provider.getMeter(instrumentationName, undefined, { schemaUrl });
    this.#instruments =
      meter === createNoopMeter() ? undefined : new Instruments(meter, this.#sets, this.#sources);
  }

  /** `failedWith`: the value of `error.type`; undefined = success. */
  processed(message: Message, durationMs: number, failedWith: string | undefined): void {
    const { process } = this.#sets.of(message.topic, message.partition);
    this.#instruments?.processing.record(durationMs / 1000, withError(process, failedWith));
  }

  latency(message: Message, latencyMs: number): void {
    this.#instruments?.latency.record(
      Math.max(0, latencyMs) / 1000,
      this.#sets.of(message.topic, message.partition).own,
    );
  }

  /** A batch is nearly always a few runs of messages of one partition; each run is one addition. */
  polled(batch: readonly Message[], durationMs: number | undefined): void {
    const instruments = this.#instruments;
    if (instruments === undefined) return;
    if (durationMs !== undefined)
      instruments.operation.record(durationMs / 1000, this.#sets.operation('poll'));
    let first = 0;
    for (let next = 1; next <= batch.length; next++) {
      const message = batch[first] as Message;
      const other = batch[next];
      if (other?.partition === message.partition && other.topic === message.topic) continue;
      instruments.consumed.add(next - first, this.#sets.of(message.topic, message.partition).poll);
      first = next;
    }
  }

  committed(roundTripMs: number): void {
    this.#instruments?.operation.record(roundTripMs / 1000, this.#sets.operation('commit'));
  }

  /** Nothing is observed any more. */
  close(): void {
    this.#instruments?.close();
    this.#instruments = undefined;
  }
}

/** Everything made from one meter. */
class Instruments {
  readonly processing: Histogram;
  readonly operation: Histogram;
  readonly latency: Histogram;
  readonly consumed: Counter;
  readonly #meter: Meter;
  readonly #observables: Observables;
  readonly #observe: BatchObservableCallback;

  constructor(meter: Meter, sets: AttributeSets, sources: MetricSources) {
    this.#meter = meter;
    this.processing = histogram(meter, 'messaging.process.duration', durationBoundaries);
    this.operation = histogram(meter, 'messaging.client.operation.duration', durationBoundaries);
    this.latency = histogram(meter, 'millrace.consumer.latency', latencyBoundaries);
    this.consumed = meter.createCounter(
      'messaging.client.consumed.messages',
      described('messaging.client.consumed.messages'),
    );
    const observables = observablesOf(meter);
    this.#observables = observables;
    this.#observe = (result) => {
      const reading = sources.read();
      const observation = { result, observables, sets };
      observeConsumer(observation, sources, reading);
      for (const partition of reading.partitions) observePartition(observation, partition);
    };
    meter.addBatchObservableCallback(this.#observe, Object.values(this.#observables));
  }

  close(): void {
    this.#meter.removeBatchObservableCallback(this.#observe, Object.values(this.#observables));
  }
}

type ObservableName = {
  [N in MetricName]: (typeof metricCatalogue)[N]['instrument'] extends `observable ${string}` ? N : never;
}[MetricName];
type Observables = Readonly<Record<ObservableName, Observable>>;

function observablesOf(meter: Meter): Observables {
  const observables: Record<string, Observable> = {};
  for (const [name, { instrument }] of Object.entries(metricCatalogue)) {
    const options = described(name as MetricName);
    if (instrument === 'observable gauge') observables[name] = meter.createObservableGauge(name, options);
    if (instrument === 'observable counter') observables[name] = meter.createObservableCounter(name, options);
  }
  return observables as Observables;
}

interface Observation {
  readonly result: BatchObservableResult;
  readonly observables: Observables;
  readonly sets: AttributeSets;
}

function observeConsumer(
  { result, observables: o, sets }: Observation,
  sources: MetricSources,
  reading: ConsumerReading,
): void {
  const { own } = sets;
  const { ended, rebalances, handlerTimeouts, commitFailures, sinceLastCommitMs, processing } =
    sources.statistics.report(sources.now());
  const tell = (name: ObservableName, value: number, attributes: Attributes = own): void => {
    result.observe(o[name], value, attributes);
  };
  for (const label of outcomeLabels)
    tell('millrace.consumer.processed', ended[label], { ...own, [attributeNames.outcome]: label });
  for (const kind of rebalanceKinds) {
    tell('millrace.consumer.rebalances', rebalances[kind], { ...own, [attributeNames.rebalance]: kind });
  }
  tell('millrace.consumer.handler.timeouts', handlerTimeouts);
  tell('millrace.consumer.commit.failures', commitFailures);
  tell('millrace.consumer.handlers.active', reading.inFlight);
  tell('millrace.consumer.partitions', reading.partitions.length);
  if (sinceLastCommitMs !== undefined) tell('millrace.consumer.commit.age', sinceLastCommitMs / 1000);
  if (processing === undefined) return;
  for (const [quantile, ms] of [
    [0.5, processing.p50],
    [0.95, processing.p95],
    [0.99, processing.p99],
  ] as const) {
    tell('millrace.consumer.processing.time', ms / 1000, { ...own, [attributeNames.quantile]: quantile });
  }
}

function observePartition({ result, observables: o, sets }: Observation, reading: PartitionReading): void {
  const { own } = sets.of(reading.topic, reading.partition);
  const tell = (name: ObservableName, value: number | undefined): void => {
    if (value !== undefined) result.observe(o[name], value, own);
  };
  tell('millrace.consumer.lag', reading.lag);
  tell('millrace.consumer.offset', reading.committed);
  tell('millrace.consumer.position', reading.position);
  tell('millrace.consumer.in_flight', reading.inFlight);
  tell('millrace.consumer.buffered', reading.buffered);
}

function histogram(meter: Meter, name: MetricName, boundaries: readonly number[]): Histogram {
  return meter.createHistogram(name, {
    ...described(name),
    advice: { explicitBucketBoundaries: [...boundaries] },
  });
}

function described(name: MetricName): { unit: string; description: string } {
  const { unit, description } = metricCatalogue[name];
  return { unit, description };
}

function withError(attributes: Attributes, failedWith: string | undefined): Attributes {
  return failedWith === undefined ? attributes : { ...attributes, [attributeNames.errorType]: failedWith };
}
