import { setTimeout as delay } from 'node:timers/promises';

import { KafkaCluster } from '../kafka/kafka-cluster.js';
import { produceMessages } from '../kafka/topic-tools.js';
import { ConsumerGroup } from './consumer-group.js';
import { LONG_SESSION } from './consumer-parameters.js';
import type { Ledger } from './ledger.js';
import { machineTime } from './ledger-line.js';
import { until } from './until.js';
import { judge, type Verdict } from './verdict.js';

const TOPIC = 'outage';
const PARTITIONS = 6;
const STRATEGIES = ['in-order', 'fast'] as const;
/** So slow that neither has read everything when the broker comes back. */
const HANDLER_MS = { 'in-order': 5, fast: 100 } as const;
const MESSAGES_PER_DARK_SECOND = 200;
const MESSAGES_AROUND = 1_200;
/** How many messages each has handled when the broker dies. */
const WARM = 100;
const PROMISED_RECOVERY_MS = 5_000;
const TIMEOUT_MS = 120_000;

/** How one strategy came through. */
export interface SurvivorReport extends Verdict {
  readonly strategy: (typeof STRATEGIES)[number];
  /** Messages whose handlers ended while there was no broker. */
  readonly handledInTheDark: number;
  /** From the broker's readiness to the first message that started behind an acknowledged commit, in milliseconds. */
  readonly resumedAfterMs: number;
}

/** What a run showed. */
export interface OutageReport {
  readonly darkMs: number;
  readonly survivors: readonly SurvivorReport[];
  /** What was promised and not kept; empty: all is well. */
  readonly broken: readonly string[];
}

/** A consumer of each strategy works; its only broker is killed with -9, stays away for `darkMs`, and comes back on the same ports. */
export async function runOutage(darkMs: number): Promise<OutageReport> {
  await using cluster = await KafkaCluster.start();
  const node = cluster.node(1);
  await cluster.createTopic(TOPIC, { partitions: PARTITIONS });
  const count = MESSAGES_AROUND + Math.ceil((darkMs / 1_000) * MESSAGES_PER_DARK_SECOND);
  await produceMessages(cluster.bootstrapServers, TOPIC, { count, partitions: PARTITIONS });

  await using inOrder = groupOf('in-order', cluster.bootstrapServers);
  await using fast = groupOf('fast', cluster.bootstrapServers);
  const groups = [inOrder, fast];
  for (const group of groups) group.start();
  await all(groups, 'to be warm', ({ runs }) => runs.length >= WARM);

  await node.kill9();
  const deadAt = machineTime();
  await delay(darkMs);
  for (const group of groups) group.ledger.refresh();
  const restartedAt = machineTime();
  await node.start();
  const readyAt = machineTime();
  await all(groups, 'to go on', (ledger) => firstStartAfterCommit(ledger, restartedAt) !== undefined);
  await all(groups, 'to handle everything', (ledger) => handledOf(ledger) >= count);

  const survivors: SurvivorReport[] = [];
  for (const [index, group] of groups.entries()) {
    for (const member of group.members) await group.stop(member);
    const { ledger } = group;
    const strategy = STRATEGIES[index] as SurvivorReport['strategy'];
    survivors.push({
      strategy,
      handledInTheDark: ledger.runs.filter(({ endedAt = 0 }) => endedAt > deadAt && endedAt < restartedAt)
        .length,
      resumedAfterMs: (firstStartAfterCommit(ledger, restartedAt) ?? Infinity) - readyAt,
      ...judge(ledger.runs, {
        kills: [],
        ends: await group.ends(),
        committed: await group.committed(),
        ordered: strategy === 'in-order',
      }),
    });
  }
  return { darkMs, survivors, broken: survivors.flatMap(brokenPromises) };
}

function groupOf(strategy: SurvivorReport['strategy'], bootstrapServers: string): ConsumerGroup {
  return new ConsumerGroup({
    bootstrapServers,
    topics: [TOPIC],
    group: `outage_${strategy}`,
    strategy,
    protocol: 'classic',
    kafkaConfig: LONG_SESSION,
    handlerMs: HANDLER_MS[strategy],
  });
}

async function all(
  groups: readonly ConsumerGroup[],
  what: string,
  isSo: (ledger: Ledger) => boolean,
): Promise<void> {
  await until(
    `both strategies ${what}`,
    () =>
      groups.every((group) => {
        for (const member of group.members) member.assertAlive();
        group.ledger.refresh();
        return isSo(group.ledger);
      }),
    TIMEOUT_MS,
  );
}

/** When a message started that the broker's return made possible: behind the first commit that it acknowledged. */
function firstStartAfterCommit(ledger: Ledger, from: number): number | undefined {
  const acknowledged = ledger.eventsOf('commit.acknowledged').find(({ at }) => at >= from);
  if (acknowledged === undefined) return undefined;
  return ledger.runs.find(({ startedAt }) => startedAt >= acknowledged.at)?.startedAt;
}

function handledOf(ledger: Ledger): number {
  let handled = 0;
  for (let partition = 0; partition < PARTITIONS; partition++) handled += ledger.handled(TOPIC, partition);
  return handled;
}

function brokenPromises(survivor: SurvivorReport): string[] {
  const { strategy, handledInTheDark, resumedAfterMs } = survivor;
  const broken: string[] = [];
  if (resumedAfterMs > PROMISED_RECOVERY_MS)
    broken.push(`${strategy}: went on after ${resumedAfterMs.toFixed(0)} ms`);
  if (strategy === 'in-order' && handledInTheDark > 1) {
    broken.push(`in-order handled ${String(handledInTheDark)} messages without an acknowledgement`);
  }
  for (const kind of ['lost', 'phantoms', 'unexplained', 'overlaps', 'disordered', 'uncommitted'] as const) {
    if (survivor[kind].length > 0) broken.push(`${strategy}: ${kind}: ${String(survivor[kind].length)}`);
  }
  return broken;
}
