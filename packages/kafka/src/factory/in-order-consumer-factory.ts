import {
  type ConsumerFactory,
  type DataOf,
  defineOptions,
  inOrder,
  type Logger,
  type ManagedConsumer,
  type ManagedFactory,
  type None,
  type SlotPool,
} from '@millrace/core';

import { consumerOptionTable, type GivenConsumerOptions } from './consumer-option-table.js';
import type { InOrderConsumerOptions, InOrderMembers, Several, WithOwnClient } from './consumer-options.js';
import { ConsumerPlan } from './consumer-plan.js';
import { optionRules } from './option-rules.js';

/** The options of {@link InOrderConsumerFactory}, as a checked table. */
export const inOrderConsumerOptions = defineOptions<GivenConsumerOptions & InOrderMembers>()(
  'InOrderConsumerFactory',
  {
    ...consumerOptionTable,
    commit: {
      enum: ['each', 'pipelined', 'interval'],
      default: 'each',
      description:
        'When a commit is sent: acknowledged before the next message, one always in flight, or in the background.',
    },
    lanes: {
      enum: ['consumer', 'partition'],
      default: 'consumer',
      description: 'One message at a time, or one a partition.',
    },
    autoCommitIntervalMs: {
      type: 'integer',
      minimum: 1,
      maximum: 3_600_000,
      default: 5_000,
      description: "Milliseconds between commits of `'interval'`.",
    },
  },
  ['name', 'groupId'],
  optionRules,
);

/**
 * One message at a time, in the order of the log (baseplate.py's `InOrderConsumerFactory`).
 *
 * Nothing is lost. After a crash at most one message repeats (one a lane) with `commit: 'each'`, what was handled during
 * two commit round trips with `'pipelined'`, at most `limits.window` with `'interval'`. A handler that fails stops the
 * server, and its message stays uncommitted, unless `onFailure` says otherwise.
 */
export class InOrderConsumerFactory implements ConsumerFactory, ManagedFactory {
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
  constructor(options: WithOwnClient<InOrderConsumerOptions<object, unknown, object>>) {
    const resolved = inOrderConsumerOptions.resolve(options);
    const { commit, lanes, autoCommitIntervalMs } = resolved;
    const strategy = inOrder({
      commit,
      lanes,
      intervalMs: autoCommitIntervalMs,
      window: resolved.limits.window,
    });
    this.#plan = new ConsumerPlan(resolved, strategy, commit === 'each' ? 'each' : 'steady');
    this.name = resolved.name;
    this.drainTimeoutMs = resolved.drainTimeoutMs;
  }

  /**
   * One handler for all topics; the type of its data comes from `schema` or `deserialize`.
   *
   * @throws OPTIONS_INVALID, with all faults at once
   */
  static new<const S extends object = object, C extends object = None, T = DataOf<S>>(
    options: InOrderConsumerOptions<S, T, C>,
  ): InOrderConsumerFactory {
    return new InOrderConsumerFactory(options as never);
  }

  /**
   * A handler for each topic: `handlers: [on('new_links', { schema, handler }), on(/^edited_/, { … })]`.
   *
   * @throws OPTIONS_INVALID, with all faults at once
   */
  static forTopics<C extends object = None>(options: Several<C, InOrderMembers>): InOrderConsumerFactory {
    return new InOrderConsumerFactory(options as never);
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
