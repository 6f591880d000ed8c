import type { CheckReport } from './run-checker.js';

/** What is known of one consumer when a run is over. */
export interface ConsumerResult extends CheckReport {
  readonly name: string;
  readonly strategy: string;
  readonly keepsOrder: boolean;
  /** Messages of this run that the broker holds as committed for the group. */
  readonly committed: number;
  readonly seconds: number;
}

/** What is known of a run when it is over. */
export interface RunResult {
  /** Events that the producer was told to produce; undefined = as many as there was time for. */
  readonly wanted: number | undefined;
  /** Events that the broker has acknowledged. */
  readonly produced: number;
  /** Why the run ended before its end, if it did. */
  readonly ended: string | undefined;
  readonly consumers: readonly ConsumerResult[];
}

/** The line of JSON that `--exit` prints. */
export interface Summary {
  readonly ok: boolean;
  /** What is wrong, in words; empty when nothing is. */
  readonly problems: readonly string[];
  readonly consumers: readonly {
    readonly name: string;
    readonly strategy: string;
    readonly produced: number;
    readonly handled: number;
    readonly committed: number;
    readonly duplicates: number;
    readonly outOfOrder: number;
    readonly messagesPerSecond: number;
  }[];
}

/** Whether anything was lost, and the figures. */
export function summarize(result: RunResult): Summary {
  const problems = [
    ...problemsOfRun(result),
    ...result.consumers.flatMap((consumer) => problemsOf(consumer, result)),
  ];
  return {
    ok: problems.length === 0,
    problems,
    consumers: result.consumers.map(
      ({ name, strategy, handled, committed, duplicates, outOfOrder, seconds }) => ({
        name,
        strategy,
        produced: result.produced,
        handled,
        committed,
        duplicates,
        outOfOrder,
        messagesPerSecond: seconds > 0 ? Math.round(handled / seconds) : 0,
      }),
    ),
  };
}

function problemsOfRun({ wanted, produced, ended }: RunResult): string[] {
  const problems = ended === undefined ? [] : [ended];
  if (wanted !== undefined && produced !== wanted) problems.push(`produced ${produced} of ${wanted} events`);
  return problems;
}

/** Duplicates are no loss, and the checker of the fast consumer expects disorder. */
function problemsOf(consumer: ConsumerResult, { wanted, produced }: RunResult): string[] {
  const { name, handled, committed, outOfOrder, keepsOrder } = consumer;
  const problems: string[] = [];
  if (wanted !== undefined && handled < produced)
    problems.push(`${name} has not handled ${produced - handled} events`);
  if (committed > handled)
    problems.push(`${name} has committed ${committed - handled} events that it has not handled`);
  if (committed < handled)
    problems.push(`${name} has not committed ${handled - committed} events that it has handled`);
  if (keepsOrder && outOfOrder > 0) problems.push(`${name} has handled ${outOfOrder} events out of order`);
  return problems;
}
