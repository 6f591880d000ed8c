import { type Clock, type Logger, MillraceError } from '@millrace/core';

import { Backoff } from './backoff.js';
import type { ConsumerConnection } from './consumer-connection.js';
import { clientError } from './kafka-error.js';
import { topicsForNative } from './native-boundary.js';
import { matchTopics, missingTopicsText, type TopicMatch, type WantedTopic } from './topic-check.js';

/** A topic that was just made is not known to every broker yet: a missing one is looked for again, this often. */
const lookAgain = { times: 3, firstMs: 200, mostMs: 500 };
const refreshTimeoutMs = 2_000;

/** What it works with. */
export interface SubscriptionParts {
  readonly wanted: readonly WantedTopic[];
  readonly connection: ConsumerConnection;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How often regular expressions are matched with the topics that exist. */
  readonly refreshMs: number;
}

/** What is subscribed: the topics that were asked for by name, and those that exist now and match. Always by name. */
export class TopicSubscription {
  readonly #parts: SubscriptionParts;
  #names: readonly string[] = [];

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
  }

  /** What is subscribed, or will be after a `subscribe`. */
  get names(): readonly string[] {
    return this.#names;
  }

  /**
   * Finds out what there is to subscribe.
   *
   * @throws MillraceError TOPIC_MISSING, and whatever the client says when no broker answers
   */
  async resolve(timeoutMs: number): Promise<void> {
    const { clock, connection, logger } = this.#parts;
    const backoff = new Backoff(clock, lookAgain.firstMs, lookAgain.mostMs);
    let match = await this.#match(timeoutMs);
    for (let time = 1; match.missing.length > 0 && time < lookAgain.times; time += 1) {
      await backoff.wait(connection.closing);
      match = await this.#match(timeoutMs);
    }
    if (match.missing.length > 0) {
      const existing = await this.#existing(undefined, timeoutMs);
      throw new MillraceError('TOPIC_MISSING', missingTopicsText(match.missing, existing));
    }
    for (const pattern of match.idle) {
      logger.warn({ pattern: String(pattern) }, 'no topic matches yet');
    }
    this.#names = match.names;
  }

  /** Joins the group for what was found; without any topic there is nothing to join for. */
  subscribe(): void {
    const names = topicsForNative(this.#names);
    if (names.length > 0) this.#parts.connection.call((client) => client.subscribe(names));
  }

  /** Follows the topics that come and go, if there are regular expressions. Ends when the connection closes. */
  async follow(): Promise<void> {
    const { wanted, connection, clock, refreshMs, logger } = this.#parts;
    if (wanted.every((topic) => typeof topic === 'string')) return;
    const interval = new Backoff(clock, refreshMs, refreshMs);
    for (;;) {
      await interval.wait(connection.closing);
      if (connection.isClosing) return;
      try {
        this.#follow(await this.#match(refreshTimeoutMs));
      } catch (error) {
        if (connection.isOpen)
          logger.debug({ error: clientError(error).message }, 'topics could not be listed');
      }
    }
  }

  #follow(match: TopicMatch): void {
    const { logger, connection, wanted } = this.#parts;
    // A topic that was asked for by name stays subscribed: it may be made anew.
    const names = [
      ...new Set([...match.names, ...wanted.filter((topic) => typeof topic === 'string')]),
    ].sort();
    const added = names.filter((name) => !this.#names.includes(name));
    const removed = this.#names.filter((name) => !names.includes(name));
    if (added.length === 0 && removed.length === 0) return;
    logger.info({ added, removed }, 'subscribing to what matches now');
    this.#names = names;
    if (names.length > 0) this.subscribe();
    else connection.call((client) => client.unsubscribe());
  }

  async #match(timeoutMs: number): Promise<TopicMatch> {
    const { wanted } = this.#parts;
    const named = wanted.filter((topic) => typeof topic === 'string');
    return matchTopics(
      wanted,
      await this.#existing(named.length === wanted.length ? named : undefined, timeoutMs),
    );
  }

  /** Which of these exist; without names, all there are. That is one large answer, so it is not asked for without need. */
  async #existing(names: readonly string[] | undefined, timeoutMs: number): Promise<string[]> {
    const existing: string[] = [];
    // One after the other: when no broker answers, one call finds out, not one a topic.
    for (const name of names ?? [undefined]) {
      const { topics } = await this.#parts.connection.metadata(name, timeoutMs);
      existing.push(...topics.filter(({ partitions }) => partitions.length > 0).map((topic) => topic.name));
    }
    return existing;
  }
}
