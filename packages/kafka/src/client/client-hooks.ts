import type { KafkaConfig } from './kafka-config.js';
import type { NativePartition } from './native-partition.js';

/** A token for SASL/OAUTHBEARER, as the binding wants it. */
export interface NativeToken {
  readonly tokenValue: string;
  /** Milliseconds since the epoch at which it ends. */
  readonly lifetime: number;
  readonly principal: string;
}

/**
 * Where the callbacks of a client lead to. A client's callbacks are fixed when it is made, and it may be made by the user,
 * before there is anybody to listen: so they are fixed to this, and whoever takes the client on fills it in.
 */
export interface ClientHooks {
  /** Partitions come (`ERR__ASSIGN_PARTITIONS`) or go. The group waits until it is answered. */
  rebalance: (error: unknown, partitions: readonly NativePartition[]) => void;
  /** A commit was acknowledged or refused as a whole. */
  committed: (error: unknown, partitions: readonly NativePartition[]) => void;
  /** The client's queue was empty and is not any more. */
  queueNotEmpty: () => void;
  token: () => Promise<NativeToken>;
  /** What may be shown of the client's configuration. */
  readonly config: KafkaConfig;
  /** A text without the rest of it. */
  readonly withoutSecrets: (text: string) => string;
}

/** In the global registry: a client made by another copy of the package can be taken on. */
export const clientHooks: unique symbol = Symbol.for('@millrace/kafka/client-hooks');

/** Hooks of a client that nobody has taken on yet. */
export function unheardHooks(
  config: KafkaConfig = {},
  hide: (text: string) => string = (text) => text,
): ClientHooks {
  return {
    rebalance: () => undefined,
    committed: () => undefined,
    queueNotEmpty: () => undefined,
    token: () => Promise.reject(new Error('the option oauthBearer is missing')),
    config,
    withoutSecrets: hide,
  };
}

/** Whether `createConsumer` or `createProducer` has made this. */
export function hasHooks(client: unknown): client is { readonly [clientHooks]: ClientHooks } {
  return typeof client === 'object' && client !== null && clientHooks in client;
}
