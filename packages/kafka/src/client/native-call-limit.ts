const mostAtOnce = 2;

interface Waiting {
  readonly start: () => void;
  readonly cancel: () => void;
}

/** What a call that was still waiting for its turn is rejected with when it is no longer wanted. */
export class CallCancelled extends Error {
  override readonly name = 'CallCancelled';
}

/**
 * Lets a few blocking native calls run at once, first come, first served. Connecting, looking up offsets, disconnecting:
 * each of these holds one of the four threads of libuv's pool while it waits for a broker, and files and DNS of the
 * whole process need the same threads. With two held at most, two are left whatever the brokers do.
 */
export class NativeCallLimit {
  readonly #most: number;
  readonly #waiting: Waiting[] = [];
  #running = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Calls that run now. */
  get running(): number {
    return this.#running;
  }

  /** Runs a call when its turn comes. An abort takes back a call that still waits; one that runs cannot be stopped. */
  run<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(new CallCancelled());
        return;
      }
      const waiting: Waiting = {
        start: () => {
          signal?.removeEventListener('abort', waiting.cancel);
          this.#running += 1;
          // Not `call().then`: a call that throws instead must give its place back too.
          new Promise<T>((answer) => {
            answer(call());
          })
            .finally(() => this.#ended())
            .then(resolve, reject);
        },
        cancel: () => {
          this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
          reject(new CallCancelled());
        },
      };
      if (this.#running < this.#most) waiting.start();
      else {
        this.#waiting.push(waiting);
        signal?.addEventListener('abort', waiting.cancel, { once: true });
      }
    });
  }

  #ended(): void {
    this.#running -= 1;
    this.#waiting.shift()?.start();
  }
}

/** In the global registry: two copies of the package share one pool of threads. */
const shared = Symbol.for('@millrace/kafka/native-call-limit');

/** The one limit of this process. */
export function processCallLimit(): NativeCallLimit {
  const registry = globalThis as typeof globalThis & { [shared]?: NativeCallLimit | undefined };
  return (registry[shared] ??= new NativeCallLimit(mostAtOnce));
}
