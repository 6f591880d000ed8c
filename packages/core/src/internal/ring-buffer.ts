const initialCapacity = 16;

/**
 * A queue that grows and never moves its items: `push`, `shift` and `unshift` are O(1), growth doubles. An array's own
 * `shift` copies the rest once the array is large, which shows as soon as thousands of messages wait.
 *
 * The capacity is a power of two, so that a position is found by a mask. It does not shrink: whoever fills a buffer once
 * fills it again.
 */
export class RingBuffer<T> {
  /** Emptied slots hold undefined: a queue that has been drained keeps no message alive. */
  #slots: (T | undefined)[] = new Array<T | undefined>(initialCapacity).fill(undefined);
  #mask = initialCapacity - 1;
  #head = 0;
  #size = 0;

  /** How many items wait. */
  get size(): number {
    return this.#size;
  }

  /** Adds an item at the end. */
  push(item: T): void {
    if (this.#size > this.#mask) this.#grow();
    this.#slots[(this.#head + this.#size) & this.#mask] = item;
    this.#size += 1;
  }

  /** Puts an item in front of all others: what was taken too early goes back to its place. */
  unshift(item: T): void {
    if (this.#size > this.#mask) this.#grow();
    this.#head = (this.#head - 1) & this.#mask;
    this.#slots[this.#head] = item;
    this.#size += 1;
  }

  /** Takes the first item; undefined when there is none. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & this.#mask;
    this.#size -= 1;
    return item;
  }

  /** The first item, left where it is; undefined when there is none. */
  peek(): T | undefined {
    return this.#slots[this.#head];
  }

  /** Drops all items and keeps the capacity. */
  clear(): void {
    this.#slots.fill(undefined);
    this.#head = 0;
    this.#size = 0;
  }

  #grow(): void {
    const slots = this.#slots;
    const grown = new Array<T | undefined>(slots.length * 2).fill(undefined);
    for (let i = 0; i < this.#size; i += 1) grown[i] = slots[(this.#head + i) & this.#mask];
    this.#slots = grown;
    this.#mask = grown.length - 1;
    this.#head = 0;
  }
}
