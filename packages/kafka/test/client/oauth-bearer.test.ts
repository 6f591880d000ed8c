import { ManualClock } from '@millrace/testing';
import { describe, expect, test } from 'vitest';

import { tokenFrom } from '../../src/client/oauth-bearer.js';

describe('tokenFrom', () => {
  test.each([
    ['a duration', 60_000.4, 1_750_000_060_000],
    ['a moment', 1_750_000_900_000, 1_750_000_900_000],
  ])('takes the lifetime as %s', async (_what, lifetimeMs, lifetime) => {
    const clock = new ManualClock({ wallMs: 1_750_000_000_000 });
    const token = tokenFrom(() => Promise.resolve({ token: 't', principal: 'p', lifetimeMs }), clock);
    expect(await token()).toEqual({ tokenValue: 't', principal: 'p', lifetime });
  });

  test('hands on a failure', async () => {
    const token = tokenFrom(() => Promise.reject(new Error('no token')), new ManualClock());
    await expect(token()).rejects.toThrow('no token');
  });
});
