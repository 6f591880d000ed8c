import { type OptionFault, OptionsError } from '@millrace/core';

import type { KafkaConfig } from '../client/kafka-config.js';
import type { ConsumerOptions } from './consumer-options.js';

/** What an environment can say about a consumer. */
export type OptionsOfEnv = Partial<
  Pick<ConsumerOptions, 'bootstrapServers' | 'groupId' | 'kafkaConfig' | 'autoOffsetReset'>
>;

/** Variables that become a property of the client, with its name. */
const PROPERTIES: Readonly<Record<string, string>> = {
  KAFKA_SECURITY_PROTOCOL: 'security.protocol',
  KAFKA_SASL_MECHANISM: 'sasl.mechanism',
  KAFKA_SASL_USERNAME: 'sasl.username',
  KAFKA_SASL_PASSWORD: 'sasl.password',
  KAFKA_SSL_CA_LOCATION: 'ssl.ca.location',
  KAFKA_SSL_CERTIFICATE_LOCATION: 'ssl.certificate.location',
  KAFKA_SSL_KEY_LOCATION: 'ssl.key.location',
  KAFKA_SSL_KEY_PASSWORD: 'ssl.key.password',
  KAFKA_CLIENT_ID: 'client.id',
  KAFKA_GROUP_PROTOCOL: 'group.protocol',
  KAFKA_GROUP_INSTANCE_ID: 'group.instance.id',
};

/**
 * Options from environment variables, to be spread into a factory's: `KAFKA_BOOTSTRAP_SERVERS`, `KAFKA_GROUP_ID`,
 * `KAFKA_AUTO_OFFSET_RESET` (latest, earliest, error), and the connection's properties (`KAFKA_SECURITY_PROTOCOL`,
 * `KAFKA_SASL_…`, `KAFKA_SSL_…`, `KAFKA_CLIENT_ID`, `KAFKA_GROUP_PROTOCOL`, `KAFKA_GROUP_INSTANCE_ID`). Empty ones count
 * as absent. Pure: the environment is passed in.
 *
 * @throws OPTIONS_INVALID for a value that is none; it names the variable, not the value
 */
export function optionsFromEnv(env: Readonly<Record<string, string | undefined>>): OptionsOfEnv {
  const faults: OptionFault[] = [];
  const reset = given(env, 'KAFKA_AUTO_OFFSET_RESET');
  if (reset !== undefined && reset !== 'latest' && reset !== 'earliest' && reset !== 'error') {
    faults.push({ path: 'KAFKA_AUTO_OFFSET_RESET', message: "must be 'latest', 'earliest' or 'error'" });
  }
  if (faults.length > 0) throw new OptionsError('environment', faults);
  const bootstrapServers = given(env, 'KAFKA_BOOTSTRAP_SERVERS');
  const groupId = given(env, 'KAFKA_GROUP_ID');
  const kafkaConfig = propertiesOf(env);
  return {
    ...(bootstrapServers === undefined ? {} : { bootstrapServers }),
    ...(groupId === undefined ? {} : { groupId }),
    ...(reset === undefined ? {} : { autoOffsetReset: reset as 'latest' | 'earliest' | 'error' }),
    ...(Object.keys(kafkaConfig).length === 0 ? {} : { kafkaConfig }),
  };
}

function propertiesOf(env: Readonly<Record<string, string | undefined>>): KafkaConfig {
  const properties: Record<string, string> = {};
  for (const [variable, property] of Object.entries(PROPERTIES)) {
    const value = given(env, variable);
    if (value !== undefined) properties[property] = value;
  }
  return properties;
}

function given(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}
