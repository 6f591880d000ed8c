import { createConsumer, type KafkaConfig } from '@millrace/kafka';

const TIMEOUT_MS = 10_000;

/** One offset for each partition of the topic, by partition. */
export type Offsets = ReadonlyMap<number, number>;

/**
 * Asks the broker what a group has committed, with a client of its own that never joins the group: the demo does not take
 * the consumers' word for it.
 */
export class GroupOffsets implements AsyncDisposable {
  readonly #client: OffsetsClient;
  readonly #topic: string;
  readonly #partitions: readonly number[];

  private constructor(client: OffsetsClient, topic: string, partitions: readonly number[]) {
    this.#client = client;
    this.#topic = topic;
    this.#partitions = partitions;
  }

  /** Connects. The topic must exist. */
  static async connect(bootstrapServers: string, groupId: string, topic: string): Promise<GroupOffsets> {
    const config: KafkaConfig = {
      'bootstrap.servers': bootstrapServers,
      'group.id': groupId,
      'enable.auto.commit': false,
    };
    const client = createConsumer(config) as unknown as OffsetsClient;
    const metadata = await call<Metadata>((done) => client.connect({ topic, timeout: TIMEOUT_MS }, done));
    const found = metadata.topics.find(({ name }) => name === topic);
    return new GroupOffsets(client, topic, found?.partitions.map(({ id }) => id) ?? []);
  }

  /** The end of each partition. */
  async ends(): Promise<Offsets> {
    const ends = new Map<number, number>();
    for (const partition of this.#partitions) {
      const { highOffset } = await call<Watermarks>((done) =>
        this.#client.queryWatermarkOffsets(this.#topic, partition, TIMEOUT_MS, done),
      );
      ends.set(partition, highOffset);
    }
    return ends;
  }

  /** What the group has committed: the next offset it would read, for partitions with a commit. */
  async committed(): Promise<Offsets> {
    const places = this.#partitions.map((partition) => ({ topic: this.#topic, partition }));
    const answers = await call<readonly CommittedOffset[]>((done) =>
      this.#client.committed(places, TIMEOUT_MS, done),
    );
    return new Map(
      answers.flatMap(({ partition, offset }) =>
        typeof offset === 'number' && offset >= 0 ? [[partition, offset]] : [],
      ),
    );
  }

  async close(): Promise<void> {
    await call<unknown>((done) => this.#client.disconnect(done));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Messages between two sets of offsets, over all partitions; a partition that the second lacks counts as none. */
export function messagesBetween(from: Offsets, to: Offsets): number {
  return [...from].reduce(
    (sum, [partition, start]) => sum + Math.max(0, (to.get(partition) ?? start) - start),
    0,
  );
}

type Done<T> = (error: Error | null | undefined, result: T) => void;

interface Metadata {
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly { readonly id: number }[];
  }[];
}
interface Watermarks {
  readonly highOffset: number;
}
interface CommittedOffset {
  readonly partition: number;
  readonly offset?: number;
}

/** What is used here of the client, which `@millrace/kafka` hands out without describing it. */
interface OffsetsClient {
  connect(options: { readonly topic: string; readonly timeout: number }, done: Done<Metadata>): void;
  queryWatermarkOffsets(topic: string, partition: number, timeoutMs: number, done: Done<Watermarks>): void;
  committed(
    places: readonly { readonly topic: string; readonly partition: number }[],
    timeoutMs: number,
    done: Done<readonly CommittedOffset[]>,
  ): void;
  disconnect(done: Done<unknown>): void;
}

function call<T>(start: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, result) => {
      if (error) reject(error);
      else resolve(result);
    });
  });
}
