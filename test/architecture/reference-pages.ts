import { type ErrorCode, errorCodes } from '../../packages/core/src/errors.js';
import {
  durationBoundaries,
  latencyBoundaries,
  metricCatalogue,
  type MetricEntry,
  spanCatalogue,
  type SpanEntry,
} from '../../packages/core/src/telemetry/catalogue.js';
import { eventCatalogue, type EventEntry } from '../../packages/core/src/telemetry/events.js';
import { errorAdvice } from './error-advice.js';
import { eventMeanings } from './event-meanings.js';
import { kafkaPropertiesPage } from './kafka-properties-page.js';
import { configurationPage } from './option-pages.js';

/** Every generated page with its text. */
export function referencePages(): readonly (readonly [page: string, text: string])[] {
  const pages = {
    'docs/configuration.md': configurationPage(),
    'docs/reference/errors.md': errorsPage(),
    'docs/reference/events.md': eventsPage(),
    'docs/reference/kafka-properties.md': kafkaPropertiesPage(GENERATED),
    'docs/reference/metrics.md': metricsPage(),
  };
  return Object.entries(pages).map(([page, text]) => [page, `${text}\n`]);
}

const GENERATED = 'Generated from the code by `npx vitest run -u test/architecture`.';

function errorsPage(): string {
  const entries = Object.entries(errorCodes).map(([code, { summary, retriable }]) =>
    [
      `## ${code}`,
      `${summary} ${retriable ? 'The same call may succeed later.' : 'Repeating the call does not help.'}`,
      errorAdvice[code as ErrorCode],
    ].join('\n\n'),
  );
  return [
    '# Errors',
    GENERATED,
    'Errors of the framework are `MillraceError`s with one of these codes in `code`. Codes never change their meaning; texts may change, so programs look at the code. `isMillraceError(error)` also recognises errors of another copy of the package. What lies behind an error is in `cause`. No error holds a key, a value or a secret.',
    ...entries,
  ].join('\n\n');
}

function eventsPage(): string {
  const meanings = eventMeanings();
  const rows = Object.entries<EventEntry>(eventCatalogue).map(([name, { level, text, perSecond }]) => {
    const limit =
      perSecond === undefined
        ? ''
        : ` At most ${perSecond} lines a second; the next line says how many were left out.`;
    return `| \`${name}\` | ${level} | ${text} | ${meanings.get(name) ?? ''}${limit} |`;
  });
  return [
    '# Log events',
    GENERATED,
    "What consumers and their server log. Each line holds the event's name as `event`, the consumer's as `consumer`, the constant text as `msg`, and the facts. No line holds a key, a value or a header of a message. What to alert on is said in [operations](../operations.md#what-to-alert-on).",
    ['| Event | Level | Text | Meaning |', '| --- | --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
}

function metricsPage(): string {
  return [
    '# Metrics and spans',
    GENERATED,
    'Through the OpenTelemetry API, with the providers given to `Service` or the global ones. Names of messaging come from the semantic conventions 1.44, which are still in development; what they lack has names of our own that begin with `millrace.`.',
    '## Metrics',
    metricTable(),
    `Boundaries of durations, in seconds: ${durationBoundaries.join(', ')}. Of latency: ${latencyBoundaries.join(', ')}.`,
    '## Spans',
    spanTable(),
  ].join('\n\n');
}

function metricTable(): string {
  const rows = Object.entries<MetricEntry>(metricCatalogue).map(
    ([name, { instrument, unit, description, attributes, from }]) =>
      `| \`${name}\` | ${instrument} | ${unit} | ${description}${from === 'conventions' ? ' (conventions)' : ''} | ${attributes.map((one) => `\`${one}\``).join(', ')} |`,
  );
  return [
    '| Metric | Instrument | Unit | Meaning | Attributes |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function spanTable(): string {
  const rows = Object.entries<SpanEntry>(spanCatalogue).map(
    ([name, { kind, when, parent, links }]) => `| \`${name}\` | ${kind} | ${when} | ${parent} | ${links} |`,
  );
  return ['| Span | Kind | When | Parent | Links |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}
