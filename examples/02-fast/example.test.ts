import { expect, test } from 'vitest';

import { main } from './main.js';

test('messages are handled side by side and the one that breaks the schema is skipped', async () => {
  const { resized, skipped, mostAtOnce } = await main();

  expect({ resized, skipped }).toEqual({ resized: 200, skipped: 1 });
  expect(mostAtOnce).toBeGreaterThan(1);
  expect(mostAtOnce).toBeLessThanOrEqual(32);
});
