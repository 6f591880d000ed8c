import type { Clock } from '@millrace/core';

import { Backoff } from './backoff.js';
import type { ListenerRelay } from './listener-relay.js';

const probeFirstMs = 250;
const probeMostMs = 1_000;

/** What it works with. */
export interface ReachabilityParts {
  readonly relay: ListenerRelay;
  /** Asks a broker something; rejects when none answers. */
  readonly probe: () => Promise<unknown>;
  readonly closing: AbortSignal;
  readonly clock: Clock;
}

/**
 * Knows whether Kafka can be reached, and says so once for each change. An error event is a suspicion, not a proof: the
 * client also reports that all connections are down when the only broker is restarted, or when an idle connection is
 * closed. So a broker is asked, and asked again until one answers.
 */
export class Reachability {
  readonly #parts: ReachabilityParts;
  #isReachable: boolean | undefined = undefined;
  #isProbing = false;
  /** Until the source is open, opening itself is the probe. */
  #isWatching = false;

  constructor(parts: ReachabilityParts) {
    this.#parts = parts;
  }

  /** From here on suspicions count. */
  watch(): void {
    this.#isWatching = true;
  }

  /** A broker has answered. Cheap: it is called for every sign of life. */
  confirmed(): void {
    if (this.#isReachable === true) return;
    this.#isReachable = true;
    this.#parts.relay.reachable(true, '');
  }

  /** No broker answers. */
  denied(detail: string): void {
    if (this.#isReachable === false || this.#parts.closing.aborted) return;
    this.#isReachable = false;
    this.#parts.relay.reachable(false, detail);
  }

  /** Something says that no broker can be reached. */
  suspected(detail: string): void {
    if (this.#isWatching && !this.#isProbing) void this.#probe(detail);
  }

  async #probe(detail: string): Promise<void> {
    const { probe, closing, clock } = this.#parts;
    const backoff = new Backoff(clock, probeFirstMs, probeMostMs);
    this.#isProbing = true;
    while (!closing.aborted) {
      try {
        await probe();
        this.confirmed();
        break;
      } catch {
        this.denied(detail);
      }
      await backoff.wait(closing);
    }
    this.#isProbing = false;
  }
}
