import type {
  AssignmentFacts,
  CommitError,
  Message,
  Rebalance,
  SourceListener,
  TopicPartition,
  Watermarks,
} from '@millrace/core';

/** Writes down what a source says. */
export class RecordingListener implements SourceListener {
  /** All of it in words, in order. */
  readonly heard: string[] = [];
  readonly rebalances: Rebalance[] = [];
  readonly facts: AssignmentFacts[] = [];
  readonly ends: (readonly Watermarks[])[] = [];
  readonly failures: unknown[] = [];
  readonly commitErrors = new Map<number, CommitError | undefined>();
  /** Called inside `polled`, as a consumer asks for more. */
  onPolled: () => void = () => undefined;

  get last(): Rebalance {
    const rebalance = this.rebalances.at(-1);
    if (rebalance === undefined) throw new Error('no rebalance has come');
    return rebalance;
  }

  wake(): void {
    this.heard.push('wake');
  }

  polled(batch: readonly Message[]): void {
    this.heard.push(`polled ${batch.length}`);
    this.onPolled();
  }

  committed(id: number, error: CommitError | undefined): void {
    this.commitErrors.set(id, error);
    this.heard.push(`committed ${id} ${error === undefined ? 'ok' : `${error.kind} ${error.code}`}`);
  }

  rebalance(rebalance: Rebalance): void {
    this.rebalances.push(rebalance);
    this.heard.push(`${rebalance.kind} ${rebalance.partitions.map(nameOf).join(' ')}`.trim());
  }

  located(rebalanceId: number, facts: AssignmentFacts): void {
    this.facts.push(facts);
    this.heard.push(`located ${rebalanceId}`);
  }

  watermarks(ends: readonly Watermarks[]): void {
    this.ends.push(ends);
    this.heard.push(`watermarks ${ends.length}`);
  }

  endOfPartition(partition: TopicPartition, offset: number): void {
    this.heard.push(`end of ${nameOf(partition)} at ${offset}`);
  }

  left(): void {
    this.heard.push('left');
  }

  reachable(yes: boolean, detail: string): void {
    this.heard.push(yes ? 'reachable' : `unreachable: ${detail}`);
  }

  failed(error: unknown): void {
    this.failures.push(error);
    this.heard.push('failed');
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
