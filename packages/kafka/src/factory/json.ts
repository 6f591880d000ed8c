import { json as coreJson } from '@millrace/core';

import type { KafkaMessage } from '../kafka-message.js';

/**
 * The default deserializer with a type of your choice: "trust me, the value is this", unchecked. With a `schema` the type
 * comes from there and is checked.
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- it is said by the caller alone: that is what the function is for
export function json<T>(): (message: KafkaMessage) => T {
  return coreJson<T>();
}
