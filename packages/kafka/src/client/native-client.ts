import { createRequire } from 'node:module';

import { MillraceError } from '@millrace/core';

import { type ClientHooks, clientHooks, type NativeToken, unheardHooks } from './client-hooks.js';
import type { KafkaConfig } from './kafka-config.js';
import { clientError } from './kafka-error.js';
import type { LowLevelClient, LowLevelConsumer, NativeCallback } from './low-level-client.js';
import { configForNative } from './native-boundary.js';
import { nativeLoadError, refuseWorkerThread } from './native-load-error.js';
import type { NativePartition } from './native-partition.js';
import { describeConfig, hideConfig, withoutSecrets } from './safe-properties.js';

/** An unconnected low-level consumer, made by {@link createConsumer}. Millrace connects it, runs it and closes it. */
export interface NativeConsumer {
  isConnected(): boolean;
}

/** An unconnected low-level producer, made by {@link createProducer}. */
export interface NativeProducer {
  isConnected(): boolean;
}

/**
 * Makes a consumer of the low-level client without connecting it: for the option `consumer` of a factory's constructor,
 * which hands over Millrace's configuration to be spread and added to.
 *
 * @throws MillraceError CLIENT_UNAVAILABLE when the native client cannot be loaded, OPTIONS_INVALID for properties that it refuses
 */
export function createConsumer(config: KafkaConfig): NativeConsumer {
  const { KafkaConsumer } = nativeModule();
  return make('consumer', KafkaConsumer, config, (hooks) => ({
    rebalance_cb: (error: unknown, partitions: readonly NativePartition[]) =>
      hooks.rebalance(error, partitions),
    offset_commit_cb: (error: unknown, partitions: readonly NativePartition[]) =>
      hooks.committed(error, partitions),
    queue_non_empty_cb: () => hooks.queueNotEmpty(),
  }));
}

/**
 * Makes a producer of the low-level client without connecting it.
 *
 * @throws MillraceError CLIENT_UNAVAILABLE when the native client cannot be loaded, OPTIONS_INVALID for properties that it refuses
 */
export function createProducer(config: KafkaConfig): NativeProducer {
  const { Producer } = nativeModule();
  return make('producer', Producer, config, () => ({ dr_cb: true }));
}

/**
 * Connects without waiting for a broker. The binding's `connect` asks for metadata right after it has made the client,
 * holds a thread of the pool until there is an answer, and when there is none it throws the client away by itself; with a
 * broker that is not up yet that happens again and again. So for the duration of the call the client has the answer, and
 * whoever wants to know whether there is a broker asks afterwards.
 */
export function connectWithoutWaiting(client: LowLevelClient, done: NativeCallback): void {
  Object.defineProperty(client, 'getMetadata', {
    configurable: true,
    value: (_options: object, answer: NativeCallback) => answer(undefined, { brokers: [], topics: [] }),
  });
  client.connect({}, (error, result) => {
    Reflect.deleteProperty(client, 'getMetadata');
    done(error, result);
  });
}

/** Polls without waiting and without holding a thread; the wake-up comes by `queueNotEmpty`. */
export function pollWithoutWaiting(client: LowLevelConsumer): void {
  client.setDefaultConsumeTimeout(0);
  client.setDefaultIsTimeoutOnlyForFirstMessage(false);
}

type Make = new (config: object) => LowLevelClient;

interface NativeModule {
  readonly KafkaConsumer: Make;
  readonly Producer: Make;
}

let loaded: NativeModule | undefined;

/** Loads the native client at its first use: whoever only imports this package does without it. */
function nativeModule(): NativeModule {
  refuseWorkerThread();
  const require = createRequire(import.meta.url);
  try {
    return (loaded ??= require('@confluentinc/kafka-javascript') as NativeModule);
  } catch (error) {
    throw nativeLoadError(error);
  }
}

function make(
  kind: string,
  Client: Make,
  config: KafkaConfig,
  callbacksTo: (hooks: ClientHooks) => object,
): LowLevelClient {
  const hooks = unheardHooks(describeConfig(config), (text) => withoutSecrets(text, config));
  const properties = configForNative(config);
  let client: LowLevelClient;
  try {
    client = new Client({ ...properties, ...callbacksTo(hooks), ...tokenCallback(properties, hooks) });
  } catch (error) {
    // Not as the cause: its text may hold the value that was refused.
    throw new MillraceError(
      'OPTIONS_INVALID',
      `the Kafka client refuses its configuration: ${hooks.withoutSecrets(clientError(error).message)}`,
    );
  }
  Object.defineProperty(client, clientHooks, { value: hooks, enumerable: false });
  hideConfig(client, kind, config);
  return client;
}

/** Only where it is needed: with the callback set librdkafka expects to get its tokens from it. */
function tokenCallback(config: KafkaConfig, hooks: ClientHooks): object {
  const mechanism = config['sasl.mechanisms'] ?? config['sasl.mechanism'];
  const isOurs = mechanism === 'OAUTHBEARER' && config['sasl.oauthbearer.method'] !== 'oidc';
  return isOurs ? { oauthbearer_token_refresh_cb: (): Promise<NativeToken> => hooks.token() } : {};
}
