import {
  type Context,
  createTraceState,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  type SpanContext,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api';

import type { Message } from '../message/message.js';

type HeaderList = NonNullable<Message['headers']>;

/**
 * The context that the producer of a message left in its headers: its span, and baggage. Extraction starts
 * from the root: whatever is active where messages are polled has nothing to do with them.
 */
export function remoteContext(message: Message): Context {
  const { headers } = message;
  if (headers === undefined || headers.length === 0) return ROOT_CONTEXT;
  // Providers given to a service alone come without a global propagator; links to the producer are worth thirty lines.
  if (propagation.fields().length === 0) return extractTraceParent(headers);
  return propagation.extract(ROOT_CONTEXT, headers, headerGetter);
}

/** The producer's span, if there is a valid one. */
export function creationContext(remote: Context): SpanContext | undefined {
  const created = trace.getSpanContext(remote);
  return created !== undefined && isSpanContextValid(created) ? created : undefined;
}

/**
 * Header names are compared as they are: the transport knows no other sort. A repeated one gives all its
 * values, of which propagators take the first or the union.
 */
const headerGetter: TextMapGetter<HeaderList> = {
  keys: (headers) => headers.flatMap((entry) => Object.keys(entry)),
  get(headers, key) {
    const values = valuesOf(headers, key);
    return values.length < 2 ? values[0] : values;
  },
};

function valuesOf(headers: HeaderList, key: string): string[] {
  const values: string[] = [];
  for (const entry of headers) {
    if (!Object.hasOwn(entry, key)) continue;
    const value: unknown = entry[key];
    if (Buffer.isBuffer(value)) values.push(value.toString());
    else if (typeof value === 'string') values.push(value);
  }
  return values;
}

/** W3C Trace Context: version, trace id, span id, flags. A later version may append fields. */
const traceParent = /^(?!ff)([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:$|-)/;

function extractTraceParent(headers: HeaderList): Context {
  const match = traceParent.exec(valuesOf(headers, 'traceparent')[0] ?? '');
  if (match === null) return ROOT_CONTEXT;
  const [, , traceId = '', spanId = '', flags = ''] = match;
  const traceState = valuesOf(headers, 'tracestate').join(',');
  const created: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(traceState === '' ? {} : { traceState: createTraceState(traceState) }),
  };
  return isSpanContextValid(created) ? trace.setSpanContext(ROOT_CONTEXT, created) : ROOT_CONTEXT;
}
