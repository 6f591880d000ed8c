import type { OwnedPartition } from './owned-partition.js';
import type { Ports } from './ports.js';

/** `full`: it holds as much as it may. `halted`: nothing of it may be handled. */
export type PauseReason = 'full' | 'halted';

const WORDS: Record<PauseReason, string> = {
  full: 'its buffer is full',
  halted: 'halted',
};

/**
 * Which partitions should be paused, and why. The set that really is paused cannot be read from a client and outlives a
 * re-assign there, so this is the truth: a partition is paused while it has a reason, each reason has one owner who
 * takes it back, and after each assign every new partition is resumed before the desired pauses are applied again.
 */
export class DesiredPauses {
  readonly #ports: Pick<Ports, 'pause' | 'resume' | 'kick' | 'note'>;
  readonly #reasons = new Map<OwnedPartition, Set<PauseReason>>();

  constructor(ports: Pick<Ports, 'pause' | 'resume' | 'kick' | 'note'>) {
    this.#ports = ports;
  }

  isPaused(partition: OwnedPartition): boolean {
    return this.#reasons.has(partition);
  }

  /** Why it is paused, in words; undefined = it is not. */
  reasonFor(partition: OwnedPartition): string | undefined {
    const reasons = this.#reasons.get(partition);
    return reasons === undefined ? undefined : [...reasons].map((reason) => WORDS[reason]).join('; ');
  }

  /** Adds a reason; partitions that had none are paused. */
  pause(partitions: Iterable<OwnedPartition>, reason: PauseReason): void {
    const fresh: OwnedPartition[] = [];
    for (const partition of partitions) {
      const reasons = this.#reasons.get(partition);
      if (reasons === undefined) {
        this.#reasons.set(partition, new Set([reason]));
        fresh.push(partition);
      } else reasons.add(reason);
    }
    if (fresh.length === 0) return;
    this.#ports.pause(fresh);
    for (const { topic, partition } of fresh) {
      this.#ports.note({ type: 'partition.paused', topic, partition, reason: WORDS[reason] });
    }
  }

  /** Takes a reason back; partitions that have none left flow again, and the thread that fetches for them is woken. */
  resume(partitions: Iterable<OwnedPartition>, reason: PauseReason, now: number): void {
    const freed: OwnedPartition[] = [];
    for (const partition of partitions) {
      const reasons = this.#reasons.get(partition);
      if (reasons?.delete(reason) !== true || reasons.size > 0) continue;
      this.#reasons.delete(partition);
      partition.heardAt = now; // silence is explained up to here
      freed.push(partition);
    }
    if (freed.length === 0) return;
    this.#ports.resume(freed);
    this.#ports.kick(freed);
    for (const { topic, partition } of freed)
      this.#ports.note({ type: 'partition.resumed', topic, partition });
  }

  /** After an assign was answered: the new ones may carry a pause of an earlier life. */
  reapply(assigned: readonly OwnedPartition[]): void {
    if (assigned.length > 0) this.#ports.resume(assigned);
    if (this.#reasons.size > 0) this.#ports.pause([...this.#reasons.keys()]);
  }

  /** A partition is not ours any more. */
  forget(partition: OwnedPartition): void {
    this.#reasons.delete(partition);
  }
}
