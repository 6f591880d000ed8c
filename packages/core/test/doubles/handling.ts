import { ManualClock } from '@millrace/testing';

import {
  contextClassFor,
  type ContextDelivery,
  type ContextParts,
} from '../../src/delivery/context-class.js';
import { failureDecision, type FailurePolicy } from '../../src/failure/failure-policy.js';
import {
  composeHandler,
  FILTERED,
  type HandlerParts,
  type HandlerRoute,
} from '../../src/handler/message-handler.js';
import { type Outcome, SUCCESS } from '../../src/handler/outcome.js';
import type { Message } from '../../src/message/message.js';
import type { ContextFactories } from '../../src/service/context-members.js';
import { ConsumerTelemetry, type TelemetryOptions } from '../../src/telemetry/consumer-telemetry.js';
import { aMessage } from './a-message.js';
import { RecordingLogger } from './recording-logger.js';

/** What a test sets; the rest is as plain as it gets. */
export interface HandlingChoice
  extends Partial<Omit<HandlerParts, 'routes' | 'telemetry' | 'disposesMembers'>>, Partial<HandlerRoute> {
  readonly routes?: readonly (Partial<HandlerRoute> & Pick<HandlerRoute, 'handler'>)[];
  readonly members?: ContextFactories;
  readonly handlerTimeoutMs?: number;
  readonly onFailure?: FailurePolicy;
  readonly observed?: Partial<TelemetryOptions>;
}

/** One consumer's handling without an engine: deliveries are made, handled and ended as a queue consumer does it. */
export class Handling {
  readonly clock = new ManualClock({ monotonicMs: 1_000 });
  readonly logger = new RecordingLogger();
  readonly telemetry: ConsumerTelemetry;
  readonly handle: ReturnType<typeof composeHandler>;
  readonly #contexts: ReturnType<typeof contextClassFor>;
  readonly #decide: ReturnType<typeof failureDecision>;
  #made = 0;

  constructor(choice: HandlingChoice = {}) {
    const { clock, logger } = this;
    this.telemetry = new ConsumerTelemetry({ ...observedPlainly, clock, ...choice.observed });
    this.#decide = failureDecision(choice.onFailure);
    const members = choice.members ?? {};
    const parts: ContextParts = {
      service: 'shop',
      consumer: observedPlainly.consumer,
      logger,
      clock,
      handlerTimeoutMs: choice.handlerTimeoutMs,
      members,
    };
    this.#contexts = contextClassFor(parts);
    this.handle = composeHandler({
      routes: (choice.routes ?? [choice]).map((route) => ({ ...plainRoute, ...route })),
      middleware: choice.middleware ?? [],
      filter: choice.filter,
      asyncContext: choice.asyncContext ?? false,
      telemetry: this.telemetry,
      latencyField: choice.latencyField,
      disposesMembers: Object.values(members).some((member) => typeof member !== 'function'),
    });
  }

  /** A delivery that is about to be handled. */
  deliver(message: Message = aMessage()): ContextDelivery {
    const home = { topic: message.topic, partition: message.partition, epoch: 1 };
    const delivery = new this.#contexts(message, home, this.#made++);
    delivery.startedAt = this.clock.monotonic();
    return delivery;
  }

  /** Handles a message and tells how it ended. */
  async run(message?: Message, delivery = this.deliver(message)): Promise<Outcome> {
    let outcome = SUCCESS;
    try {
      const answer = this.handle(delivery);
      if (answer === FILTERED) outcome = FILTERED;
      else await answer;
    } catch (error) {
      outcome = this.#decide(error, delivery);
    }
    this.telemetry.ended(delivery, outcome, this.clock.monotonic());
    return outcome;
  }
}

/** The error of an outcome that must not be a success. */
export function errorOf(outcome: Outcome): unknown {
  if (outcome.kind === 'success') throw new Error('the handling has succeeded');
  return outcome.error;
}

const plainRoute: HandlerRoute = {
  topic: undefined,
  deserialize: undefined,
  validate: undefined,
  handler: () => undefined,
};

const observedPlainly: Omit<TelemetryOptions, 'clock'> = {
  consumer: 'log_consumer.orders',
  groupId: 'shop.orders',
  system: {
    name: 'log',
    attributePrefix: 'messaging.log',
    clientId: 'client-1',
    server: 'broker.example:9092',
  },
  providers: false,
  tracing: false,
  metrics: true,
  read: () => ({ inFlight: 0, partitions: [] }),
};
