import { describe, expect, test } from 'vitest';

import { parseDemoOptions } from './demo-options.js';

test('without options the demo runs until it is stopped, at a readable rate', () => {
  expect(parseDemoOptions([])).toEqual({ messages: undefined, exit: false, rate: 500, broker: undefined });
});

test('with --exit the rate is left to the consumers', () => {
  const options = parseDemoOptions(['--messages', '20000', '--exit']);

  expect(options).toEqual({ messages: 20_000, exit: true, rate: undefined, broker: undefined });
});

test('values may follow an equals sign, and numbers may have underscores', () => {
  const options = parseDemoOptions(['--messages=20_000', '--rate=50', '--broker=127.0.0.1:9092']);

  expect(options).toEqual({ messages: 20_000, exit: false, rate: 50, broker: '127.0.0.1:9092' });
});

test('--help wins', () => {
  expect(parseDemoOptions(['--help', '--rate', '3'])).toBe('help');
});

describe('it refuses', () => {
  test.for([
    [['--mesages', '5'], '--mesages is not an option; did you mean --messages?'],
    [['--exti'], '--exti is not an option; did you mean --exit?'],
    [['--zoo'], '--zoo is not an option'],
    [['20000'], 'npm start -- --messages 20000 --exit'],
    [['--messages'], '--messages needs a whole number above 0'],
    [['--messages', 'many'], '--messages needs a whole number above 0, got "many"'],
    [['--rate', '0'], '--rate needs a whole number above 0, got "0"'],
    [['--exit'], '--exit needs --messages'],
    [['--exit=yes', '--messages', '3'], '--exit takes no value'],
    [['--broker', 'kafka'], '--broker needs HOST:PORT, got "kafka"'],
  ] as const)('%j', ([args, text]) => {
    expect(() => parseDemoOptions(args)).toThrow(text);
  });
});
