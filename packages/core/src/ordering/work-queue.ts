import type { Lanes } from './lanes.js';

/** A partition as the work queue sees it. The fields are written by the work queue only. */
export interface Turn {
  readonly lanes: Lanes;
  readonly topicTurns: TopicTurns;
  /** Slots that its running deliveries hold. */
  held: number;
  /** Place in `TopicTurns.waiting`; -1 = nothing of it may start now. */
  waitIndex: number;
}

/** The turns of one topic's partitions. All fields are written by the work queue only. */
export class TopicTurns {
  readonly topic: string;
  /** Partitions of it that are owned. */
  partitions = 0;
  held = 0;
  readonly waiting: Turn[] = [];
  /** Where the next search begins, so that turns go round. */
  cursor = 0;
  /** Place in the work queue's list of waiting topics; -1 = not in it. */
  waitIndex = -1;

  constructor(topic: string) {
    this.topic = topic;
  }
}

/**
 * Whose message starts next. Only *runnable heads* are here: partitions that have a delivery which order and window
 * allow to start. The delivery itself stays with its partition's lanes until its turn, so a revoke has nothing to
 * search for in here.
 *
 * Turns are fair by slots held: a topic, then a partition within it, holds more than its equal share of the slots only
 * while no other has work waiting. Between topics one share stays in reserve for a topic that has nothing running, so a
 * slow topic cannot take all slots before a fast one comes; between partitions nothing is reserved, so one topic may
 * use them all.
 */
export class WorkQueue<T extends Turn = Turn> {
  readonly #slots: number;
  readonly #topics = new Map<string, TopicTurns>();
  readonly #waiting: TopicTurns[] = [];
  #cursor = 0;
  #held = 0;

  /** @param slots - handlers at once; `Infinity` = as many as the lanes allow */
  constructor(slots: number) {
    this.#slots = slots;
  }

  get held(): number {
    return this.#held;
  }

  /** Whether some partition has a delivery that may start, slots left aside. */
  get hasWork(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether `next` would find something to start now. */
  get mayStart(): boolean {
    return this.#held < this.#slots && this.#waiting.length > 0;
  }

  /** A partition of this topic has come. The topic counts for fairness from then on. */
  join(topic: string): TopicTurns {
    let turns = this.#topics.get(topic);
    if (turns === undefined) {
      turns = new TopicTurns(topic);
      this.#topics.set(topic, turns);
    }
    turns.partitions++;
    return turns;
  }

  /** A partition has gone. Its topic counts on while other partitions are here, or handlers of gone ones still hold slots. */
  leave(turn: T): void {
    this.offer(turn, false);
    turn.topicTurns.partitions--;
    this.#forgetIfUnused(turn.topicTurns);
  }

  /** Says whether the partition has something that may start. Cheap when nothing changes. */
  offer(turn: T, waits: boolean): void {
    if (turn.waitIndex >= 0 === waits) return;
    const { topicTurns } = turn;
    if (waits) {
      turn.waitIndex = topicTurns.waiting.push(turn) - 1;
      if (topicTurns.waitIndex < 0) topicTurns.waitIndex = this.#waiting.push(topicTurns) - 1;
    } else {
      removeAt(topicTurns.waiting, turn);
      if (topicTurns.waiting.length === 0) removeAt(this.#waiting, topicTurns);
    }
  }

  /** The partition whose turn it is, or undefined when nothing may start now. The caller takes from its lanes and calls `took`. */
  next(): T | undefined {
    if (this.#held >= this.#slots) return undefined;
    const topic = this.#waiting.length > 1 || this.#topics.size > 1 ? this.#pickTopic() : this.#waiting[0];
    return topic === undefined ? undefined : (this.#pickPartition(topic) as T);
  }

  /** A delivery of this partition holds a slot now. */
  took(turn: T): void {
    turn.held++;
    turn.topicTurns.held++;
    this.#held++;
  }

  /** A delivery of this partition has given its slot back. */
  gaveBack(turn: T): void {
    turn.held--;
    turn.topicTurns.held--;
    this.#held--;
    if (turn.topicTurns.partitions === 0) this.#forgetIfUnused(turn.topicTurns);
  }

  #forgetIfUnused(turns: TopicTurns): void {
    if (turns.partitions === 0 && turns.held === 0) this.#topics.delete(turns.topic);
  }

  #pickTopic(): TopicTurns | undefined {
    const waiting = this.#waiting;
    const share = Math.max(1, Math.floor(this.#slots / this.#topics.size));
    let least: TopicTurns | undefined;
    for (let i = 0; i < waiting.length; i++) {
      const index = (this.#cursor + i) % waiting.length;
      const topic = waiting[index] as TopicTurns;
      if (topic.held < share) {
        this.#cursor = index + 1;
        return topic;
      }
      if (least === undefined || topic.held < least.held) least = topic;
    }
    // all that wait have their share: more only from what is not kept in reserve for a topic that has nothing running
    const usable = this.#someTopicIsIdle() ? Math.max(share, this.#slots - share) : this.#slots;
    return this.#held < usable ? least : undefined;
  }

  #someTopicIsIdle(): boolean {
    for (const topic of this.#topics.values()) if (topic.held === 0) return true;
    return false;
  }

  #pickPartition(topic: TopicTurns): Turn {
    const { waiting } = topic;
    if (waiting.length === 1) return waiting[0] as Turn;
    // of what the topic holds with this one: the whole of the slots may be out of its reach
    const share = Math.max(1, Math.floor((topic.held + 1) / waiting.length));
    let least: Turn | undefined;
    for (let i = 0; i < waiting.length; i++) {
      let index = topic.cursor + i;
      if (index >= waiting.length) index %= waiting.length;
      const turn = waiting[index] as Turn;
      if (turn.held < share) {
        topic.cursor = index + 1;
        return turn;
      }
      if (least === undefined || turn.held < least.held) least = turn;
    }
    return least as Turn;
  }
}

/** Takes an element out of its list by moving the last one into its place. */
function removeAt<T extends { waitIndex: number }>(list: T[], element: T): void {
  const last = list.pop() as T;
  if (last !== element) {
    list[element.waitIndex] = last;
    last.waitIndex = element.waitIndex;
  }
  element.waitIndex = -1;
}
