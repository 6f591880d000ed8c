import type { Delivery } from '../delivery/delivery.js';
import { type FailureDecision, failureDecision, type FailurePolicy } from '../failure/failure-policy.js';
import type { Outcome } from '../handler/outcome.js';
import { TopicRoutes } from '../handler/topic-routes.js';

/** Which policy decides about a failed message: that of its topic, or the consumer's. */
export class TopicFailures {
  readonly #common: FailureDecision;
  readonly #own: TopicRoutes<FailureDecision>;

  constructor(
    common: FailureDecision,
    routes: readonly {
      readonly topic: string | RegExp | undefined;
      readonly onFailure: FailurePolicy | undefined;
    }[],
  ) {
    this.#common = common;
    this.#own = new TopicRoutes(
      routes.map(({ topic, onFailure }) => ({
        topic,
        value: onFailure === undefined ? common : failureDecision(onFailure),
      })),
    );
  }

  decide(error: unknown, delivery: Delivery): Outcome {
    return (this.#own.of(delivery.message.topic) ?? this.#common)(error, delivery);
  }
}
