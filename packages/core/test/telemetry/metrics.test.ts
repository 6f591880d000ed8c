import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { afterEach, describe, expect, test } from 'vitest';

import { metricCatalogue } from '../../src/telemetry/catalogue.js';
import type { ConsumerReading } from '../../src/telemetry/metrics.js';
import { aMessage } from '../doubles/a-message.js';
import { Handling, type HandlingChoice } from '../doubles/handling.js';

afterEach(() => {
  metrics.disable();
});

/** A meter provider whose metrics are read on demand. */
function sdk() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const collect = async (): Promise<Map<string, MetricData>> => {
    await reader.forceFlush();
    const scopes = exporter.getMetrics().at(-1)?.scopeMetrics ?? [];
    return new Map(
      scopes.flatMap(({ metrics: all }) => all).map((metric) => [metric.descriptor.name, metric]),
    );
  };
  return { meterProvider, collect };
}

function setup(choice: HandlingChoice = {}) {
  const { meterProvider, collect } = sdk();
  const handling = new Handling({
    ...choice,
    observed: { providers: { meterProvider }, ...choice.observed },
  });
  return { handling, collect };
}

/** Value and attributes of every point; of a histogram its sum and count. */
function points(metric: MetricData | undefined): unknown[] {
  if (metric === undefined) return [];
  if (metric.dataPointType === DataPointType.HISTOGRAM) {
    return metric.dataPoints.map(({ value, attributes }) => ({
      sum: value.sum,
      count: value.count,
      attributes,
    }));
  }
  return metric.dataPoints.map(({ value, attributes }) => ({ value, attributes }));
}

const group = { 'messaging.consumer.group.name': 'shop.orders' };
const own = { ...group, 'millrace.consumer.name': 'log_consumer.orders' };
const place = { 'messaging.destination.name': 'orders', 'messaging.destination.partition.id': '3' };
const server = { 'server.address': 'broker.example', 'server.port': 9092 };
const busy: ConsumerReading = {
  inFlight: 2,
  partitions: [
    { topic: 'orders', partition: 3, position: 40, committed: 17, lag: 23, inFlight: 2, buffered: 21 },
    {
      topic: 'orders',
      partition: 4,
      position: undefined,
      committed: undefined,
      lag: undefined,
      inFlight: 0,
      buffered: 0,
    },
  ],
};

describe('the metrics of a consumer', () => {
  test('are those of the catalogue, with its units and descriptions', async () => {
    const { handling, collect } = setup({ observed: { read: () => busy } });
    await handling.run();
    handling.telemetry.polled([aMessage()], 0, 1);
    handling.telemetry.noted({ type: 'commit.acknowledged', partitions: 1, roundTripMs: 1 }, 1);
    const collected = await collect();
    const told = Object.fromEntries(
      [...collected].map(([name, { descriptor: d }]) => [name, [d.unit, d.description]]),
    );
    expect(told).toEqual(
      Object.fromEntries(
        Object.entries(metricCatalogue).map(([name, entry]) => [name, [entry.unit, entry.description]]),
      ),
    );
  });

  test('have the attributes that the catalogue names, and no others', async () => {
    const { handling, collect } = setup({ observed: { read: () => busy }, onFailure: { otherwise: 'skip' } });
    await handling.run();
    await handling.run(aMessage({ value: Buffer.from('{') }));
    handling.telemetry.polled([aMessage()], 0, 1);
    handling.telemetry.noted({ type: 'commit.acknowledged', partitions: 1, roundTripMs: 1 }, 1);
    for (const [name, metric] of await collect()) {
      const allowed: readonly string[] = metricCatalogue[name as keyof typeof metricCatalogue].attributes;
      const used = metric.dataPoints.flatMap(({ attributes }) => Object.keys(attributes));
      expect(allowed, name).toEqual(expect.arrayContaining([...new Set(used)]));
    }
  });
});

