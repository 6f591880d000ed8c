import { randomUUID } from 'node:crypto';

import { createTopic } from '../kafka/topic-tools.js';
import { ConsumerGroup } from './consumer-group.js';
import type { Protocol } from './consumer-parameters.js';
import type { GroupMember } from './group-member.js';
import type { Ledger, LedgerEvent } from './ledger.js';
import { machineTime } from './ledger-line.js';
import { SteadyProducer } from './steady-producer.js';
import { until } from './until.js';
import { judge, type Verdict } from './verdict.js';

const MEMBERS = 3;
const PARTITIONS = 12;
/** W of the fast consumers. */
const WINDOW = 200;
/** Messages of a partition that wait at most. Fast: more than the window, so that it can fill. */
const BACKLOG = { 'in-order': 50, fast: 500 } as const;
const HANDLER_MS = { 'in-order': 3, fast: 20 } as const;
/** A killed member holds its partitions for 6 s; a busy machine takes its time for the rest. */
const FLOW_TIMEOUT_MS = 60_000;
const END_TIMEOUT_MS = 120_000;

/** A run of kills. */
export interface KillPlan {
  readonly bootstrapServers: string;
  readonly strategy: 'in-order' | 'fast';
  readonly protocol: Protocol;
  /** Members with a `group.instance.id`: who comes back within the session gets its partitions back and disturbs nobody. */
  readonly isStatic?: boolean;
  /** Kills that count: those that hit a member while it handled a message. */
  readonly kills: number;
  /** Told after each step. */
  readonly progress?: (text: string) => void;
}

/** What a run showed. */
export interface KillReport extends Verdict {
  readonly strategy: KillPlan['strategy'];
  readonly protocol: Protocol;
  /** Kills that hit a member while it handled something. */
  readonly kills: number;
  /** Others: they repeat nothing by themselves and count for the bounds all the same. */
  readonly idleKills: number;
  readonly cleanStops: number;
  readonly produced: number;
  readonly seconds: number;
  /** Longest time from a kill until every partition flowed again, in milliseconds. */
  readonly longestRecoveryMs: number;
  /** How often a member had to give something up because of a kill of another one. */
  readonly disturbances: number;
  /** What was promised and not kept; empty: all is well. */
  readonly broken: readonly string[];
}

/**
 * Three members, twelve partitions, messages all the time. Members are killed with -9, one after the other, each only once every partition
 * has flowed since the kill before; then each member is stopped by SIGTERM and replaced; then everything is handled to the end.
 */
export async function runKills(plan: KillPlan): Promise<KillReport> {
  const startedAt = performance.now();
  const topic = `kills-${randomUUID()}`;
  await createTopic(plan.bootstrapServers, topic, { partitions: PARTITIONS });
  await using group = new ConsumerGroup({
    bootstrapServers: plan.bootstrapServers,
    topics: [topic],
    group: topic,
    strategy: plan.strategy,
    protocol: plan.protocol,
    handlerMs: HANDLER_MS[plan.strategy],
    ...(plan.strategy === 'fast' ? { window: WINDOW } : {}),
  });
  const { ledger } = group;
  await using producer = await SteadyProducer.start({
    bootstrapServers: plan.bootstrapServers,
    topic,
    partitions: PARTITIONS,
    backlog: BACKLOG[plan.strategy],
    handled: (partition) => ledger.handled(topic, partition),
  });
  const flow = (what: string): Promise<number> => awaitFlow(group, topic, what);

  for (let i = 1; i <= MEMBERS; i++)
    group.start(plan.isStatic === true ? { instance: `instance-${String(i)}` } : {});
  await awaitShares(group);
  await flow('the start');
  const eventsBefore = ledger.events.length;
  const recoveries: number[] = [];
  let counted = 0;
  while (counted < plan.kills) {
    const victim = await pickVictim(group);
    const handling = await group.kill9(victim);
    if (handling > 0) counted++;
    group.startInstead(victim);
    recoveries.push(await flow(`kill ${String(group.kills.length)}`));
    plan.progress?.(
      `kill ${String(counted)}/${String(plan.kills)}: ${String(handling)} in handlers, all flow again after ${recoveries.at(-1)?.toFixed(0) ?? ''} ms`,
    );
  }

  const disturbances = ledger.events.slice(eventsBefore).filter(isLoss).length;

  for (const member of group.members) {
    await group.stop(member);
    group.startInstead(member);
    plan.progress?.(
      `SIGTERM: all flow again after ${(await flow(`the stop of ${member.name}`)).toFixed(0)} ms`,
    );
  }
  await producer.stop();
  await awaitEnd(group, topic, producer.total);
  const last = group.members;
  for (const member of last) await group.stop(member);

  const verdict = judge(ledger.runs, {
    kills: group.kills,
    ends: await group.ends(),
    committed: await group.committed(),
    ordered: plan.strategy === 'in-order',
  });
  return {
    strategy: plan.strategy,
    protocol: plan.protocol,
    kills: counted,
    idleKills: group.kills.length - counted,
    cleanStops: MEMBERS + last.length,
    produced: producer.total,
    seconds: (performance.now() - startedAt) / 1_000,
    longestRecoveryMs: Math.max(0, ...recoveries),
    disturbances,
    ...verdict,
    broken: [
      ...brokenPromises(plan.strategy, verdict, producer.total),
      ...(plan.isStatic === true && disturbances > 0
        ? [`${String(disturbances)} times others gave something up`]
        : []),
    ],
  };
}

