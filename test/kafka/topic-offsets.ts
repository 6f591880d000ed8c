import kafka, { type GroupResults, type ListOffsetsResult } from '@confluentinc/kafka-javascript';

import { askBroker } from './broker-metadata.js';
import { clientCall } from './client-call.js';
import { withAdmin } from './topic-admin.js';

const TIMEOUT_MS = 20_000;

/** The offsets that a partition holds: from `low` to below `high`. */
export interface Watermarks {
  readonly low: number;
  readonly high: number;
}

/** What a group has committed for one partition. */
export interface CommittedOffset {
  /** Of the next message to be handled. */
  readonly offset: number;
  /** The text stored beside it; empty if none. */
  readonly metadata: string;
}

/** Lowest and next offset of every partition of a topic, by partition. */
export async function watermarks(bootstrapServers: string, topic: string): Promise<Map<number, Watermarks>> {
  const metadata = await askBroker(bootstrapServers, topic);
  const partitions = metadata.topics.find(({ name }) => name === topic)?.partitions ?? [];
  if (partitions.length === 0) throw new Error(`there is no topic ${topic}`);
  return await withAdmin(bootstrapServers, async (admin) => {
    const at = (offset: kafka.OffsetSpec): Promise<ListOffsetsResult[]> =>
      clientCall(`offsets of ${topic}`, (done) => {
        admin.listOffsets(
          partitions.map(({ id }) => ({ topic, partition: id, offset })),
          { timeout: TIMEOUT_MS },
          done,
        );
      });
    const [lows, highs] = await Promise.all([at(kafka.OffsetSpec.EARLIEST), at(kafka.OffsetSpec.LATEST)]);
    const low = new Map(lows.map((result) => [result.partition, result.offset]));
    return new Map(
      highs.map(({ partition, offset }) => [partition, { low: low.get(partition) ?? 0, high: offset }]),
    );
  });
}

/** What a group has committed for a topic, by partition; a partition without a commit is not in it. */
export async function committedOffsets(
  bootstrapServers: string,
  groupId: string,
  topic: string,
): Promise<Map<number, CommittedOffset>> {
  const [group] = await withAdmin(bootstrapServers, (admin) =>
    clientCall<GroupResults[]>(`committed offsets of ${groupId}`, (done) => {
      admin.listConsumerGroupOffsets([{ groupId }], { timeout: TIMEOUT_MS }, done);
    }),
  );
  if (group?.error !== undefined)
    throw new Error(`committed offsets of ${groupId}: ${group.error.message}`, { cause: group.error });
  const committed = new Map<number, CommittedOffset>();
  for (const { topic: of, partition, offset, metadata } of group?.partitions ?? []) {
    if (of === topic && offset >= 0) committed.set(partition, { offset, metadata: metadata ?? '' });
  }
  return committed;
}
