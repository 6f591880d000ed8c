import type { Engine } from '../engine/engine.js';
import type { Message } from '../message/message.js';
import type { AssignmentFacts, Rebalance, TopicPartition, Watermarks } from '../source/assignment.js';
import type { CommitError, SourceListener } from '../source/message-source.js';
import type { Clock, Timer } from '../time/clock.js';
import type { PumpWorker } from './pump-worker.js';

const TICK_MS = 50;

/** What the feed passes on to the consumer that it works for. */
export interface FeedOwner {
  /** Deliveries may be taken. Called after the engine's call has returned, never inside it. */
  work(now: number): void;
  /** Once per tick, for what only the shell can do. */
  ticked(now: number): void;
  /** Before the messages of a poll go into the engine. */
  received(batch: readonly Message[]): void;
  reachable(yes: boolean, detail: string): void;
  failed(error: unknown): void;
}

/**
 * Hands what the source says to the engine, with the time, and lets the runners come when the engine has work. It also
 * owns the tick. Once the pump worker closes, nothing gets through any more.
 */
export class EngineFeed implements SourceListener {
  readonly #engine: Engine;
  readonly #pump: PumpWorker;
  readonly #clock: Clock;
  readonly #owner: FeedOwner;
  #timer: Timer | undefined = undefined;

  constructor(parts: { engine: Engine; pump: PumpWorker; clock: Clock; owner: FeedOwner }) {
    this.#engine = parts.engine;
    this.#pump = parts.pump;
    this.#clock = parts.clock;
    this.#owner = parts.owner;
  }

  /** The source is open: begin to poll, and to tick. */
  start(): void {
    if (this.#pump.isClosing) return;
    this.call((engine, now) => {
      engine.start(now);
    });
    this.#tick();
  }

  wake(): void {
    this.call((engine) => {
      engine.wake();
    });
  }

  polled(batch: readonly Message[]): void {
    if (this.#pump.isClosing) return;
    if (batch.length > 0) this.#owner.received(batch);
    const now = this.#clock.monotonic();
    this.#engine.polled(batch, now);
    this.#letWork(now);
  }

  committed(id: number, error: CommitError | undefined): void {
    this.call((engine, now) => {
      engine.committed(id, error, now);
    });
  }

  rebalance(rebalance: Rebalance): void {
    this.call((engine, now) => {
      engine.rebalance(rebalance, now);
    });
  }

  located(rebalanceId: number, facts: AssignmentFacts): void {
    this.call((engine, now) => {
      engine.located(rebalanceId, facts, now);
    });
  }

  watermarks(ends: readonly Watermarks[]): void {
    this.call((engine, now) => {
      engine.watermarks(ends, now);
    });
  }

  endOfPartition(partition: TopicPartition, offset: number): void {
    this.call((engine, now) => {
      engine.endOfPartition(partition, offset, now);
    });
  }

  left(): void {
    this.call((engine, now) => {
      engine.left(now);
    });
  }

  reachable(yes: boolean, detail: string): void {
    this.#owner.reachable(yes, detail);
  }

  failed(error: unknown): void {
    this.#owner.failed(error);
  }

  /** Calls the engine, unless it is done, and lets the runners come afterwards. */
  call(run: (engine: Engine, now: number) => void): void {
    if (this.#pump.isClosing) return;
    const now = this.#clock.monotonic();
    run(this.#engine, now);
    this.#letWork(now);
  }

  #letWork(now: number): void {
    if (this.#pump.takeWorkSignal()) this.#owner.work(now);
    if (this.#pump.isClosing) this.#timer?.cancel();
  }

  #tick(): void {
    // closed outside of a call: the timer was not there to be cancelled
    if (this.#pump.isClosing) return;
    this.#timer = this.#clock.after(TICK_MS, () => {
      this.#tick();
    });
    this.call((engine, now) => {
      engine.tick(now);
      this.#owner.ticked(now);
    });
  }
}
