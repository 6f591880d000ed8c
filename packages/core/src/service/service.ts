import { defineOptions } from '../options/validate-options.js';
import { jsonLogger, type Logger } from '../telemetry/logger.js';
import type { MeterProvider, TracerProvider } from '../telemetry/tracing-types.js';
import type { ContextFactories } from './context-members.js';
import type { BaseContext, ContextFactory, None, RequestContext } from './request-context.js';

/** Providers other than the global ones. */
export interface ServiceTelemetry {
  readonly tracerProvider?: TracerProvider;
  readonly meterProvider?: MeterProvider;
}

/** What {@link Service.new} takes. */
export interface ServiceOptions<C extends object> {
  /** Name of the service, for consumer names, logs and telemetry. */
  readonly name: string;
  /** Where log events go. @defaultValue one line of JSON an event on standard error */
  readonly logger?: Logger;
  /** Telemetry providers other than the global ones; false = none at all. */
  readonly telemetry?: ServiceTelemetry | false;
  /** Context members: one function each, called on first use in a message; the result is kept for that message. With `dispose`, called when the handler has ended. */
  readonly context?: { readonly [K in keyof C]: ContextFactory<C[K]> } & {
    readonly [K in keyof BaseContext]?: never;
  };
}

declare const contextOf: unique symbol;
/** In the global registry: a service of another copy of the package is a service. */
const serviceBrand: unique symbol = Symbol.for('@millrace/service');

/**
 * What a team's handlers have in common: a name, a logger, telemetry, and the members that it adds to the request
 * context. One service is shared by any number of consumers.
 */
export class Service<out C extends object = None> {
  /** Carries the type of the members for inference; there is no such field at run time. */
  declare readonly [contextOf]: C;
  /** The brand. */
  readonly [serviceBrand] = true;
  readonly name: string;
  readonly logger: Logger;
  readonly telemetry: ServiceTelemetry | false;
  /** By member name, for the class of contexts that is made from them. */
  readonly contextFactories: ContextFactories;

  private constructor(options: ResolvedServiceOptions) {
    this.name = options.name;
    this.logger = options.logger ?? jsonLogger({ base: { service: options.name } });
    this.telemetry = options.telemetry;
    this.contextFactories = options.context;
  }

  /** Throws OPTIONS_INVALID, with all faults at once. */
  static new<C extends object = None>(options: ServiceOptions<C>): Service<C> {
    return new Service<C>(serviceOptions.resolve(options));
  }
}

/** The request context of a service's handlers: `ContextOf<typeof service>`. */
export type ContextOf<S> = S extends Service<infer C> ? RequestContext<C> : never;

/** The same options without the type parameter, which only the compiler needs. */
interface PlainServiceOptions extends Omit<ServiceOptions<None>, 'context'> {
  readonly context?: ContextFactories;
}
type ResolvedServiceOptions = ReturnType<typeof serviceOptions.resolve>;

const contextFactorySchema = {
  anyOf: [
    { typeof: 'function' },
    {
      type: 'object',
      properties: { create: { typeof: 'function' }, dispose: { typeof: 'function' } },
      required: ['create', 'dispose'],
      additionalProperties: false,
    },
  ],
} as const;

/** Typed by the interface, so that neither can change alone. */
const baseContextMembers = {
  service: true,
  consumer: true,
  logger: true,
  span: true,
  signal: true,
  attempt: true,
  round: true,
  deadline: true,
  headers: true,
} as const satisfies Record<keyof BaseContext, true>;

/** A member `then` would turn the context into a thenable, and awaiting it would call a user's function. */
const takenNames = [
  ...Object.keys(baseContextMembers),
  ...Object.getOwnPropertyNames(Object.prototype),
  'then',
];

/** The options of a service, as a checked table. */
export const serviceOptions = defineOptions<PlainServiceOptions>()(
  'Service',
  {
    name: {
      type: 'string',
      minLength: 1,
      description: 'Name of the service, for consumer names, logs and telemetry.',
    },
    logger: {
      methods: ['debug', 'info', 'warn', 'error', 'child'],
      description: 'Where log events go.',
    },
    telemetry: {
      anyOf: [
        { const: false },
        {
          type: 'object',
          properties: {
            tracerProvider: { methods: ['getTracer'], description: 'Makes the tracer.' },
            meterProvider: { methods: ['getMeter'], description: 'Makes the meter.' },
          },
          additionalProperties: false,
        },
      ],
      default: {},
      description: 'Telemetry providers other than the global ones; false = none at all.',
    },
    context: {
      type: 'object',
      additionalProperties: contextFactorySchema,
      propertyNames: { not: { enum: takenNames } },
      default: {},
      description:
        'Context members: one function each, called on first use in a message; the result is kept for that message.',
    },
  },
  ['name'],
);
