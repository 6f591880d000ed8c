/** Whether a value can be awaited. Handlers may return promises of other libraries, so any `then` counts. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' && typeof value !== 'function') return false;
  return value !== null && typeof (value as { then?: unknown }).then === 'function';
}
