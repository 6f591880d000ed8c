/**
 * Errors that say that a message itself is unusable. It is where an error arose that counts, not its code: a
 * handler that decodes something else with the same functions fails as a handler.
 */
const invalidities = new WeakSet<object>();

/** Marks an error of decoding or validation; returns it, to be thrown. */
export function markInvalid<E extends object>(error: E): E {
  invalidities.add(error);
  return error;
}

/** Whether an error was raised by decoding or validating a message. */
export function saysInvalid(error: unknown): boolean {
  return typeof error === 'object' && error !== null && invalidities.has(error);
}
