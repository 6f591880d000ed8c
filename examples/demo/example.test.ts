import { expect, test } from 'vitest';

import { ExampleProcess } from '../example-process.js';
import type { Summary } from './demo-summary.js';

test('a run to the end loses nothing and says so in one line of JSON', async () => {
  await using demo = new ExampleProcess('demo/main.js', ['--messages', '3000', '--exit']);

  expect(await demo.ended(), demo.err).toBe(0);
  const lines = demo.out.trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  const { ok, consumers } = JSON.parse(demo.out) as Summary;
  expect(ok).toBe(true);
  expect(consumers).toMatchObject([
    { produced: 3_000, handled: 3_000, committed: 3_000, duplicates: 0, outOfOrder: 0 },
    { produced: 3_000, handled: 3_000, committed: 3_000, duplicates: 0 },
  ]);
});

test('Ctrl-C drains: everything committed was handled', async () => {
  await using demo = new ExampleProcess('demo/main.js', ['--rate', '200']);
  await demo.says(/in order: handled [1-9]/);
  demo.kill('SIGINT');

  expect(await demo.ended(), demo.err).toBe(0);
  expect(demo.err).toContain('Nothing was lost.');
  expect(demo.out).toBe('');
});

test('an unknown option is refused with a hint', async () => {
  await using demo = new ExampleProcess('demo/main.js', ['--mesages', '5']);

  expect(await demo.ended()).toBe(1);
  expect(demo.err).toContain('did you mean --messages?');
});
