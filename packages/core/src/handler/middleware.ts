import { MillraceError } from '../errors.js';
import { isThenable } from '../internal/thenable.js';
import type { RequestContext } from '../service/request-context.js';

/** What a middleware sees of a message: after decoding and validation, before the handler. */
export interface MiddlewareCall {
  readonly context: RequestContext;
  readonly data: unknown;
  readonly message: unknown;
}

/**
 * A behaviour around handlers: does something before, calls `next`, does something after. Not calling `next`
 * leaves the handler out, and the message counts as handled. An error that it does not let through is dealt
 * with.
 */
export type Middleware = (call: MiddlewareCall, next: () => Promise<void>) => void | Promise<void>;

/** The inner end of a chain. What it returns counts only if it can be awaited. */
export type InnerHandler = (context: RequestContext, data: unknown, message: unknown) => unknown;

/**
 * Puts middleware around a handler, the first one outermost. What is returned answers with a promise only
 * where one of them, or the handler, has returned one.
 *
 * Outline: `runFrom(i)` calls the middleware at i with a `next` that calls `runFrom(i + 1)`. What `next`
 * answers with is a promise in any case, as its type says; where everything further in was synchronous, it is
 * one that exists already.
 */
export function composeMiddleware(chain: readonly Middleware[], handler: InnerHandler): InnerHandler {
  if (chain.length === 0) return handler;

  const runFrom = (place: number, call: MiddlewareCall): unknown => {
    const middleware = chain[place];
    if (middleware === undefined) return handler(call.context, call.data, call.message);
    const turn: Turn = { state: 'open', inner: undefined, innerHasEnded: false };
    const next = (): Promise<void> => {
      if (turn.state === 'ended')
        return Promise.reject(misuse('next() was called after its middleware had ended'));
      if (turn.inner !== undefined)
        return Promise.reject(misuse('next() was called twice by one middleware'));
      return (turn.inner = startInner(turn, () => runFrom(place + 1, call)));
    };
    let own: unknown;
    try {
      own = middleware(call, next);
    } catch (error) {
      turn.state = 'ended';
      throw error;
    }
    return own !== turn.inner && isThenable(own) ? endAfter(turn, own) : endNow(turn);
  };

  return (context, data, message) => runFrom(0, { context, data, message });
}

/** One call of one middleware. */
interface Turn {
  state: 'open' | 'ended';
  /** What `next` has answered; undefined = not called. */
  inner: Promise<void> | undefined;
  innerHasEnded: boolean;
}

const done = Promise.resolve();

function startInner(turn: Turn, run: () => unknown): Promise<void> {
  try {
    const result = run();
    if (isThenable(result)) return follow(turn, result);
    turn.innerHasEnded = true;
    return done;
  } catch (error) {
    turn.innerHasEnded = true;
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what was thrown is handed on as it is
    return Promise.reject(error);
  }
}

async function follow(turn: Turn, result: PromiseLike<unknown>): Promise<void> {
  try {
    await result;
  } finally {
    turn.innerHasEnded = true;
  }
}

/**
 * The middleware was synchronous, or returned what `next` gave it: the message has been handled when that has
 * ended.
 */
function endNow(turn: Turn): unknown {
  turn.state = 'ended';
  return turn.inner === done ? undefined : turn.inner;
}

/**
 * A middleware that forgets to await `next` must not settle a message whose handler still runs: a crash would
 * lose it. So what goes on when the middleware has ended is waited for, and counts.
 */
async function endAfter(turn: Turn, own: PromiseLike<unknown>): Promise<void> {
  try {
    await own;
  } finally {
    turn.state = 'ended';
  }
  if (turn.inner !== undefined && !turn.innerHasEnded) await turn.inner;
}

function misuse(text: string): MillraceError {
  return new MillraceError('STATE_INVALID', text);
}