describe('processing', () => {
  test('is measured in seconds, by partition, with the boundaries of the conventions', async () => {
    const { handling, collect } = setup({
      handler: () => {
        handling.clock.advance(250);
      },
    });
    await handling.run();
    const metric = (await collect()).get('messaging.process.duration');
    const common = { 'messaging.system': 'log', 'messaging.operation.name': 'process' };
    expect(points(metric)).toEqual([
      { sum: 0.25, count: 1, attributes: { ...common, ...group, ...place, ...server } },
    ]);
    const [point] = metric?.dataPointType === DataPointType.HISTOGRAM ? metric.dataPoints : [];
    expect(point?.value.buckets.boundaries).toEqual([
      0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]);
  });

  test('that failed has the type of its error', async () => {
    const { handling, collect } = setup({ handler: () => Promise.reject(new TypeError('no stock')) });
    await handling.run();
    const [point] = points((await collect()).get('messaging.process.duration'));
    expect(point).toMatchObject({ attributes: { 'error.type': 'TypeError' } });
  });

  test('is counted by how it ended', async () => {
    const { handling, collect } = setup({
      filter: (message: { offset: number }) => message.offset > 0,
      onFailure: { classify: (error) => (error === 'skip' ? 'skip' : 'crash') },
      handler: (_context, data) => {
        const { fail } = data as { fail?: string };
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- handlers throw anything
        if (fail !== undefined) throw fail;
      },
    });
    const messages = [
      aMessage(),
      aMessage(),
      aMessage({ data: { fail: 'skip' } }),
      aMessage({ data: { fail: 'crash' } }),
    ];
    for (const message of [...messages, aMessage({ value: Buffer.from('{') }), aMessage({ offset: 0 })])
      await handling.run(message);
    const values = (await collect())
      .get('millrace.consumer.processed')
      ?.dataPoints.map(({ value, attributes }) => [attributes['millrace.outcome'], value]);
    expect(Object.fromEntries(values ?? [])).toEqual({
      success: 2,
      invalid: 1,
      skipped: 1,
      filtered: 1,
      crashed: 1,
    });
  });

  test('does not count or measure a message twice whose handler was abandoned', async () => {
    const { handling, collect } = setup();
    const delivery = handling.deliver();
    handling.clock.advance(100);
    handling.telemetry.timedOut(delivery, { kind: 'crash', error: new Error() }, handling.clock.monotonic());
    delivery.abandoned = true;
    handling.clock.advance(900);
    handling.telemetry.ended(delivery, { kind: 'success' }, handling.clock.monotonic());
    const collected = await collect();
    expect(points(collected.get('messaging.process.duration'))).toMatchObject([{ sum: 0.1, count: 1 }]);
    expect(points(collected.get('millrace.consumer.handler.timeouts'))).toEqual([
      { value: 1, attributes: own },
    ]);
  });
});

describe('latency', () => {
  const producedAgo = (handling: Handling, ms: number) => handling.clock.wall() - ms;

  test('is the time from the message’s timestamp to the end of its handler', async () => {
    const { handling, collect } = setup({
      handler: () => {
        handling.clock.advance(500);
      },
    });
    await handling.run(aMessage({ timestamp: producedAgo(handling, 1_500) }));
    const metric = (await collect()).get('millrace.consumer.latency');
    expect(points(metric)).toEqual([{ sum: 2, count: 1, attributes: { ...own, ...place } }]);
  });

  test('counts from a field of the data where one is named, and is not told for messages without it', async () => {
    const { handling, collect } = setup({ latencyField: 'sentAt' });
    await handling.run(aMessage({ data: { sentAt: producedAgo(handling, 3_000) } }));
    for (const data of [{}, { sentAt: 'yesterday' }, null, 'text', []])
      await handling.run(aMessage({ data }));
    const metric = (await collect()).get('millrace.consumer.latency');
    expect(points(metric)).toMatchObject([{ sum: 3, count: 1 }]);
  });

  test('is not told for messages that failed', async () => {
    const { handling, collect } = setup({ handler: () => Promise.reject(new Error('no stock')) });
    await handling.run();
    expect((await collect()).has('millrace.consumer.latency')).toBe(false);
  });

  test('is none where the producer’s clock is ahead', async () => {
    const { handling, collect } = setup();
    await handling.run(aMessage({ timestamp: producedAgo(handling, -9_000) }));
    expect(points((await collect()).get('millrace.consumer.latency'))).toMatchObject([{ sum: 0, count: 1 }]);
  });

  test('follows the system time when that is set', async () => {
    const { handling, collect } = setup();
    handling.clock.setWall(handling.clock.wall() + 60_000);
    handling.clock.advance(1_000);
    await handling.run();
    await handling.run(aMessage({ timestamp: handling.clock.wall() }));
    const [point] = points((await collect()).get('millrace.consumer.latency')) as [
      { count: number; sum: number },
    ];
    expect([point.count, point.sum]).toEqual([2, 61]);
  });
});

