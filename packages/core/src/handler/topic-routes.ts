/** What belongs to the topics of a name or a pattern. */
export interface TopicEntry<V> {
  /** Undefined = every topic. */
  readonly topic: string | RegExp | undefined;
  readonly value: V;
}

/**
 * Finds what belongs to a message's topic. A name goes before a pattern, and among equals the first one
 * counts; that is decided once for each topic. Consecutive messages are nearly always of one topic, so most
 * look-ups are one comparison.
 */
export class TopicRoutes<V> {
  readonly #entries: readonly TopicEntry<V>[];
  readonly #byTopic = new Map<string, V | undefined>();
  #lastTopic: string | undefined = undefined;
  #last: V | undefined = undefined;

  constructor(entries: readonly TopicEntry<V>[]) {
    this.#entries = entries;
  }

  /** Undefined when nothing belongs to the topic. */
  of(topic: string): V | undefined {
    if (topic !== this.#lastTopic) this.#turnTo(topic);
    return this.#last;
  }

  #turnTo(topic: string): void {
    if (!this.#byTopic.has(topic)) this.#byTopic.set(topic, this.#resolve(topic));
    this.#last = this.#byTopic.get(topic);
    this.#lastTopic = topic;
  }

  #resolve(topic: string): V | undefined {
    const found =
      this.#entries.find((entry) => entry.topic === topic) ??
      this.#entries.find((entry) => entry.topic instanceof RegExp && topic.search(entry.topic) >= 0) ??
      this.#entries.find((entry) => entry.topic === undefined);
    return found?.value;
  }
}
