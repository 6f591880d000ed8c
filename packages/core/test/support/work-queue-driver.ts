import { Unordered } from '../../src/ordering/unordered.js';
import { type TopicTurns, type Turn, WorkQueue } from '../../src/ordering/work-queue.js';

/** A work queue with partitions by name (`topic/number`) that always have more work while they wait. */
export class WorkQueueDriver {
  readonly queue: WorkQueue;
  readonly #turns = new Map<string, Turn>();

  constructor(slots: number) {
    this.queue = new WorkQueue(slots);
  }

  /** The partition of this name, owned from now on. */
  readonly turn = (name: string): Turn => {
    const known = this.#turns.get(name);
    if (known !== undefined) return known;
    const topicTurns: TopicTurns = this.queue.join(name.split('/')[0] as string);
    const turn: Turn = { lanes: new Unordered(), topicTurns, held: 0, waitIndex: -1 };
    this.#turns.set(name, turn);
    return turn;
  };

  waiting(...names: string[]): void {
    for (const name of names) this.queue.offer(this.turn(name), true);
  }

  withdraw(name: string): void {
    this.queue.offer(this.turn(name), false);
  }

  leave(name: string): void {
    this.queue.leave(this.turn(name));
  }

  /** Starts work until nothing may start, or `most` were started. Returns how many. */
  startAll(most = 1_000): number {
    for (let count = 0; count < most; count++) {
      const turn = this.queue.next();
      if (turn === undefined) return count;
      this.queue.took(turn);
    }
    return most;
  }

  startOne(name: string): void {
    this.queue.took(this.turn(name));
  }

  end(name: string): void {
    this.queue.gaveBack(this.turn(name));
  }

  heldBy(...names: string[]): number[] {
    return names.map((name) => this.turn(name).held);
  }

  /** Starts one after the other, each ending before the next. Returns how many turns each had. */
  rounds(count: number): Record<string, number> {
    const turns: Record<string, number> = {};
    for (let i = 0; i < count; i++) {
      const turn = this.queue.next() as Turn;
      this.queue.took(turn);
      this.queue.gaveBack(turn);
      const name = [...this.#turns].find(([, each]) => each === turn)?.[0] as string;
      turns[name] = (turns[name] ?? 0) + 1;
    }
    return turns;
  }
}
