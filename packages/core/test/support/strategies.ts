import { fast, type FastChoice } from '../../src/strategy/fast.js';
import { inOrder, type InOrderChoice } from '../../src/strategy/in-order.js';
import type { Strategy } from '../../src/strategy/strategy.js';

/** An in-order strategy; `each` over the whole consumer unless told. */
export function ordered(choice: Partial<InOrderChoice> = {}): Strategy {
  return inOrder({ commit: 'each', lanes: 'consumer', intervalMs: 5_000, window: 100, ...choice });
}

/** A fast strategy; at least once with 16 handlers unless told. */
export function parallel(choice: Partial<FastChoice> = {}): Strategy {
  return fast({
    delivery: 'at-least-once',
    maxConcurrency: 16,
    intervalMs: 5_000,
    window: 10_000,
    ...choice,
  });
}
