import type { Message } from '../../../src/message/message.js';
import type { AssignmentFacts, TopicPartition, Watermarks } from '../../../src/source/assignment.js';
import type { CommitEntry } from '../../../src/source/message-source.js';
import { message } from '../messages.js';
import { placeOf } from '../recording-ports.js';

export interface ModelLog extends TopicPartition {
  readonly messages: Message[];
  /** Offset that the next message gets. Markers and compaction let it run ahead of the last message. */
  end: number;
  /** First offset that the group has to read. */
  readonly start: number;
  committed: { readonly offset: number; readonly metadata: string } | undefined;
  /** Offsets whose handling has ended well, by whomever. */
  readonly settled: Set<number>;
  /** Index in `messages` below which all are settled. */
  frontier: number;
}

/** The logs, the group's commits, and the truth about which messages are settled. */
export class ModelBroker {
  readonly logs = new Map<string, ModelLog>();

  /** @param committed - where the group stands; undefined = it has never read this */
  addLog(place: TopicPartition, committed: number | undefined): void {
    this.logs.set(placeOf(place), {
      topic: place.topic,
      partition: place.partition,
      messages: [],
      end: committed ?? 0,
      start: committed ?? 0,
      committed: committed === undefined ? undefined : { offset: committed, metadata: '' },
      settled: new Set(),
      frontier: 0,
    });
  }

  log(place: TopicPartition): ModelLog {
    const log = this.logs.get(placeOf(place));
    if (log === undefined) throw new Error(`no log ${placeOf(place)}`);
    return log;
  }

  get places(): TopicPartition[] {
    return [...this.logs.values()].map(({ topic, partition }) => ({ topic, partition }));
  }

  /** Appends a message after a gap. */
  append(place: TopicPartition, gap: number, size: number): void {
    const log = this.log(place);
    const offset = log.end + gap;
    log.messages.push(message(offset, { topic: place.topic, partition: place.partition, size }));
    log.end = offset + 1;
  }

  apply({ topic, partition, offset, metadata }: CommitEntry): void {
    this.log({ topic, partition }).committed = { offset, metadata };
  }

  /** Leaves offsets out at the end of a log, as the marker of a transaction does. */
  skip(place: TopicPartition, offsets: number): void {
    this.log(place).end += offsets;
  }

  settle({ topic, partition, offset }: Message): void {
    this.log({ topic, partition }).settled.add(offset);
  }

  /** The lowest offset that nobody has settled; undefined = all are. */
  firstUnsettled(place: TopicPartition): number | undefined {
    const log = this.log(place);
    while (log.settled.has(log.messages[log.frontier]?.offset as number)) log.frontier++;
    return log.messages[log.frontier]?.offset;
  }

  /** Another member reads on from the commit, and commits. */
  readElsewhere(place: TopicPartition, count: number): void {
    const log = this.log(place);
    const from = log.committed?.offset ?? log.start;
    const read = log.messages.filter((each) => each.offset >= from).slice(0, count);
    for (const each of read) log.settled.add(each.offset);
    const last = read.at(-1);
    if (last !== undefined)
      log.committed = { offset: last.offset + 1, metadata: log.committed?.metadata ?? '' };
  }

  facts(places: readonly TopicPartition[]): AssignmentFacts {
    const topics = [...new Set(places.map(({ topic }) => topic))];
    return {
      partitions: places.map(({ topic, partition }) => {
        const { committed, end } = this.log({ topic, partition });
        return { topic, partition, committed, low: 0, high: end };
      }),
      topics: topics.map((topic) => {
        const logs = [...this.logs.values()].filter((log) => log.topic === topic);
        return {
          topic,
          partitionCount: logs.length,
          metadata: logs.flatMap(({ committed }) => (committed === undefined ? [] : [committed.metadata])),
        };
      }),
    };
  }

  ends(places: readonly TopicPartition[]): Watermarks[] {
    return places.map(({ topic, partition }) => ({
      topic,
      partition,
      low: 0,
      high: this.log({ topic, partition }).end,
    }));
  }
}
