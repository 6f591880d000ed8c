import type { CommitEntry, CommitError } from '@millrace/core';
import { isMillraceError } from '@millrace/core';

import type { ConsumerConnection } from './consumer-connection.js';
import { commitErrorOf } from './kafka-error.js';
import type { ListenerRelay } from './listener-relay.js';
import { commitForNative } from './native-boundary.js';
import type { NativePartition } from './native-partition.js';
import { placeKey } from './place-key.js';

interface Sent {
  readonly id: number;
  readonly entries: readonly CommitEntry[];
}

/**
 * Sends commits and finds out what became of them. The client's `commit` returns when the request is queued; what the
 * broker says comes through a callback that carries neither our number nor the metadata, but partitions and offsets, and
 * one error for all of them.
 */
export class CommitChannel {
  readonly #connection: ConsumerConnection;
  readonly #relay: ListenerRelay;
  /** Sent and not answered; the committer sends one at a time. */
  #sent: Sent[] = [];

  constructor(connection: ConsumerConnection, relay: ListenerRelay) {
    this.#connection = connection;
    this.#relay = relay;
  }

  commit(id: number, entries: readonly CommitEntry[]): void {
    const sent = { id, entries };
    try {
      const offsets = entries.map(commitForNative);
      // Before the call: the acknowledgement of a commit must find it, however fast.
      this.#sent.push(sent);
      const isSent = this.#connection.call((client) => {
        client.commit(offsets);
        return true;
      });
      if (isSent !== true) this.#refuse(sent, notConnected);
    } catch (error) {
      this.#refuse(sent, isMillraceError(error) ? rejected(error) : commitErrorOf(error));
    }
  }

  /** From the client. It also tells of commits that are not ours, such as those it makes by itself. */
  answered(error: unknown, partitions: readonly NativePartition[]): void {
    const sent = this.#sent.find((candidate) => isAnswerTo(candidate, partitions));
    if (sent === undefined) return;
    this.#sent = this.#sent.filter((other) => other !== sent);
    const isAcknowledged = error === undefined || error === null;
    this.#relay.committed(sent.id, isAcknowledged ? undefined : commitErrorOf(error));
  }

  /** Whoever commits does not expect an answer inside the call. */
  #refuse(sent: Sent, error: CommitError): void {
    this.#sent = this.#sent.filter((other) => other !== sent);
    queueMicrotask(() => this.#relay.committed(sent.id, error));
  }
}

const notConnected: CommitError = { kind: 'retry', code: '_STATE', message: 'the client is not connected' };

/** What we refuse ourselves will be refused again. */
function rejected({ code, message }: { readonly code: string; readonly message: string }): CommitError {
  return { kind: 'rejected', code, message };
}

function isAnswerTo(sent: Sent, partitions: readonly NativePartition[]): boolean {
  const offsets = new Map(partitions.map((place) => [placeKey(place), place.offset]));
  return sent.entries.every((entry) => offsets.get(placeKey(entry)) === entry.offset);
}
