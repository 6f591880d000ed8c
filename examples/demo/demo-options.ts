import { parseArgs } from 'node:util';

/** What the demo was asked for. */
export interface DemoOptions {
  /** Events to produce; undefined = until it is stopped. */
  readonly messages: number | undefined;
  /** Whether to end when all of them are handled, with a summary on standard output. */
  readonly exit: boolean;
  /** Events a second; undefined = as fast as they are read. */
  readonly rate: number | undefined;
  /** An existing Kafka; undefined = the embedded broker. */
  readonly broker: string | undefined;
}

/** What is wrong with a command line, to be shown as it is. */
export class UsageError extends Error {}

/** Readable, and far from what a laptop can do. */
const LIVE_RATE = 500;

export const usage = `npm start -- [options]

Runs an in-order and a fast consumer over a stream of order events and shows what happens.

  --messages N         produce N events, then stop producing (default: go on until Ctrl-C)
  --exit               with --messages: end when all are handled; prints one line of JSON on standard output
                       and exits 0 only if nothing was lost
  --rate N             events a second (default: ${String(LIVE_RATE)}; with --exit as many as are read)
  --broker HOST:PORT   use this Kafka instead of the embedded broker
  --help               show this

Ctrl-C drains and stops; a second Ctrl-C stops at once.
`;

const known = {
  messages: { type: 'string' },
  exit: { type: 'boolean' },
  rate: { type: 'string' },
  broker: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** The options of a command line, or `'help'`. Throws {@link UsageError}. */
export function parseDemoOptions(args: readonly string[]): DemoOptions | 'help' {
  const { tokens } = parseArgs({ args: [...args], options: known, strict: false, tokens: true });
  const given = new Map<string, string | undefined>();
  for (const token of tokens) {
    if (token.kind === 'positional') throw new UsageError(strayText(token.value));
    if (token.kind === 'option') given.set(knownName(token.name, token.rawName), token.value);
  }
  if (given.has('help')) return 'help';
  const exit = given.has('exit');
  const messages = positiveNumber(given, 'messages');
  if (exit && given.get('exit') !== undefined) throw new UsageError('--exit takes no value');
  if (exit && messages === undefined) {
    throw new UsageError('--exit needs --messages N: an endless run does not end by itself');
  }
  return {
    messages,
    exit,
    rate: positiveNumber(given, 'rate') ?? (exit ? undefined : LIVE_RATE),
    broker: address(given),
  };
}

function knownName(name: string, rawName: string): string {
  if (Object.hasOwn(known, name)) return name;
  const nearest = Object.keys(known).reduce((best, candidate) =>
    commonStart(candidate, name) > commonStart(best, name) ? candidate : best,
  );
  const hint = commonStart(nearest, name) > 0 ? `; did you mean --${nearest}?` : '';
  throw new UsageError(`${rawName} is not an option${hint}`);
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

/** `npm start --messages 5` without the `--` before it arrives as `5`: npm keeps the option for itself. */
function strayText(value: string): string {
  return `"${value}" belongs to no option. Options of npm start follow a --: npm start -- --messages 20000 --exit`;
}

function positiveNumber(given: ReadonlyMap<string, string | undefined>, name: string): number | undefined {
  if (!given.has(name)) return undefined;
  const text = given.get(name) ?? '';
  const value = /^\d[\d_]*$/.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new UsageError(`--${name} needs a whole number above 0${text === '' ? '' : `, got "${text}"`}`);
  }
  return value;
}

function address(given: ReadonlyMap<string, string | undefined>): string | undefined {
  if (!given.has('broker')) return undefined;
  const text = given.get('broker') ?? '';
  if (!/^[^\s,]+:\d+(,[^\s,]+:\d+)*$/.test(text)) {
    throw new UsageError(`--broker needs HOST:PORT${text === '' ? '' : `, got "${text}"`}`);
  }
  return text;
}
