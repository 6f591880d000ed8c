import {
  type ConsumerFactory,
  type DataOf,
  defineOptions,
  fast,
  type Logger,
  type ManagedConsumer,
  type ManagedFactory,
  type None,
  type SlotPool,
} from '@millrace/core';

import { consumerOptionTable, type GivenConsumerOptions } from './consumer-option-table.js';
import type { FastConsumerOptions, FastMembers, Several, WithOwnClient } from './consumer-options.js';
import { ConsumerPlan } from './consumer-plan.js';
import { optionRules } from './option-rules.js';

/** The options of {@link FastConsumerFactory}, as a checked table. */
export const fastConsumerOptions = defineOptions<GivenConsumerOptions & FastMembers>()(
  'FastConsumerFactory',
  {
    ...consumerOptionTable,
    maxConcurrency: {
      type: 'integer',
      minimum: 1,
      maximum: 100_000,
      default: 16,
      description: 'Handlers at once.',
    },
    delivery: {
      enum: ['at-least-once', 'at-most-once', 'baseplate'],
      default: 'at-least-once',
      description: 'What a crash may do: repeat, lose, or both as the ancestor.',
    },
    autoCommitIntervalMs: {
      type: 'integer',
      minimum: 1,
      maximum: 3_600_000,
      default: 5_000,
      description: 'Milliseconds between background commits.',
    },
  },
  ['name', 'groupId'],
  optionRules,
);

/**
 * Many messages at once, in any order (baseplate.py's `FastConsumerFactory`).
 *
 * By default nothing is lost, and after a crash at most `limits.window` messages repeat in each partition: the background
 * commit only ever covers what is processed. `delivery: 'at-most-once'` commits before it handles: nothing repeats, a
 * crash loses what was in flight and buffered. `delivery: 'baseplate'` leaves committing to the client, with the
 * ancestor's risks: both, but for a clean stop.
 */
export class FastConsumerFactory implements ConsumerFactory, ManagedFactory {
  readonly kind = 'consumer-factory';
  readonly name: string;
  /** @internal For the server's check of its own limit. */
  readonly drainTimeoutMs: number;
  readonly #plan: ConsumerPlan;

  /**
   * With a client of your own: `consumer: (config) => createConsumer({ ...config, … })` is called at start.
   *
   * @throws OPTIONS_INVALID, with all faults at once
   */
  constructor(options: WithOwnClient<FastConsumerOptions<object, unknown, object>>) {
    const resolved = fastConsumerOptions.resolve(options);
    const { maxConcurrency, delivery, autoCommitIntervalMs } = resolved;
    const strategy = fast({
      maxConcurrency,
      delivery,
      intervalMs: autoCommitIntervalMs,
      window: resolved.limits.window,
    });
    this.#plan = new ConsumerPlan(resolved, strategy, 'steady');
    this.name = resolved.name;
    this.drainTimeoutMs = resolved.drainTimeoutMs;
  }

  /**
   * One handler for all topics; the type of its data comes from `schema` or `deserialize`.
   *
   * @throws OPTIONS_INVALID, with all faults at once
   */
  static new<const S extends object = object, C extends object = None, T = DataOf<S>>(
    options: FastConsumerOptions<S, T, C>,
  ): FastConsumerFactory {
    return new FastConsumerFactory(options as never);
  }

  /**
   * A handler for each topic: `handlers: [on('new_links', { schema, handler }), on(/^edited_/, { … })]`.
   *
   * @throws OPTIONS_INVALID, with all faults at once
   */
  static forTopics<C extends object = None>(options: Several<C, FastMembers>): FastConsumerFactory {
    return new FastConsumerFactory(options as never);
  }

  /** @internal Where the server logs by default. */
  get logger(): Logger {
    return this.#plan.logger;
  }

  /** @internal Called by the server. */
  build(slots: SlotPool | undefined): ManagedConsumer {
    return this.#plan.build(slots);
  }
}
