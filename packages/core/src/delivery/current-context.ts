import { AsyncLocalStorage } from 'node:async_hooks';

import type { RequestContext } from '../service/request-context.js';
import { contextOf } from './context-class.js';
import type { Delivery } from './delivery.js';

/**
 * One for the process: a handler's context is found whichever consumer it belongs to. As long as no consumer
 * uses it, promises cost nothing more; it is the first `run` that makes them dearer.
 */
const storage = new AsyncLocalStorage<Delivery>();

/**
 * The context of the handler that runs now; undefined outside of handlers, and with `asyncContext: false`.
 */
export function currentContext(): RequestContext | undefined {
  const delivery = storage.getStore();
  return delivery === undefined ? undefined : contextOf(delivery);
}

/** Runs a delivery's handler so that `currentContext` finds its context, across everything that it awaits. */
export function runInContext<R>(delivery: Delivery, run: (delivery: Delivery) => R): R {
  return storage.run(delivery, run, delivery);
}
