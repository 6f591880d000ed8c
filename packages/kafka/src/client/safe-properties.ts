import { inspect } from 'node:util';

import type { KafkaConfig, PropertyValue } from './kafka-config.js';

/**
 * Properties whose values may be shown. A list of what is known to be harmless, not of what is known to be secret: a
 * property that nobody has thought of stays hidden.
 */
const safe: ReadonlySet<string> = new Set([
  'allow.auto.create.topics',
  'auto.commit.enable',
  'auto.commit.interval.ms',
  'auto.offset.reset',
  'bootstrap.servers',
  'broker.address.family',
  'check.crcs',
  'client.dns.lookup',
  'client.id',
  'client.rack',
  'compression.type',
  'connections.max.idle.ms',
  'enable.auto.commit',
  'enable.auto.offset.store',
  'enable.idempotence',
  'enable.partition.eof',
  'enable.ssl.certificate.verification',
  'fetch.error.backoff.ms',
  'fetch.max.bytes',
  'fetch.message.max.bytes',
  'fetch.min.bytes',
  'fetch.queue.backoff.ms',
  'fetch.wait.max.ms',
  'group.id',
  'group.instance.id',
  'group.protocol',
  'group.protocol.type',
  'group.remote.assignor',
  'heartbeat.interval.ms',
  'isolation.level',
  'linger.ms',
  'log.connection.close',
  'max.partition.fetch.bytes',
  'metadata.broker.list',
  'max.poll.interval.ms',
  'metadata.max.age.ms',
  'offset.store.method',
  'offset.store.path',
  'partition.assignment.strategy',
  'partitioner',
  'queued.max.messages.kbytes',
  'queued.min.messages',
  'receive.message.max.bytes',
  'reconnect.backoff.max.ms',
  'reconnect.backoff.ms',
  'retry.backoff.max.ms',
  'retry.backoff.ms',
  'sasl.mechanism',
  'sasl.mechanisms',
  'security.protocol',
  'session.timeout.ms',
  'socket.connection.setup.timeout.ms',
  'socket.keepalive.enable',
  'socket.timeout.ms',
  'ssl.endpoint.identification.algorithm',
  'statistics.interval.ms',
  'topic.metadata.refresh.interval.ms',
]);

/** A configuration as it may be shown: the harmless properties, and how many there are besides. */
export function describeConfig(config: KafkaConfig): Readonly<Record<string, PropertyValue>> {
  const entries = Object.entries(config);
  const shown = entries.filter(([name]) => safe.has(name));
  const hidden = entries.length - shown.length;
  return Object.fromEntries(hidden === 0 ? shown : [...shown, ['(hidden)', hidden]]);
}

/** A text of the client without any of the values that may not be shown: its complaint about a value may repeat it. */
export function withoutSecrets(text: string, config: KafkaConfig): string {
  return Object.entries(config)
    .filter(([name, value]) => !safe.has(name) && typeof value === 'string' && value.length >= 3)
    .sort(([, one], [, other]) => String(other).length - String(one).length)
    .reduce((rest, [, value]) => rest.replaceAll(String(value), '<hidden>'), text);
}

/**
 * Makes an object of the binding safe to log or inspect. It keeps the whole configuration, password and all, in a plain
 * field that nothing reads after the native object was made.
 */
export function hideConfig(client: object, kind: string, config: KafkaConfig): void {
  const shown = describeConfig(config);
  const describe = { value: () => `<${kind} ${String(config['client.id'] ?? '')}>`, enumerable: false };
  Object.defineProperties(client, {
    globalConfig: { value: shown, enumerable: false },
    topicConfig: { value: {}, enumerable: false },
    [inspect.custom]: describe,
    toJSON: describe,
  });
}
