import type { OptionDescription } from '../../packages/core/src/options/option-description.js';
import { serveOptions } from '../../packages/core/src/server/serve.js';
import { serverOptions } from '../../packages/core/src/server/server-options.js';
import { serviceOptions } from '../../packages/core/src/service/service.js';
import { fastConsumerOptions } from '../../packages/kafka/src/factory/fast-consumer-factory.js';
import { inOrderConsumerOptions } from '../../packages/kafka/src/factory/in-order-consumer-factory.js';

/** docs/configuration.md, from the tables that the options are checked by. */
export function configurationPage(): string {
  const inOrder = inOrderConsumerOptions.describe();
  const fast = fastConsumerOptions.describe();
  const server = serverOptions.describe();
  const isShared = ({ name }: OptionDescription): boolean =>
    inOrder.some((one) => one.name === name) && fast.some((one) => one.name === name);
  return [
    '# Configuration',
    'This page is generated from the tables that options are checked by: `npx vitest run -u test/architecture`.',
    'All times are in milliseconds. Every fault of a set of options is reported at once, each with its path and its bound, by an error with the code [`OPTIONS_INVALID`](reference/errors.md#options_invalid).',
    section(
      'Options of every consumer',
      inOrder.filter((option) => isShared(option) && option.name !== intervalOption),
    ),
    section(
      'InOrderConsumerFactory',
      inOrder.filter((option) => !isShared(option) || option.name === intervalOption),
    ),
    section(
      'FastConsumerFactory',
      fast.filter((option) => !isShared(option) || option.name === intervalOption),
    ),
    section('Service', serviceOptions.describe()),
    section('QueueConsumerServer', server),
    section(
      'serve',
      serveOptions.describe().filter(({ name }) => !server.some((one) => one.name === name)),
      'Besides those of the server:',
    ),
  ].join('\n\n');
}

/** In both factories, with another meaning in each. */
const intervalOption = 'autoCommitIntervalMs';

function section(title: string, options: readonly OptionDescription[], remark = ''): string {
  return [`## ${title}`, remark, ...options.map(entry)].filter((text) => text !== '').join('\n\n');
}

function entry({
  name,
  type,
  required,
  description,
  default: value,
  bounds,
  secret,
}: OptionDescription): string {
  const facts = [
    code(type),
    required ? 'required' : '',
    value === undefined || isEmptyObject(value) ? '' : `default ${code(literal(value))}`,
    ...bounds.map((bound) =>
      bound.startsWith('matches ') ? `matches ${code(bound.slice(8))}` : bound.replace(/^[<>]=? .*/, code),
    ),
    secret ? 'never printed' : '',
  ];
  return `### ${name}\n\n${facts.filter((fact) => fact !== '').join(' · ')}\n\n${description}`;
}

/** A group whose members have defaults of their own. */
function isEmptyObject(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
  );
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}

function code(text: string): string {
  return `\`${text}\``;
}
