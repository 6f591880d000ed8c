import { healthOptionGroup, type HealthOptions } from '../health/health-options.js';
import type { OptionFault } from '../options/options-error.js';
import { defineOptions, type OptionRule } from '../options/validate-options.js';
import { jsonLogger, type Logger } from '../telemetry/logger.js';
import type { ConsumerFactory, ManagedFactory } from './managed-consumer.js';

/** How a server runs its consumers. */
export interface ServerOptions {
  /** Where health probes are answered; false = nowhere. @defaultValue `false` */
  readonly health?: HealthOptions | false;
  /**
   * How long stopping may take, in milliseconds, before draining is given up. Longer than the `drainTimeoutMs` of every
   * consumer, shorter than what the platform waits before it kills (30 s in Kubernetes).
   *
   * @defaultValue `25_000`
   */
  readonly stopTimeoutMs?: number;
  /** Handlers at once over all consumers of the server, shared fairly. @defaultValue each consumer has its own limit only */
  readonly concurrency?: number;
  /** Where the server logs; consumers log to their services' loggers. @defaultValue that of the first factory that has one */
  readonly logger?: Logger;
}

/** What {@link QueueConsumerServer.new} takes. */
export interface QueueConsumerServerOptions extends ServerOptions {
  /** One for each consumer, with different names. */
  readonly factories: readonly ConsumerFactory[];
}

/** Entries of {@link ServerOptions}, for all that take them. */
export const serverOptionTable = {
  factories: {
    type: 'array',
    minItems: 1,
    items: { typeof: 'object' },
    description: 'One for each consumer, with different names.',
  },
  health: {
    anyOf: [{ const: false }, healthOptionGroup],
    default: false,
    description: 'Where health probes are answered; false = nowhere.',
  },
  stopTimeoutMs: {
    type: 'integer',
    minimum: 1,
    maximum: 86_400_000,
    default: 25_000,
    description: 'How long stopping may take, in milliseconds, before draining is given up.',
  },
  concurrency: {
    type: 'integer',
    minimum: 1,
    description: 'Handlers at once over all consumers of the server, shared fairly.',
  },
  logger: {
    methods: ['debug', 'info', 'warn', 'error', 'child'],
    description: "Where the server logs; consumers log to their services' loggers.",
  },
} as const;

/** What the rules look at. */
interface Ruled {
  readonly factories: readonly ConsumerFactory[];
  readonly stopTimeoutMs: number;
}

/** What must hold between the options of a server. */
export const serverOptionRules: readonly OptionRule<Ruled>[] = [
  { reads: ['factories'], check: factoryFault },
  { reads: ['factories'], check: nameFault },
  { reads: ['factories', 'stopTimeoutMs'], check: stopFault },
];

/** The options of a server, as a checked table. */
export const serverOptions = defineOptions<QueueConsumerServerOptions>()(
  'QueueConsumerServer',
  serverOptionTable,
  ['factories'],
  serverOptionRules,
);

/** With defaults. */
export type ResolvedServerOptions = ReturnType<typeof serverOptions.resolve>;

/** The public type of a factory shows little; whether it can be used is known when it is given. */
export function isManagedFactory(factory: object): factory is ManagedFactory {
  const { kind, build } = factory as { readonly kind?: unknown; readonly build?: unknown };
  return kind === 'consumer-factory' && typeof build === 'function';
}

/** Where a server with these options logs. */
export function loggerOf({ logger, factories }: Pick<ResolvedServerOptions, 'logger' | 'factories'>): Logger {
  const ofFactories = factories.filter(isManagedFactory).map((factory) => factory.logger);
  return logger ?? ofFactories.find((one) => one !== undefined) ?? jsonLogger();
}

function factoryFault({ factories }: Ruled): OptionFault | undefined {
  const index = factories.findIndex((factory) => !isManagedFactory(factory));
  if (index < 0) return undefined;
  return {
    path: `factories[${String(index)}]`,
    message: 'must be a consumer factory, as InOrderConsumerFactory.new({ … }) makes one',
  };
}

function nameFault({ factories }: Ruled): OptionFault | undefined {
  const names = factories.filter(isManagedFactory).map(({ name }) => name);
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  if (repeated.size === 0) return undefined;
  return {
    path: 'factories',
    message: `must have different names, got more than once: ${[...repeated].join(', ')}`,
  };
}

/** The server gives up only after its consumers have had their time, or their own limits would mean nothing. */
function stopFault({ factories, stopTimeoutMs }: Ruled): OptionFault | undefined {
  const longer = factories
    .filter(isManagedFactory)
    .filter(({ drainTimeoutMs }) => drainTimeoutMs >= stopTimeoutMs);
  if (longer.length === 0) return undefined;
  const limits = longer.map(({ name, drainTimeoutMs }) => `${String(drainTimeoutMs)} (${name})`);
  return {
    path: 'stopTimeoutMs',
    message: `must be > the drainTimeoutMs of every consumer, got ${String(stopTimeoutMs)} with ${limits.join(', ')}`,
  };
}
