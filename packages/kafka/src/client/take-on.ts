import { MillraceError, OptionsError } from '@millrace/core';

import type { ClientConfig } from './client-config.js';
import { clientHooks, hasHooks } from './client-hooks.js';
import { refusalOf } from './guarded-properties.js';
import type { KafkaConfig } from './kafka-config.js';
import type { LowLevelConsumer } from './low-level-client.js';
import type { NativeConsumer } from './native-client.js';

/**
 * Takes on a client, which may be the user's own. It must have been made by `createConsumer`, since a client's callbacks
 * are fixed when it is made; it must not be connected, since then they are in use; and what carries guarantees must be as
 * we gave it.
 */
export function takeOn(made: NativeConsumer, wanted: ClientConfig): LowLevelConsumer {
  // The user's function may not be checked by a compiler.
  if ((made as Partial<NativeConsumer> | undefined)?.isConnected?.() === true) {
    throw new MillraceError(
      'OPTIONS_INVALID',
      'consumer must return a client that is not connected yet, a new one each time: its callbacks are fixed when it connects, so leave connecting to Millrace',
    );
  }
  if (!hasHooks(made)) {
    throw new MillraceError(
      'OPTIONS_INVALID',
      'consumer must return a client made by createConsumer of @millrace/kafka: (config) => createConsumer({ ...config })',
    );
  }
  refuseChanged(made[clientHooks].config, wanted.properties);
  return made as unknown as LowLevelConsumer;
}

/** The user may add to the configuration, and change it, except for what may not be set either. */
function refuseChanged(given: KafkaConfig, wanted: KafkaConfig): void {
  const groupProtocol = given['group.protocol'] === 'consumer' ? 'consumer' : 'classic';
  const names = [...new Set([...Object.keys(given), ...Object.keys(wanted)])];
  const faults = names.flatMap((name) => {
    const refusal = refusalOf(name, 'consumer', groupProtocol);
    const isAddress = name === 'bootstrap.servers' || name === 'metadata.broker.list';
    if (refusal === undefined || isAddress || String(given[name]) === String(wanted[name])) return [];
    return [{ path: `'${name}'`, message: `cannot be changed: ${refusal}` }];
  });
  if (faults.length > 0) throw new OptionsError('consumer', faults);
}
