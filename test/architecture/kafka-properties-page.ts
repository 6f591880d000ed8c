import { consumerProperties, type SetProperty } from '../../packages/kafka/src/client/consumer-properties.js';
import { refusalOf } from '../../packages/kafka/src/client/guarded-properties.js';
import { textOf } from './repository-files.js';

type Properties = Readonly<Record<string, SetProperty>>;

/** docs/reference/kafka-properties.md, from the tables that the client is configured by. */
export function kafkaPropertiesPage(remark: string): string {
  const steady = consumerProperties({
    groupProtocol: 'consumer',
    prefetch: 'steady',
    clientCommits: undefined,
  });
  const classic = consumerProperties({
    groupProtocol: 'classic',
    prefetch: 'steady',
    clientCommits: undefined,
  });
  const each = consumerProperties({ groupProtocol: 'consumer', prefetch: 'each', clientCommits: undefined });
  const sizes = Object.keys({ ...difference(steady, each), ...difference(each, steady) });
  return [
    '# Kafka properties',
    remark,
    'What a consumer tells librdkafka, beside names and addresses, and why. `kafkaConfig` overrides any of it but the properties of the last table.',
    table(without(steady, sizes)),
    'In classic groups (`group.protocol=classic`, the default) also:',
    table(without(classic, Object.keys(steady))),
    'How much is fetched ahead:',
    table(only(steady, sizes)),
    "The same for the in-order consumer with `commit: 'each'`:",
    table(only(each, sizes)),
    '## What cannot be set',
    'These are refused at start. With `group.protocol=consumer` (KIP-848) so are those that the broker decides.',
    refusals(),
  ].join('\n\n');
}

function table(properties: Properties): string {
  const rows = Object.entries(properties).map(
    ([name, { value, reason }]) => `| \`${name}\` | \`${String(value)}\` | ${reason} |`,
  );
  return ['| Property | Value | Why |', '| --- | --- | --- |', ...rows].join('\n');
}

function refusals(): string {
  const names = textOf('packages/kafka/src/client/guarded-properties.ts').matchAll(/^ {2}'?([a-z_.]+)'?:/gm);
  const refused = [...names].flatMap(([, name = '']) => {
    const reason = refusalOf(name, 'consumer', 'consumer');
    return reason === undefined ? [] : [`| \`${name}\` | ${reason} |`];
  });
  return ['| Property | Because |', '| --- | --- |', ...new Set(refused)].join('\n');
}

/** What the first has and the second has not, or has otherwise. */
function difference(first: Properties, second: Properties): Properties {
  return Object.fromEntries(
    Object.entries(first).filter(([name, { value }]) => second[name]?.value !== value),
  );
}

function without(properties: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));
}

function only(properties: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => names.includes(name)));
}
