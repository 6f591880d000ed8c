import { expect, test } from 'vitest';

import { main } from './main.js';

test('a consumer with a client of its own handles its messages in order', async () => {
  const [first = -1, ...others] = await main();

  expect([first, ...others]).toEqual([first, first + 1, first + 2]);
});
