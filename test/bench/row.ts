import type { Measurement } from './meter.js';

/** What a row is run with. */
export interface RowRun {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly partitions: number;
  readonly messages: number;
  /** Rows that are slower than the messages would allow end here. */
  readonly mostSeconds: number;
  /** For rows that sleep in the handler. */
  readonly handlers: number;
  readonly sleepMs: number;
}

/** One row of a table: a consumer, run in a process of its own. */
export interface Row {
  readonly name: string;
  /** What is compared here, in a few words. */
  readonly about: string;
  run(run: RowRun): Promise<Measurement>;
}
