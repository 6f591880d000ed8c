import { setImmediate as nextTurn } from 'node:timers/promises';

import {
  type Context,
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SamplingDecision,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { MillraceError } from '../../src/errors.js';
import type { TracingChoice } from '../../src/telemetry/tracing.js';
import { inertSpan } from '../../src/telemetry/tracing.js';
import { aMessage } from '../doubles/a-message.js';
import { Handling, type HandlingChoice } from '../doubles/handling.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const traceHeaders = [
  { traceparent: Buffer.from(`00-${traceId}-${spanId}-01`) },
  { tracestate: Buffer.from('vendor=1') },
];
const traced = (): ReturnType<typeof aMessage> => aMessage({ headers: traceHeaders });

beforeEach(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterEach(() => {
  context.disable();
  trace.disable();
  propagation.disable();
});

/** A handling whose spans are kept, with an SDK given to the service alone. */
function setup(choice: HandlingChoice = {}, tracing: Partial<TracingChoice> = {}) {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const handling = new Handling({
    ...choice,
    observed: {
      providers: { tracerProvider: provider },
      tracing: { process: 'link', poll: true, commit: false, ...tracing },
      ...choice.observed,
    },
  });
  return { handling, provider, exporter, spans: () => exporter.getFinishedSpans() };
}

function only(spans: readonly ReadableSpan[]): ReadableSpan {
  const [span, ...others] = spans;
  if (span === undefined || others.length > 0) throw new Error(`${String(spans.length)} spans`);
  return span;
}

describe('the span of a message', () => {
  test('has the name, the kind and the attributes of the conventions', async () => {
    const { handling, spans } = setup();
    await handling.run(aMessage({ key: Buffer.from('order-1') }));
    const span = only(spans());
    expect([span.name, span.kind]).toEqual(['process orders', SpanKind.CONSUMER]);
    expect(span.attributes).toEqual({
      'messaging.system': 'log',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'orders',
      'messaging.destination.partition.id': '3',
      'messaging.consumer.group.name': 'shop.orders',
      'messaging.client.id': 'client-1',
      'messaging.log.offset': 17,
      'messaging.log.message.key': 'order-1',
      'server.address': 'broker.example',
      'server.port': 9092,
      'millrace.consumer.name': 'log_consumer.orders',
    });
    expect(span.instrumentationScope).toEqual({
      name: '@millrace/core',
      version: undefined,
      schemaUrl: 'https://opentelemetry.io/schemas/1.44.0',
    });
  });

  test('gives samplers the attributes they may want when it is made', async () => {
    const seen: string[][] = [];
    const provider = new BasicTracerProvider({
      sampler: {
        shouldSample(_context, _traceId, _name, _kind, attributes) {
          seen.push(Object.keys(attributes));
          return { decision: SamplingDecision.NOT_RECORD };
        },
        toString: () => 'keeps nothing',
      },
    });
    const { handling } = setup({ observed: { providers: { tracerProvider: provider } } });
    await handling.run();
    const wanted = [
      'messaging.system',
      'messaging.destination.name',
      'messaging.consumer.group.name',
      'server.address',
    ];
    expect(seen[0]).toEqual(expect.arrayContaining(wanted));
  });

  test('marks a message without a value, and tells no key that is no text', async () => {
    const { handling, spans } = setup();
    await handling.run(aMessage({ value: null, key: Buffer.from([0xff, 0xfe]) }));
    const { attributes } = only(spans());
    expect(attributes['messaging.log.message.tombstone']).toBe(true);
    expect(attributes).not.toHaveProperty('messaging.log.message.key');
  });

  test('is a root with a link to its producer by default', async () => {
    const { handling, spans } = setup();
    await handling.run(traced());
    const span = only(spans());
    expect(span.parentSpanContext).toBeUndefined();
    expect(span.spanContext().traceId).not.toBe(traceId);
    expect(span.links.map((link) => link.context)).toMatchObject([{ traceId, spanId, isRemote: true }]);
    expect(span.links[0]?.context.traceState?.get('vendor')).toBe('1');
  });

  test('is a child of its producer on demand, and keeps the link', async () => {
    const { handling, spans } = setup({}, { process: 'parent' });
    await handling.run(traced());
    const span = only(spans());
    expect(span.parentSpanContext).toMatchObject({ traceId, spanId });
    expect(span.spanContext().traceId).toBe(traceId);
    expect(span.links).toHaveLength(1);
  });

  test.each(['', 'garbage', `00-${'0'.repeat(32)}-${spanId}-01`, `ff-${traceId}-${spanId}-01`])(
    'has neither parent nor link when the header says %o',
    async (traceparent) => {
      const { handling, spans } = setup({}, { process: 'parent' });
      await handling.run(aMessage({ headers: [{ traceparent: Buffer.from(traceparent) }] }));
      const span = only(spans());
      expect([span.parentSpanContext, span.links]).toEqual([undefined, []]);
    },
  );

  test('does not become a child of whatever is active where messages are polled', async () => {
    const { handling, provider, spans } = setup();
    const outer = provider.getTracer('test').startSpan('outer');
    await context.with(trace.setSpan(context.active(), outer), () => handling.run());
    expect(only(spans()).parentSpanContext).toBeUndefined();
  });

  test('is active in the handler and everything it awaits: spans made there are its children', async () => {
    const { handling, provider, spans } = setup({
      asyncContext: true,
      handler: async (handled) => {
        await nextTurn();
        expect(trace.getActiveSpan()).toBe(handled.span);
        provider.getTracer('test').startSpan('child').end();
      },
    });
    await handling.run(traced());
    const [child, parent] = spans();
    expect([child?.name, parent?.name]).toEqual(['child', 'process orders']);
    expect(child?.parentSpanContext?.spanId).toBe(parent?.spanContext().spanId);
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  test('gives the context’s logger its ids', async () => {
    const { handling, spans } = setup({ handler: (handled) => handled.logger.info({}, 'seen') });
    await handling.run();
    const { traceId: trace_id, spanId: span_id } = only(spans()).spanContext();
    expect(handling.logger.lines[0]?.data).toMatchObject({ trace_id, span_id });
  });
});

describe('the end of a span', () => {
  const failing = (error: unknown, choice: HandlingChoice = {}) =>
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- handlers reject with anything
    setup({ handler: () => Promise.reject(error), onFailure: { otherwise: 'skip' }, ...choice });

  test('of a message that was handled has no status', async () => {
    const { handling, spans } = setup();
    await handling.run();
    const span = only(spans());
    expect([span.status, span.events, span.ended]).toEqual([{ code: SpanStatusCode.UNSET }, [], true]);
  });

  test('of a message that failed has the error, its type and the status, however the policy settles it', async () => {
    class OutOfStock extends Error {}
    const { handling, spans } = failing(new OutOfStock('no stock'));
    await handling.run();
    const span = only(spans());
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(span.attributes['error.type']).toBe('OutOfStock');
    expect(span.events).toMatchObject([
      { name: 'exception', attributes: { 'exception.message': 'no stock' } },
    ]);
  });

  test('tells the code of an error of the framework', async () => {
    const { handling, spans } = setup({ handler: () => undefined });
    await handling.run(aMessage({ value: Buffer.from('{') }));
    expect(only(spans()).attributes['error.type']).toBe('DECODE_FAILED');
  });

  test.each([undefined, null, 'secret', { secret: 1 }])(
    'tells of a thrown %o only its type',
    async (thrown) => {
      const { handling, spans } = failing(thrown);
      await handling.run();
      const span = only(spans());
      expect(span.attributes['error.type']).toBe('_OTHER');
      expect(JSON.stringify(span.events)).not.toContain('secret');
      expect(span.events).toHaveLength(1);
    },
  );

  test('of an abandoned handler comes when it ends at last, and says that its time was up', () => {
    const { handling, spans } = setup();
    const delivery = handling.deliver();
    void handling.handle(delivery);
    handling.telemetry.timedOut(
      delivery,
      { kind: 'crash', error: new MillraceError('HANDLER_TIMEOUT') },
      2_000,
    );
    delivery.abandoned = true;
    expect(spans()).toEqual([]);
    handling.telemetry.ended(delivery, { kind: 'success' }, 3_000);
    expect(only(spans()).attributes['error.type']).toBe('HANDLER_TIMEOUT');
  });

  test('does not come for a message that was filtered out: it has none', async () => {
    const { handling, spans } = setup({ filter: () => false });
    await handling.run();
    expect(spans()).toEqual([]);
  });
});

describe('a global propagator', () => {
  interface Extraction {
    readonly from: Context;
    readonly values: unknown[];
    readonly keys: string[];
  }

  test('reads header values as text, by their names as they are, from nothing that is active', async () => {
    const extractions: Extraction[] = [];
    propagation.setGlobalPropagator({
      fields: () => ['traceparent'],
      inject: () => undefined,
      extract(from: Context, carrier: unknown, getter: TextMapGetter) {
        const values = ['once', 'twice', 'ONCE', 'absent'].map((name) => getter.get(carrier, name));
        extractions.push({ from, values, keys: getter.keys(carrier) });
        return propagation.setBaggage(from, propagation.createBaggage({ tenant: { value: 'a' } }));
      },
    });
    const seen: unknown[] = [];
    const { handling, provider } = setup({
      handler: () => seen.push(propagation.getActiveBaggage()?.getEntry('tenant')?.value),
    });
    const outer = provider.getTracer('test').startSpan('outer');
    const headers = [{ once: Buffer.from('a') }, { twice: Buffer.from('b') }, { twice: Buffer.from('c') }];
    await context.with(trace.setSpan(context.active(), outer), () => handling.run(aMessage({ headers })));
    expect(extractions[0]?.values).toEqual(['a', ['b', 'c'], undefined, undefined]);
    expect(extractions[0]?.keys).toEqual(['once', 'twice', 'twice']);
    expect(trace.getSpan(extractions[0]?.from as Context)).toBeUndefined();
    // baggage reaches the handler although the producer's span is only linked
    expect(seen).toEqual(['a']);
  });
});

describe('a poll', () => {
  const batch = [
    traced(),
    aMessage({ offset: 18 }),
    aMessage({ topic: 'refunds', partition: 0, offset: 4, headers: traceHeaders }),
  ];

  test('has a span for each topic it has brought, with links to the producers', () => {
    const { handling, spans } = setup();
    const sentAt = handling.clock.monotonic();
    const startedWall = handling.clock.wall();
    handling.clock.advance(25);
    handling.telemetry.polled(batch, sentAt, handling.clock.monotonic());
    const [orders, refunds] = spans();
    expect([orders?.name, orders?.kind, refunds?.name]).toEqual([
      'poll orders',
      SpanKind.CLIENT,
      'poll refunds',
    ]);
    expect(orders?.attributes).toMatchObject({
      'messaging.operation.name': 'poll',
      'messaging.operation.type': 'receive',
      'messaging.destination.name': 'orders',
      'messaging.batch.message_count': 2,
    });
    expect(orders?.links).toMatchObject([
      {
        context: { traceId, spanId },
        attributes: { 'messaging.destination.partition.id': '3', 'messaging.log.offset': 17 },
      },
    ]);
    expect(refunds?.links).toHaveLength(1);
    expect(orders?.startTime).toEqual([Math.floor(startedWall / 1000), (startedWall % 1000) * 1e6]);
    expect(orders?.duration).toEqual([0, 25e6]);
  });

  test('has no more links than an SDK keeps', () => {
    const { handling, spans } = setup();
    handling.telemetry.polled(Array.from({ length: 200 }, traced), 0, 1);
    expect(only(spans()).links).toHaveLength(128);
  });

  test('has no span where that is switched off', () => {
    const { handling, spans } = setup({}, { poll: false });
    handling.telemetry.polled(batch, 0, 1);
    expect(spans()).toEqual([]);
  });
});

describe('a commit', () => {
  test.each([true, false])('has a span only where that is switched on (%s)', (commit) => {
    const { handling, spans } = setup({}, { commit });
    handling.telemetry.noted(
      { type: 'commit.acknowledged', partitions: 2, roundTripMs: 7 },
      handling.clock.monotonic(),
    );
    expect(spans().map(({ name, duration }) => [name, duration])).toEqual(
      commit ? [['commit', [0, 7e6]]] : [],
    );
  });
});

describe('without an SDK', () => {
  const globally = (): Handling =>
    new Handling({ observed: { providers: {}, tracing: { process: 'link', poll: true, commit: true } } });

  test('nothing is made for a message', async () => {
    const handling = globally();
    const delivery = handling.deliver(traced());
    await handling.run(undefined, delivery);
    expect(delivery.extras).toBeUndefined();
    expect(delivery.span).toBe(inertSpan);
  });

  test('one that is registered later is found within a second, and one that goes is left', async () => {
    const handling = globally();
    await handling.run();
    const exporter = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
    );
    await handling.run();
    expect(exporter.getFinishedSpans()).toEqual([]);
    handling.clock.advance(1_000);
    await handling.run();
    expect(exporter.getFinishedSpans()).toHaveLength(1);
    trace.disable();
    handling.clock.advance(1_000);
    await handling.run();
    expect(exporter.getFinishedSpans()).toHaveLength(1);
  });

  test.each<[string, HandlingChoice['observed'] & object]>([
    ['telemetry is off', { providers: false, tracing: { process: 'link', poll: true, commit: true } }],
    ['tracing is off', { providers: {}, tracing: false }],
  ])('or with one, nothing is made where %s', async (_what, observed) => {
    const exporter = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
    );
    const handling = new Handling({ observed });
    const delivery = handling.deliver(traced());
    await handling.run(undefined, delivery);
    handling.telemetry.polled([traced()], 0, 1);
    handling.telemetry.noted({ type: 'commit.acknowledged', partitions: 1, roundTripMs: 1 }, 1);
    expect(exporter.getFinishedSpans()).toEqual([]);
    expect(delivery.extras).toBeUndefined();
  });
});