describe('what is read on demand', () => {
  test('tells each partition’s lag, offsets and messages, as far as they are known', async () => {
    const collected = await setup({ observed: { read: () => busy } }).collect();
    const values = ['lag', 'offset', 'position', 'in_flight', 'buffered'].map((name) =>
      collected
        .get(`millrace.consumer.${name}`)
        ?.dataPoints.map(({ value, attributes }) => [
          attributes['messaging.destination.partition.id'],
          value,
        ]),
    );
    expect(values).toEqual([
      [['3', 23]],
      [['3', 17]],
      [['3', 40]],
      [
        ['3', 2],
        ['4', 0],
      ],
      [
        ['3', 21],
        ['4', 0],
      ],
    ]);
    expect(points(collected.get('millrace.consumer.lag'))).toEqual([
      { value: 23, attributes: { ...own, ...place } },
    ]);
  });

  test('tells the consumer’s handlers, partitions, rebalances and commits', async () => {
    const { handling, collect } = setup({ observed: { read: () => busy } });
    const { telemetry, clock } = handling;
    const now = clock.monotonic();
    telemetry.noted({ type: 'partitions.assigned', partitions: [] }, now);
    telemetry.noted({ type: 'partitions.assigned', partitions: [] }, now);
    telemetry.noted({ type: 'partitions.lost', partitions: [], abandoned: 0 }, now);
    telemetry.noted({ type: 'commit.failed', partitions: 1, code: 'X', message: '', failures: 1 }, now);
    telemetry.noted({ type: 'commit.acknowledged', partitions: 1, roundTripMs: 4 }, now);
    clock.advance(3_000);
    const collected = await collect();
    const value = (name: string): unknown => points(collected.get(`millrace.consumer.${name}`));
    expect(value('handlers.active')).toEqual([{ value: 2, attributes: own }]);
    expect(value('partitions')).toEqual([{ value: 2, attributes: own }]);
    expect(value('commit.failures')).toEqual([{ value: 1, attributes: own }]);
    expect(value('commit.age')).toEqual([{ value: 3, attributes: own }]);
    expect(value('rebalances')).toEqual(
      [
        ['assigned', 2],
        ['revoked', 0],
        ['lost', 1],
      ].map(([kind, count]) => ({ value: count, attributes: { ...own, 'millrace.rebalance': kind } })),
    );
    expect(points(collected.get('messaging.client.operation.duration'))).toEqual([
      {
        sum: 0.004,
        count: 1,
        attributes: { 'messaging.system': 'log', 'messaging.operation.name': 'commit', ...group, ...server },
      },
    ]);
  });

  test('is not read any more once the consumer has ended', async () => {
    let reads = 0;
    const { handling, collect } = setup({
      observed: {
        read: () => {
          reads += 1;
          return busy;
        },
      },
    });
    await collect();
    handling.telemetry.close();
    await collect();
    expect(reads).toBe(1);
  });
});

describe('a poll', () => {
  test('counts its messages by partition, and its duration once', async () => {
    const { handling, collect } = setup();
    const other = aMessage({ partition: 4 });
    handling.telemetry.polled(
      [aMessage(), aMessage(), other, aMessage(), aMessage({ topic: 'refunds' })],
      100,
      125,
    );
    const collected = await collect();
    const counted = collected
      .get('messaging.client.consumed.messages')
      ?.dataPoints.map(({ value, attributes }) => [
        attributes['messaging.destination.name'],
        attributes['messaging.destination.partition.id'],
        value,
      ]);
    expect(counted).toEqual([
      ['orders', '3', 3],
      ['orders', '4', 1],
      ['refunds', '3', 1],
    ]);
    expect(points(collected.get('messaging.client.operation.duration'))).toMatchObject([
      { sum: 0.025, count: 1 },
    ]);
  });

  test('that brought nothing is not measured', async () => {
    const { handling, collect } = setup();
    handling.telemetry.polled([], 100, 125);
    expect((await collect()).has('messaging.client.operation.duration')).toBe(false);
  });
});

describe('without an SDK', () => {
  test('one that is registered later is found within a second, and counts from then on', async () => {
    const handling = new Handling({ observed: { providers: {} } });
    await handling.run();
    const { meterProvider, collect } = sdk();
    metrics.setGlobalMeterProvider(meterProvider);
    handling.clock.advance(1_000);
    await handling.run();
    expect(points((await collect()).get('messaging.process.duration'))).toMatchObject([{ count: 1 }]);
  });

  test.each<[string, HandlingChoice['observed'] & object]>([
    ['telemetry is off', { providers: false }],
    ['metrics are off', { providers: {}, metrics: false }],
  ])('or with one, nothing is recorded where %s', async (_what, observed) => {
    const { meterProvider, collect } = sdk();
    metrics.setGlobalMeterProvider(meterProvider);
    const handling = new Handling({ observed });
    await handling.run();
    handling.telemetry.polled([aMessage()], 0, 1);
    expect(await collect()).toEqual(new Map());
  });
});
