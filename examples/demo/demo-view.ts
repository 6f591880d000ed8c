import type { styleText } from 'node:util';

import type { TailLine } from './event-tail.js';
import type { LatencyPercentiles } from './latency-window.js';
import { currencies, type Currency } from './order-events.js';
import type { CheckReport } from './run-checker.js';

/** One consumer, as the view shows it. */
export interface ConsumerView extends CheckReport {
  readonly title: string;
  readonly keepsOrder: boolean;
  readonly state: string;
  readonly perSecond: number;
  /** The rates of the last seconds, oldest first. */
  readonly history: readonly number[];
  /** Messages between what is committed and the end of the log; undefined = not known yet. */
  readonly lag: number | undefined;
  readonly inFlight: number;
  readonly latency: LatencyPercentiles | undefined;
}

/** Everything the view shows. */
export interface DemoState {
  readonly seconds: number;
  readonly kafka: string;
  readonly health: { readonly url: string; readonly answer: string };
  readonly produced: number;
  readonly producedPerSecond: number;
  readonly wanted: number | undefined;
  readonly isStopping: boolean;
  readonly consumers: readonly ConsumerView[];
  readonly paid: ReadonlyMap<Currency, number>;
  readonly events: readonly TailLine[];
}

export type Style = Parameters<typeof styleText>[0];
/** Puts a colour around a text, or not. */
export type Paint = (style: Style, text: string) => string;

/** A piece of a line; without a style it is plain. */
type Segment = string | readonly [style: Style, text: string];

const LABEL_WIDTH = 15;
const CELL_WIDTH = 30;
const HISTORY_WIDTH = 16;

/** The screen, line by line, none wider than the terminal. */
export function renderScreen(state: DemoState, columns: number, paint: Paint): string[] {
  return screenLines(state).map((segments) => paintLine(segments, columns, paint));
}

/** One line for a log. */
export function renderLine(state: DemoState): string {
  const consumers = state.consumers.map(
    ({ title, handled, perSecond, lag, inFlight, latency, duplicates, outOfOrder }) =>
      `${title}: handled ${count(handled)} (${count(perSecond)}/s) lag ${count(lag)} in flight ${inFlight} ` +
      `p50 ${milliseconds(latency?.p50)} p99 ${milliseconds(latency?.p99)} duplicates ${duplicates} out of order ${count(outOfOrder)}`,
  );
  const produced = `produced ${count(state.produced)} (${count(state.producedPerSecond)}/s)`;
  return [clock(state.seconds), produced, ...consumers].join(' | ');
}

function screenLines(state: DemoState): readonly (readonly Segment[])[] {
  const { consumers, health } = state;
  const rows = (label: string, cell: (consumer: ConsumerView) => Segment): Segment[] => [
    ['dim', label.padEnd(LABEL_WIDTH)],
    ...consumers.map((consumer) => padded(cell(consumer))),
  ];
  const wanted = state.wanted === undefined ? '' : ` of ${count(state.wanted)}`;
  return [
    [
      ['bold', 'Millrace demo'],
      ['dim', `   ${clock(state.seconds)}   ${state.kafka}`],
    ],
    [],
    [
      ['dim', 'health'.padEnd(LABEL_WIDTH)],
      health.url,
      '  ',
      [health.answer.startsWith('200') ? 'green' : 'yellow', health.answer],
    ],
    [
      ['dim', 'orders'.padEnd(LABEL_WIDTH)],
      `${count(state.produced)}${wanted} events produced, ${count(state.producedPerSecond)}/s`,
    ],
    [['dim', 'paid'.padEnd(LABEL_WIDTH)], paidText(state.paid)],
    [],
    rows('', ({ title }) => ['bold', title]),
    rows('state', ({ state: text }) => [text === 'running' ? 'green' : 'yellow', text]),
    rows('handled', ({ handled }) => count(handled)),
    rows(
      'a second',
      ({ perSecond, history }) => `${count(perSecond).padEnd(7)}${sparkline(history.slice(-HISTORY_WIDTH))}`,
    ),
    rows('lag', ({ lag }) => count(lag)),
    rows('in flight', ({ inFlight }) => count(inFlight)),
    rows('latency p50', ({ latency }) => milliseconds(latency?.p50)),
    rows('        p95', ({ latency }) => milliseconds(latency?.p95)),
    rows('        p99', ({ latency }) => milliseconds(latency?.p99)),
    rows('duplicates', ({ duplicates }) => (duplicates > 0 ? ['yellow', count(duplicates)] : '0')),
    rows('out of order', ({ outOfOrder, keepsOrder }) => disorder(outOfOrder, keepsOrder)),
    [],
    ...state.events.map(({ level, time, text }): Segment[] => [
      ['dim', `${time} `],
      [eventStyle[level], text],
    ]),
    [],
    [['dim', footer(state)]],
  ];
}

function footer({ isStopping, consumers }: DemoState): string {
  if (!isStopping) return 'Ctrl-C drains and stops; a second one stops at once.';
  return consumers.every(({ state }) => state === 'stopped') ? '' : 'Draining; Ctrl-C stops at once.';
}

const eventStyle = { info: 'reset', warn: 'yellow', error: 'red' } as const;

function disorder(outOfOrder: number, keepsOrder: boolean): Segment {
  if (outOfOrder === 0) return '0';
  return keepsOrder ? ['red', count(outOfOrder)] : `${count(outOfOrder)}, as it may`;
}

function padded(segment: Segment): Segment {
  return typeof segment === 'string'
    ? segment.padEnd(CELL_WIDTH)
    : [segment[0], segment[1].padEnd(CELL_WIDTH)];
}

/** Cuts first and paints then: escape sequences have no width. */
function paintLine(segments: readonly Segment[], columns: number, paint: Paint): string {
  let room = columns;
  let line = '';
  for (const segment of segments) {
    const [style, text] = typeof segment === 'string' ? [undefined, segment] : segment;
    const shown = text.slice(0, room);
    room -= shown.length;
    line += style === undefined || shown === '' ? shown : paint(style, shown);
  }
  return line;
}

/** Heights relative to the highest. */
export function sparkline(values: readonly number[]): string {
  const bars = '▁▂▃▄▅▆▇█';
  const highest = Math.max(1, ...values);
  return values.map((value) => bars[Math.round((value / highest) * (bars.length - 1))]).join('');
}

function paidText(paid: ReadonlyMap<Currency, number>): string {
  const sums = [...paid].sort(([a], [b]) => a.localeCompare(b));
  const texts = sums.map(([currency, amount]) => `${currency} ${count(amount / 10 ** currencies[currency])}`);
  return texts.length === 0 ? 'nothing yet' : texts.join('  ');
}

function count(value: number | undefined): string {
  return value === undefined ? '-' : Math.round(value).toLocaleString('en-US');
}

function milliseconds(value: number | undefined): string {
  if (value === undefined) return '-';
  return value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1_000).toFixed(1)} s`;
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
