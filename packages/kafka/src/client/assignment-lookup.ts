import type {
  AssignmentFacts,
  Clock,
  Logger,
  PartitionFacts,
  TopicFacts,
  TopicPartition,
} from '@millrace/core';

import { Backoff } from './backoff.js';
import { type ConsumerConnection, withoutErrors } from './consumer-connection.js';
import { clientError } from './kafka-error.js';
import type { ListenerRelay } from './listener-relay.js';
import type { NativePartition } from './native-partition.js';
import { placeKey } from './place-key.js';

/** Short, so that a broker that does not answer holds a thread for a short time; it is asked again. */
const timeoutMs = 1_500;
const retryFirstMs = 100;
const retryMostMs = 2_000;

/** What it works with. */
export interface LookupParts {
  readonly connection: ConsumerConnection;
  readonly relay: ListenerRelay;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Finds out what an assignment needs to know: the group's commits on all partitions of its topics, how many these are, and
 * the ends of the assigned logs. It asks until it knows: an error is never taken for "there is no commit", which would let
 * a partition start at the end of its log.
 */
export class AssignmentLookup {
  readonly #parts: LookupParts;
  /** The rebalance that is being looked up; others are not of interest any more. */
  #current: number | undefined = undefined;

  constructor(parts: LookupParts) {
    this.#parts = parts;
  }

  locate(rebalanceId: number, partitions: readonly TopicPartition[]): void {
    this.#current = rebalanceId;
    void this.#locate(rebalanceId, partitions);
  }

  /** The rebalance is answered: nobody waits for its facts any more. */
  forget(rebalanceId: number): void {
    if (this.#current === rebalanceId) this.#current = undefined;
  }

  async #locate(rebalanceId: number, partitions: readonly TopicPartition[]): Promise<void> {
    const { connection, relay, clock, logger } = this.#parts;
    const backoff = new Backoff(clock, retryFirstMs, retryMostMs);
    while (this.#current === rebalanceId && connection.isOpen) {
      try {
        const facts = await this.#lookUp(partitions);
        if (this.#current === rebalanceId) relay.located(rebalanceId, facts);
        return;
      } catch (error) {
        const { name, message } = clientError(error);
        if (connection.isClosing) return;
        logger.warn({ error: name, detail: message }, 'an assignment could not be looked up; trying again');
      }
      await backoff.wait(connection.closing);
    }
  }

  async #lookUp(partitions: readonly TopicPartition[]): Promise<AssignmentFacts> {
    const { connection } = this.#parts;
    const names = [...new Set(partitions.map(({ topic }) => topic))];
    const [ends, counts] = await Promise.all([
      connection.ends(partitions, timeoutMs).then(withoutErrors),
      this.#partitionCounts(names),
    ]);
    const everywhere = names.flatMap((topic, i) =>
      Array.from({ length: counts[i] ?? 0 }, (_, partition) => ({ topic, partition })),
    );
    const committed = await connection.committed(everywhere, timeoutMs);
    const commitAt = new Map(committed.map((commit) => [placeKey(commit), commit]));
    return {
      partitions: ends.map((end): PartitionFacts => ({
        ...end,
        committed: commitOf(commitAt.get(placeKey(end))),
      })),
      topics: names.map((topic, i): TopicFacts => ({
        topic,
        partitionCount: counts[i] ?? 0,
        metadata: committed.flatMap((commit) => {
          const metadata = commit.topic === topic ? commitOf(commit)?.metadata : undefined;
          return metadata === undefined ? [] : [metadata];
        }),
      })),
    };
  }

  async #partitionCounts(names: readonly string[]): Promise<number[]> {
    const counts: number[] = [];
    for (const name of names) {
      const { topics } = await this.#parts.connection.metadata(name, timeoutMs);
      const count = topics.find((topic) => topic.name === name)?.partitions.length ?? 0;
      // It is being deleted, or its leaders are not elected: the group will say what is to become of it.
      if (count === 0) throw new Error(`topic ${name} has no partitions at the moment`);
      counts.push(count);
    }
    return counts;
  }
}

function commitOf(place: NativePartition | undefined): PartitionFacts['committed'] {
  const { offset, metadata } = place ?? {};
  if (offset === undefined || offset < 0) return undefined;
  // Texts get a NUL at their end on the way in, and lose their last byte on the way out: other writers' may have one left.
  return { offset, metadata: metadata?.replace(/\0+$/, '') };
}
