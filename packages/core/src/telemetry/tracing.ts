import { isUtf8 } from 'node:buffer';

import {
  type Attributes,
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';

import type { Message } from '../message/message.js';
import { attributeNames, type AttributeSets, instrumentationName, schemaUrl } from './attributes.js';
import { errorType } from './error-type.js';
import { creationContext, remoteContext } from './trace-context.js';

/** Which spans are made; all resolved. */
export interface TracingChoice {
  /**
   * How the span of a message's processing relates to its producer's: a link, or (with a link as well) its
   * child.
   */
  readonly process: 'link' | 'parent';
  /** A span for every poll that brought messages, per topic. */
  readonly poll: boolean;
  /** A span for every commit. */
  readonly commit: boolean;
}

/** What handlers see as their span where none is recorded. It accepts everything and keeps nothing. */
export const inertSpan: Span = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

/** An SDK keeps no more links than this on a span unless it is told otherwise. */
const mostLinks = 128;

/** Longer keys are data rather than names. */
const longestKey = 256;

/**
 * The spans of one consumer. As long as no SDK is installed there is no tracer, and the one thing that is
 * done per message is to ask `isOn`. SDKs may come after the consumer, so `look` is called again now and
 * then.
 *
 * Attributes that samplers may want are given when the span is made; those of the single message follow only
 * if it is recorded.
 */
export class ConsumerTracing {
  readonly #sets: AttributeSets;
  readonly #choice: TracingChoice;
  readonly #provider: TracerProvider | undefined;
  #seen: TracerProvider | undefined = undefined;
  #tracer: Tracer | undefined = undefined;

  /** @param provider - the user's own; without it the global one counts */
  constructor(sets: AttributeSets, choice: TracingChoice, provider: TracerProvider | undefined) {
    this.#sets = sets;
    this.#choice = choice;
    this.#provider = provider;
  }

  get isOn(): boolean {
    return this.#tracer !== undefined;
  }

  /** Looks whether there is an SDK, or another one than before. */
  look(): void {
    const provider: MaybeProxy = this.#provider ?? trace.getTracerProvider();
    const behind = provider.getDelegate?.() ?? provider;
    if (behind === this.#seen) return;
    this.#seen = behind;
    this.#tracer = tracerOf(provider);
  }

  /**
   * Starts the span `process {topic}` and returns the context in which the handler is to run: the span is
   * active there, and the producer's baggage is at hand. Only to be called when `isOn`.
   */
  beginProcess(message: Message): Context {
    const { topic, partition } = message;
    const remote = remoteContext(message);
    const created = creationContext(remote);
    const parent =
      this.#choice.process === 'parent' || created === undefined ? remote : trace.deleteSpan(remote);
    const span = this.#start(
      `process ${topic}`,
      {
        kind: SpanKind.CONSUMER,
        attributes: this.#sets.of(topic, partition).processSpan,
        links: created === undefined ? [] : [{ context: created }],
      },
      parent,
    );
    if (span.isRecording()) span.setAttributes(this.#messageAttributes(message));
    return trace.setSpan(parent, span);
  }

  /** The process span that a context carries. */
  spanIn(active: Context): Span {
    return trace.getSpan(active) ?? inertSpan;
  }

  /** Runs with the span active, so that spans made by the handler become its children. */
  within<A, R>(active: Context, run: (argument: A) => R, argument: A): R {
    return context.with(active, run, undefined, argument);
  }

  /** Ends a process span. `failure` holds the error, which may be anything, `undefined` included. */
  endProcess(span: Span, failure: { readonly error: unknown } | undefined): void {
    if (failure !== undefined && span.isRecording()) recordFailure(span, failure.error);
    span.end();
  }

  /**
   * One span `poll {topic}` for each topic of the batch, with a link to each message's producer; it has ended
   * already. Times are milliseconds since the epoch.
   */
  polled(batch: readonly Message[], startedWallMs: number, endedWallMs: number): void {
    if (this.#tracer === undefined || !this.#choice.poll) return;
    const byTopic = new Map<string, Message[]>();
    for (const message of batch) {
      const messages = byTopic.get(message.topic);
      if (messages === undefined) byTopic.set(message.topic, [message]);
      else messages.push(message);
    }
    for (const [topic, messages] of byTopic) {
      const attributes = {
        ...this.#sets.span('poll', 'receive', topic),
        [attributeNames.batchSize]: messages.length,
      };
      const options = {
        kind: SpanKind.CLIENT,
        attributes,
        startTime: startedWallMs,
        links: this.#linksTo(messages),
      };
      this.#start(`poll ${topic}`, options, ROOT_CONTEXT).end(endedWallMs);
    }
  }

  /** One span `commit`, which has ended already; it may cover several topics, so its name has none. */
  committed(startedWallMs: number, endedWallMs: number): void {
    if (this.#tracer === undefined || !this.#choice.commit) return;
    const attributes = this.#sets.span('commit', 'settle');
    this.#start('commit', { kind: SpanKind.CLIENT, attributes, startTime: startedWallMs }, ROOT_CONTEXT).end(
      endedWallMs,
    );
  }

  #start(name: string, options: SpanStart, parent: Context): Span {
    return this.#tracer?.startSpan(name, options, parent) ?? inertSpan;
  }

  #messageAttributes(message: Message): Attributes {
    const names = this.#sets.messageNames;
    const key = textOf(message.key);
    return {
      [names.offset]: message.offset,
      ...(key === undefined ? {} : { [names.key]: key }),
      ...(message.value === null ? { [names.tombstone]: true } : {}),
    };
  }

  #linksTo(messages: readonly Message[]): Link[] {
    const links: Link[] = [];
    for (const message of messages) {
      if (links.length === mostLinks) break;
      const created = creationContext(remoteContext(message));
      if (created === undefined) continue;
      const attributes = {
        [attributeNames.partition]: String(message.partition),
        [this.#sets.messageNames.offset]: message.offset,
      };
      links.push({ context: created, attributes });
    }
    return links;
  }
}

interface SpanStart {
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  readonly links?: Link[];
  readonly startTime?: number;
}

/**
 * Without an SDK the API hands out a proxy that has nothing behind it. Its class is not exported by every
 * version; its methods are what tells it.
 */
interface MaybeProxy extends TracerProvider {
  getDelegate?: () => TracerProvider;
  getDelegateTracer?: (...args: Parameters<TracerProvider['getTracer']>) => Tracer | undefined;
}

function tracerOf(provider: MaybeProxy): Tracer | undefined {
  const options = { schemaUrl };
  if (typeof provider.getDelegateTracer !== 'function')
    return provider.getTracer(instrumentationName, undefined, options);
  return provider.getDelegateTracer(instrumentationName, undefined, options);
}

/** The conventions want text, and none where a key has no obvious one. */
function textOf(key: Buffer | null): string | undefined {
  return key === null || key.length > longestKey || !isUtf8(key) ? undefined : key.toString();
}

function recordFailure(span: Span, error: unknown): void {
  span.setAttribute(attributeNames.errorType, errorType(error));
  span.setStatus({ code: SpanStatusCode.ERROR });
  // an exception needs a text; of what is no error nothing but its type is told, since it may be a payload
  span.recordException(error instanceof Error ? error : `a handler threw a value of type ${typeof error}`);
}
