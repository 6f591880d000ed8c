import type { EngineOptions } from '../../../src/engine/engine-options.js';
import type { TopicPartition } from '../../../src/source/assignment.js';
import { fast } from '../../../src/strategy/fast.js';
import { inOrder } from '../../../src/strategy/in-order.js';
import type { Strategy } from '../../../src/strategy/strategy.js';
import { engineOptions } from '../engine-driver.js';
import type { Chance } from './chance.js';

/** What one seed tries: small numbers, and of the faults a part only, so that each is also seen alone. */
export interface Scenario {
  readonly strategy: Strategy;
  readonly options: EngineOptions;
  readonly places: readonly TopicPartition[];
  readonly steps: number;
  /** Probabilities a step. */
  readonly faults: {
    readonly failCommit: number;
    readonly loseAnswer: number;
    readonly crashOutcome: number;
    readonly skipOutcome: number;
    readonly rebalance: number;
    readonly lost: number;
    readonly freeze: number;
    readonly kill: number;
    readonly stop: number;
    /** A partition goes silent without an error. */
    readonly stall: number;
    /** The client hands over a message again. */
    readonly duplicate: number;
    readonly produce: number;
    /** How eagerly handlers end, against everything else that may happen. */
    readonly settle: number;
  };
}

export function scenarioOf(chance: Chance): Scenario {
  const strategy = strategyOf(chance);
  const drainTimeoutMs = chance.one([100, 1_000, 5_000]);
  const options = engineOptions(strategy, {
    limits: { messages: chance.one([1, 3, 10, 40]), bytes: chance.one([150, 1_000, 1_000_000]) },
    pollSize: chance.one([1, 3, 20]),
    autoOffsetReset: 'earliest',
    onRevoke: chance.one(['drain', 'drain', 'hand-over']),
    drainTimeoutMs,
    handlerTimeoutMs: chance.happens(0.2) ? chance.one([200, 2_000]) : undefined,
    releaseKeyOnTimeout: chance.happens(0.3),
    maxPollIntervalMs: 10_000,
  });
  const topics = chance.one([['orders'], ['orders', 'mails']]);
  const places = topics.flatMap((topic) =>
    Array.from({ length: chance.between(1, 3) }, (_, partition) => ({ topic, partition })),
  );
  const clientCommits = strategy.commit.covers === 'nothing';
  const rate = (least: number, most: number): number =>
    chance.happens(0.5) ? least + chance.next() * (most - least) : 0;
  return {
    strategy,
    options,
    places,
    steps: chance.between(50, 300),
    faults: {
      failCommit: rate(0.05, 0.5),
      loseAnswer: rate(0.05, 0.3),
      crashOutcome: chance.happens(0.2) ? 0.02 : 0,
      skipOutcome: rate(0.01, 0.3),
      rebalance: rate(0.01, 0.1),
      lost: clientCommits ? 0 : rate(0.05, 0.5),
      freeze: clientCommits ? 0 : rate(0.002, 0.01),
      kill: clientCommits ? 0 : rate(0.002, 0.01),
      stop: rate(0.001, 0.01),
      stall: clientCommits || chance.happens(0.85) ? 0 : 0.02,
      duplicate: chance.happens(0.2) ? 0.02 : 0,
      produce: 0.02 + chance.next() * 0.2,
      settle: chance.one([0.1, 0.3, 0.6]),
    },
  };
}

function strategyOf(chance: Chance): Strategy {
  const window = chance.between(1, 8);
  const intervalMs = chance.one([100, 1_000, 60_000]);
  if (chance.happens(0.5)) {
    const commit = chance.one(['each', 'pipelined', 'interval'] as const);
    return inOrder({ commit, lanes: chance.one(['consumer', 'partition']), intervalMs, window });
  }
  const delivery = chance.one(['at-least-once', 'at-least-once', 'at-most-once', 'baseplate'] as const);
  return fast({ delivery, maxConcurrency: chance.between(1, 4), intervalMs, window });
}
