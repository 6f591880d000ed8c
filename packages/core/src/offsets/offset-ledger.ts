/** Slots a new ledger starts with; it doubles when more are undone at once, and never shrinks (a partition's peak comes back). */
const INITIAL_SLOTS = 256;

/**
 * Which messages of one partition and epoch are settled. Kept by *sequence of receipt*, not by offset: offsets that the
 * log left out (compaction, transaction markers) have no slot, so they never block the watermark. Adding and settling
 * are O(1), amortised.
 *
 * Sequences count from 0 in the order of receipt. `[head, tail)` is the range with at least its first one undone.
 */
export class OffsetLedger {
  #offsets = new Float64Array(INITIAL_SLOTS);
  #done = new Uint8Array(INITIAL_SLOTS);
  #mask = INITIAL_SLOTS - 1;
  #head = 0;
  #tail = 0;
  /** Settled slots in [head, tail). */
  #doneAbove = 0;
  #next: number;
  /** Leader epochs by the sequence they begin at; one entry but for the short time after a leader change. */
  readonly #epochs: { from: number; epoch: number | undefined }[] = [];

  /** @param start - the offset this epoch starts at: the watermark before anything is received */
  constructor(start: number) {
    this.#next = start;
  }

  /** Sequence of the oldest undone message, or of the next to be received when all are done. */
  get head(): number {
    return this.#head;
  }

  /** Sequence that the next received message gets. */
  get tail(): number {
    return this.#tail;
  }

  /** How many are settled above the watermark. */
  get doneAboveWatermark(): number {
    return this.#doneAbove;
  }

  /** Next offset to be received: one above the highest received, or where the epoch starts. */
  get position(): number {
    return this.#next;
  }

  /** The offset below which everything received is settled: what may be committed. */
  get watermark(): number {
    return this.#head < this.#tail ? (this.#offsets[this.#head & this.#mask] as number) : this.#next;
  }

  /** Takes in the next received offset, which must be at least `position`. Returns its sequence. */
  add(offset: number, leaderEpoch: number | undefined): number {
    const sequence = this.#tail;
    if (sequence - this.#head > this.#mask) this.#grow();
    const slot = sequence & this.#mask;
    this.#offsets[slot] = offset;
    this.#done[slot] = 0;
    this.#tail = sequence + 1;
    this.#next = offset + 1;
    const last = this.#epochs.at(-1);
    if (last === undefined || last.epoch !== leaderEpoch)
      this.#epochs.push({ from: sequence, epoch: leaderEpoch });
    return sequence;
  }

  /** Nothing lies between `position` and this offset: what is there are gaps (transaction markers, compaction). Never goes back. */
  skipTo(offset: number): void {
    if (offset > this.#next) this.#next = offset;
  }

  /** Marks one as settled. Settling twice, or one below the watermark, changes nothing. Returns whether the watermark moved. */
  settle(sequence: number): boolean {
    if (sequence < this.#head || sequence >= this.#tail) return false;
    const slot = sequence & this.#mask;
    if (this.#done[slot] === 1) return false;
    this.#done[slot] = 1;
    if (sequence !== this.#head) {
      this.#doneAbove++;
      return false;
    }
    let head = sequence + 1;
    while (head < this.#tail && this.#done[head & this.#mask] === 1) head++;
    this.#doneAbove -= head - sequence - 1;
    this.#head = head;
    return true;
  }

  /** Leader epoch of the last message below `sequence`: what a commit of that watermark carries. */
  leaderEpochBelow(sequence: number): number | undefined {
    // entries that end below the head are never asked for again
    while (this.#epochs.length > 1 && (this.#epochs[1] as { from: number }).from < this.#head)
      this.#epochs.shift();
    let epoch: number | undefined;
    for (const entry of this.#epochs) if (entry.from < sequence) epoch = entry.epoch;
    return epoch;
  }

  #grow(): void {
    const size = (this.#mask + 1) * 2;
    const offsets = new Float64Array(size);
    const done = new Uint8Array(size);
    for (let s = this.#head; s < this.#tail; s++) {
      offsets[s & (size - 1)] = this.#offsets[s & this.#mask] as number;
      done[s & (size - 1)] = this.#done[s & this.#mask] as number;
    }
    this.#offsets = offsets;
    this.#done = done;
    this.#mask = size - 1;
  }
}