/** Waits until every member has its equal share. */
async function awaitShares(group: ConsumerGroup): Promise<void> {
  await until(
    'every member to have its share',
    () => {
      for (const member of group.members) member.assertAlive();
      group.ledger.refresh();
      return group.members.every(({ pid }) => ownedBy(group.ledger, pid) === PARTITIONS / MEMBERS);
    },
    FLOW_TIMEOUT_MS,
  );
}

function ownedBy(ledger: Ledger, pid: number): number {
  const own = ledger.events.filter((event) => event.pid === pid);
  const counts = (isMeant: (event: LedgerEvent) => boolean): number =>
    own.filter(isMeant).reduce((sum, { data }) => sum + Number(data['count']), 0);
  return counts(({ event }) => event === 'partitions.assigned') - counts(isLoss);
}

/** Partitions were taken away from a member. */
function isLoss({ event, data }: LedgerEvent): boolean {
  return (event === 'partitions.revoked' || event === 'partitions.lost') && data['count'] !== 0;
}

/** Waits until every partition has flowed. Returns how long it took, in milliseconds. */
async function awaitFlow(group: ConsumerGroup, topic: string, what: string): Promise<number> {
  const from = machineTime();
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
  const silent = (): number[] =>
    partitions.filter((partition) => group.ledger.lastEnd(topic, partition) <= from);
  await until(
    `every partition to flow after ${what}`,
    () => {
      for (const member of group.members) member.assertAlive();
      group.ledger.refresh();
      return silent().length === 0;
    },
    FLOW_TIMEOUT_MS,
  ).catch((error: unknown) => {
    throw new Error(`partitions ${silent().join(', ')} are silent`, { cause: error });
  });
  return machineTime() - from;
}

async function awaitEnd(group: ConsumerGroup, topic: string, total: number): Promise<void> {
  await until(
    'everything to be handled',
    () => {
      for (const member of group.members) member.assertAlive();
      group.ledger.refresh();
      let handled = 0;
      for (let partition = 0; partition < PARTITIONS; partition++)
        handled += group.ledger.handled(topic, partition);
      return handled >= total;
    },
    END_TIMEOUT_MS,
  );
}

/** One that handles a message now; in turn, so that new members are hit as well as old ones. It may be done before the signal is there. */
async function pickVictim(group: ConsumerGroup): Promise<GroupMember> {
  let busy: GroupMember[] = [];
  await until(
    'a member to handle a message',
    () => {
      group.ledger.refresh();
      busy = group.members.filter(({ pid }) => group.ledger.openRuns(pid).length > 0);
      return busy.length > 0;
    },
    FLOW_TIMEOUT_MS,
  );
  return busy[group.kills.length % busy.length] as GroupMember;
}

function brokenPromises(strategy: KillPlan['strategy'], verdict: Verdict, produced: number): string[] {
  const broken: string[] = [];
  const { messages, duplicatesPerKill, mostDuplicatesInPartition } = verdict;
  if (messages !== produced)
    broken.push(`the log holds ${String(messages)} messages, ${String(produced)} were produced`);
  for (const kind of ['lost', 'phantoms', 'unexplained', 'overlaps', 'disordered', 'uncommitted'] as const) {
    if (verdict[kind].length > 0) broken.push(`${kind}: ${String(verdict[kind].length)}`);
  }
  const mostPerKill = Math.max(0, ...duplicatesPerKill);
  if (strategy === 'in-order' && mostPerKill > 1)
    broken.push(`a kill repeated ${String(mostPerKill)} messages`);
  if (strategy === 'fast' && mostDuplicatesInPartition > WINDOW) {
    broken.push(`a kill repeated ${String(mostDuplicatesInPartition)} messages of one partition`);
  }
  return broken;
}
