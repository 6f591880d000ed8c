import type { TopicPartition } from '../source/assignment.js';
import type { OwnedPartition } from './owned-partition.js';

/** The partitions that this consumer owns, found by topic and number without building a key. */
export class PartitionTable {
  readonly #byTopic = new Map<string, (OwnedPartition | undefined)[]>();
  readonly #all = new Set<OwnedPartition>();
  // messages of a batch mostly share a topic
  #lastTopic: string | undefined = undefined;
  #lastList: (OwnedPartition | undefined)[] = [];

  get size(): number {
    return this.#all.size;
  }

  all(): Iterable<OwnedPartition> {
    return this.#all;
  }

  find(topic: string, partition: number): OwnedPartition | undefined {
    if (topic !== this.#lastTopic) {
      const list = this.#byTopic.get(topic);
      if (list === undefined) return undefined;
      this.#lastTopic = topic;
      this.#lastList = list;
    }
    return this.#lastList[partition];
  }

  /** Takes in a partition that is not owned yet. */
  add(owned: OwnedPartition): void {
    let list = this.#byTopic.get(owned.topic);
    if (list === undefined) {
      list = [];
      this.#byTopic.set(owned.topic, list);
    }
    list[owned.partition] = owned;
    this.#all.add(owned);
  }

  remove(owned: OwnedPartition): void {
    if (!this.#all.delete(owned)) return;
    const list = this.#byTopic.get(owned.topic) as (OwnedPartition | undefined)[];
    list[owned.partition] = undefined;
    // topics come and go: one without partitions leaves nothing behind
    if (list.every((other) => other === undefined)) this.#byTopic.delete(owned.topic);
    if (this.#lastTopic === owned.topic) this.#lastTopic = undefined;
  }

  /** The owned ones among `partitions`. */
  select(partitions: readonly TopicPartition[]): OwnedPartition[] {
    const found: OwnedPartition[] = [];
    for (const { topic, partition } of partitions) {
      const owned = this.find(topic, partition);
      if (owned !== undefined) found.push(owned);
    }
    return found;
  }
}
