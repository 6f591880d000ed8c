import type { Message } from '../../src/message/message.js';

/** A message of topic `orders`; `data` becomes its value as JSON, unless a value is given. */
export function aMessage({
  data = {},
  ...rest
}: Partial<Message> & { readonly data?: unknown } = {}): Message {
  const value = Buffer.from(JSON.stringify(data));
  return {
    topic: 'orders',
    partition: 3,
    offset: 17,
    timestamp: 1_750_000_000_000,
    size: value.length,
    key: null,
    value,
    ...rest,
  };
}
