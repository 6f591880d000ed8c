/** One message on its way through one process: its handler starts, or has ended well. */
export interface MessageLine {
  readonly kind: 'start' | 'end';
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The number that the producer gave it. */
  readonly id: number;
}

/** Something that a process was told or did besides: an event of the framework's log, with its data. */
export interface EventLine {
  readonly kind: 'event';
  readonly event: string;
  readonly data: object;
}

/** When and where a line was written. The clocks are the machine's, so lines of several processes can be compared. */
export interface LineStamp {
  readonly pid: number;
  /** The machine's monotonic clock, in milliseconds. */
  readonly at: number;
  /** Milliseconds since the epoch. */
  readonly wall: number;
}

/** A line of a process's ledger. */
export type LedgerLine = (MessageLine | EventLine) & LineStamp;

/** The machine's monotonic clock in milliseconds: the same one in all processes. */
export function machineTime(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
