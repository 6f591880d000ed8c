import { expect, test } from 'vitest';

import {
  type ConsumerView,
  type DemoState,
  type Paint,
  renderLine,
  renderScreen,
  sparkline,
} from './demo-view.js';

const consumer: ConsumerView = {
  title: 'in order',
  keepsOrder: true,
  state: 'running',
  handled: 21_328,
  duplicates: 0,
  outOfOrder: 0,
  perSecond: 480.4,
  history: [100, 480],
  lag: 12,
  inFlight: 1,
  latency: { p50: 3.2, p95: 8, p99: 14 },
};
const state: DemoState = {
  seconds: 62,
  kafka: 'embedded broker at 127.0.0.1:1',
  health: { url: 'http://127.0.0.1:8080/readyz', answer: '200 ready' },
  produced: 21_340,
  producedPerSecond: 481,
  wanted: undefined,
  isStopping: false,
  consumers: [
    consumer,
    { ...consumer, title: 'fast', keepsOrder: false, outOfOrder: 5_120, lag: undefined, latency: undefined },
  ],
  paid: new Map([
    ['JPY', 1_200],
    ['EUR', 123_456],
  ]),
  events: [{ level: 'warn', time: '12:00:00', text: 'commit failed' }],
};
const plain: Paint = (_style, text) => text;

test('the screen shows both consumers side by side', () => {
  const lines = renderScreen(state, 100, plain);

  expect(lines).toContain(`handled        ${'21,328'.padEnd(30)}${'21,328'.padEnd(30)}`);
  expect(lines).toContain(`lag            ${'12'.padEnd(30)}${'-'.padEnd(30)}`);
  expect(lines).toContain(`out of order   ${'0'.padEnd(30)}${'5,120, as it may'.padEnd(30)}`);
  expect(lines).toContain('paid           EUR 1,235  JPY 1,200');
  expect(lines).toContain('12:00:00 commit failed');
});

test('no line is wider than the terminal, colours not counted', () => {
  const painted = renderScreen(state, 40, (_style, text) => `<${text}>`);

  expect(painted.map((line) => line.replaceAll(/[<>]/g, '').length).every((width) => width <= 40)).toBe(true);
});

test('the last line says what Ctrl-C does', () => {
  const lastLine = (changed: Partial<DemoState>): string | undefined =>
    renderScreen({ ...state, ...changed }, 100, plain).at(-1);

  expect(lastLine({})).toBe('Ctrl-C drains and stops; a second one stops at once.');
  expect(lastLine({ isStopping: true })).toBe('Draining; Ctrl-C stops at once.');
  expect(lastLine({ isStopping: true, consumers: [{ ...consumer, state: 'stopped' }] })).toBe('');
});

test('disorder stands out where order was promised', () => {
  const broken = { ...state, consumers: [{ ...consumer, outOfOrder: 3 }] };
  const lines = renderScreen(broken, 100, (style, text) => (style === 'red' ? `!${text.trim()}!` : text));

  expect(lines.some((line) => line.includes('!3!'))).toBe(true);
});

test('without a terminal everything stands in one line', () => {
  expect(renderLine(state)).toBe(
    '1:02 | produced 21,340 (481/s) | ' +
      'in order: handled 21,328 (480/s) lag 12 in flight 1 p50 3 ms p99 14 ms duplicates 0 out of order 0 | ' +
      'fast: handled 21,328 (480/s) lag - in flight 1 p50 - p99 - duplicates 0 out of order 5,120',
  );
});

test('a sparkline is relative to its highest value', () => {
  expect(sparkline([0, 50, 100])).toBe('▁▅█');
  expect(sparkline([0, 0])).toBe('▁▁');
});
