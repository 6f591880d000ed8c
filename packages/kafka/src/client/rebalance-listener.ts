import {
  type Clock,
  type Logger,
  MillraceError,
  type PartitionStart,
  type Rebalance,
  type TopicPartition,
} from '@millrace/core';

import type { ConsumerConnection } from './consumer-connection.js';
import { ASSIGN_PARTITIONS, clientError, REVOKE_PARTITIONS } from './kafka-error.js';
import type { ListenerRelay } from './listener-relay.js';
import { partitionForNative, startForNative } from './native-boundary.js';
import type { NativePartition } from './native-partition.js';
import { placeKey } from './place-key.js';

const retryMs = 50;

/** What it works with. */
export interface RebalanceParts {
  readonly connection: ConsumerConnection;
  readonly relay: ListenerRelay;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A poll is under way, which may bring messages that the client handed over before the rebalance. */
  readonly isPolling: () => boolean;
}

/**
 * Turns the client's rebalance callback into values, one at a time, and answers into the calls that the group's protocol
 * wants. The group waits for every answer and the client cannot close without it, so none may be left out: what nobody
 * has answered when closing begins is answered here.
 */
export class RebalanceListener {
  readonly #parts: RebalanceParts;
  /** Arrived and not told yet. */
  readonly #waiting: Rebalance[] = [];
  /** Told, and not answered. */
  #told: Rebalance | undefined = undefined;
  /** Partitions that our answers have taken and not given back, by place. */
  readonly #owned = new Map<string, TopicPartition>();
  /** Ids of those that the client knows nothing of. */
  readonly #ours = new Set<number>();
  #isIncremental = true;
  #nextId = 1;

  constructor(parts: RebalanceParts) {
    this.#parts = parts;
  }

  /** What is ours at the moment. */
  get owned(): TopicPartition[] {
    return [...this.#owned.values()];
  }

  /** Nothing is owned, and no rebalance is on its way. */
  get isIdle(): boolean {
    return this.#owned.size === 0 && this.#waiting.length === 0 && this.#told === undefined;
  }

  /** From the client. */
  arrived(error: unknown, partitions: readonly NativePartition[]): void {
    const rebalance: Rebalance = {
      id: this.#nextId++,
      kind: this.#kindOf(error),
      partitions: partitions.map(({ topic, partition }) => ({ topic, partition })),
    };
    if (this.#parts.connection.isClosing) {
      this.#giveUp(rebalance);
      return;
    }
    this.#waiting.push(rebalance);
    if (!this.#parts.isPolling()) this.tell();
  }

  /**
   * Revokes everything without the group's knowing: for a member that goes and wants to find its partitions again. Its
   * answer gives nothing back, closing does.
   */
  revokeOwned(): void {
    const id = this.#nextId++;
    this.#ours.add(id);
    this.#waiting.push({ id, kind: 'revoke', partitions: this.owned });
    this.#owned.clear();
    queueMicrotask(() => this.tell());
  }

  /** Tells the next one, if nothing stands in the way. Called after each poll, too. */
  tell(): void {
    if (this.#told !== undefined) return;
    this.#told = this.#waiting.shift();
    if (this.#told !== undefined) this.#parts.relay.rebalance(this.#told);
  }

  /** Answers what was told. A second answer, or one to something else, changes nothing. */
  answer(rebalance: Rebalance, starts: readonly PartitionStart[]): void {
    if (this.#told?.id !== rebalance.id) return;
    const { connection, logger, relay } = this.#parts;
    const told = this.#told;
    this.#told = undefined;
    try {
      if (told.kind === 'assign') this.#assign(starts);
      else if (!this.#ours.delete(told.id)) this.#release(told);
    } catch (error) {
      const { name, message } = clientError(error);
      logger.error(
        { kind: told.kind, error: name, detail: message },
        'the answer to a rebalance was refused',
      );
      // What cannot be taken is taken by nobody: better to start anew. What cannot be given back is gone already.
      if (told.kind === 'assign' && connection.isOpen) {
        const failure = new MillraceError('CLIENT_FATAL', `partitions could not be assigned: ${message}`);
        queueMicrotask(() => relay.failed(failure));
      }
    }
    queueMicrotask(() => this.tell());
  }

  /** Closing has begun: what waits is answered, so that the client can go. */
  abandon(): void {
    const open = [...(this.#told === undefined ? [] : [this.#told]), ...this.#waiting.splice(0)];
    this.#told = undefined;
    for (const rebalance of open) this.#giveUp(rebalance);
  }

  #kindOf(error: unknown): Rebalance['kind'] {
    const { code } = clientError(error);
    const { connection } = this.#parts;
    const protocol = connection.call((client) => client.rebalanceProtocol());
    // Not known while the client leaves: then what it was before counts.
    if (protocol !== undefined && protocol !== 'NONE') this.#isIncremental = protocol === 'COOPERATIVE';
    if (code === ASSIGN_PARTITIONS) return 'assign';
    const isLost =
      code !== REVOKE_PARTITIONS || connection.call((client) => client.assignmentLost()) === true;
    return isLost ? 'lost' : 'revoke';
  }

  #assign(starts: readonly PartitionStart[]): void {
    const list = starts.map(startForNative);
    for (const place of starts) this.#owned.set(placeKey(place), place);
    this.#parts.connection.callToAnswer((client) =>
      this.#isIncremental ? client.incrementalAssign(list) : client.assign(list),
    );
  }

  #release({ partitions }: Rebalance): void {
    // What was never taken cannot be given back; the client would refuse the rest with it.
    const taken = partitions.filter((place) => this.#owned.has(placeKey(place))).map(partitionForNative);
    // The older protocol knows only all or nothing.
    if (this.#isIncremental) for (const place of taken) this.#owned.delete(placeKey(place));
    else this.#owned.clear();
    this.#parts.connection.callToAnswer((client) =>
      this.#isIncremental ? client.incrementalUnassign(taken) : client.unassign(),
    );
  }

  /** Answers with as little as possible: nothing is taken, everything is given back. */
  #giveUp(rebalance: Rebalance): void {
    const { connection, clock, logger } = this.#parts;
    if (this.#ours.delete(rebalance.id)) return;
    try {
      connection.callToAnswer((client, isLeaving) => {
        if (rebalance.kind !== 'assign' || isLeaving) this.#release(rebalance);
        else if (this.#isIncremental) client.incrementalAssign([]);
        else client.assign([]);
      });
    } catch (error) {
      logger.debug(
        { error: clientError(error).message },
        'the answer to a rebalance while closing was refused',
      );
      // A client that has only just been told to go may not know it yet; a moment later it takes any answer.
      if (!connection.isClosed) clock.after(retryMs, () => this.#giveUp(rebalance));
    }
  }
}
