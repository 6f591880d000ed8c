import type { LibrdKafkaError } from '@confluentinc/kafka-javascript';

/** Called back exactly once. The client's typings always promise an error; in truth it is null or undefined when there is none. */
export type ClientCallback<T> = (error?: LibrdKafkaError | null, result?: T) => void;

/** One call of the native client's callback style as a promise, whose rejection says what was tried. */
export function clientCall<T = void>(what: string, start: (done: ClientCallback<T>) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, result) => {
      if (error === null || error === undefined) resolve(result as T);
      else reject(new Error(`${what}: ${error.message} (${String(error.code)})`, { cause: error }));
    });
  });
}
