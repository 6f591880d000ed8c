import { expect, test } from 'vitest';

import { Deferred } from '../../src/internal/deferred.js';

test('a deferred is resolved from outside, once', async () => {
  const deferred = new Deferred<number>();
  deferred.resolve(1);
  deferred.resolve(2);
  deferred.reject(new Error('too late'));
  await expect(deferred.promise).resolves.toBe(1);
});

test('a deferred is rejected from outside', async () => {
  const deferred = new Deferred();
  deferred.reject(new Error('no'));
  await expect(deferred.promise).rejects.toThrow('no');
});
