import type { PropertyValue } from './kafka-config.js';

/** A property we set, with what speaks for its value. */
export interface SetProperty {
  readonly value: PropertyValue;
  readonly reason: string;
}

/**
 * How much the client fetches ahead. `steady`: messages are taken as fast as they come. `each`: a round trip to the broker
 * lies between two messages, and the client is paused and resumed all the time.
 */
export type Prefetch = 'steady' | 'each';

/** What the properties of a consumer depend on. */
export interface ConsumerChoice {
  readonly groupProtocol: 'classic' | 'consumer';
  readonly prefetch: Prefetch;
  /** How many messages the consumer holds at most: what is prefetched beside them must be small against it. @defaultValue `10_000` */
  readonly heldMessages?: number;
  /** The client commits by itself what it has handed over, as the ancestor's did; undefined = we commit. */
  readonly clientCommits:
    { readonly intervalMs: number; readonly autoOffsetReset: 'latest' | 'earliest' | 'error' } | undefined;
}

/** Every property we set on a consumer that is not a name or an address. */
export function consumerProperties(choice: ConsumerChoice): Readonly<Record<string, SetProperty>> {
  return {
    ...commits(choice.clientCommits),
    ...(choice.groupProtocol === 'classic' ? classicGroup : {}),
    ...shared,
    ...prefetched(choice),
  };
}

/** Properties of every kind of client. */
export const connectionProperties: Readonly<Record<string, SetProperty>> = {
  'reconnect.backoff.max.ms': {
    value: 1_000,
    reason:
      'after an outage the flow resumes within a second of the broker; by default the next try may be 10 s away',
  },
  'socket.keepalive.enable': {
    value: true,
    reason:
      'a firewall or NAT that has dropped an idle connection is noticed instead of a request hanging on it',
  },
  'log.connection.close': {
    value: false,
    reason: 'brokers close idle connections as a matter of course; real failures are logged as such',
  },
};

const shared: Readonly<Record<string, SetProperty>> = {
  ...connectionProperties,
  'allow.auto.create.topics': {
    value: false,
    reason: 'a misspelt topic is an error at start, not a new empty topic',
  },
  'enable.partition.eof': {
    value: true,
    reason:
      'the end of a log is an event of its own: only the client knows it where markers and compaction leave gaps',
  },
  'check.crcs': {
    value: true,
    reason: 'a batch damaged on disk or on its way must not reach a handler',
  },
  'topic.metadata.refresh.interval.ms': {
    value: 60_000,
    reason: 'a topic that gets more partitions is noticed within a minute; by default after five',
  },
  'fetch.wait.max.ms': {
    value: 100,
    reason:
      'a connection has one request at a time: a partition that is resumed or assigned, and every look-up of offsets, waits behind a fetch that waits for data, by default 500 ms',
  },
  'fetch.error.backoff.ms': {
    value: 100,
    reason: 'a partition whose leader moves is fetched again soon; by default 500 ms later',
  },
};

function commits(clientCommits: ConsumerChoice['clientCommits']): Readonly<Record<string, SetProperty>> {
  if (clientCommits !== undefined) {
    const reason = "delivery 'baseplate': the client stores and commits by itself what it has handed over";
    return {
      'enable.auto.commit': { value: true, reason },
      'enable.auto.offset.store': { value: true, reason },
      'auto.commit.interval.ms': { value: clientCommits.intervalMs, reason: 'option autoCommitIntervalMs' },
      'auto.offset.reset': { value: clientCommits.autoOffsetReset, reason: 'option autoOffsetReset' },
    };
  }
  return {
    'enable.auto.commit': {
      value: false,
      reason:
        'a commit covers what was processed, not what was received; two committers could not be ordered',
    },
    'enable.auto.offset.store': { value: false, reason: 'we commit explicit offsets' },
    'auto.offset.reset': {
      value: 'error',
      reason: 'where a partition starts is decided by us for each partition, never silently for all',
    },
  };
}

const classicGroup: Readonly<Record<string, SetProperty>> = {
  'partition.assignment.strategy': {
    value: 'cooperative-sticky',
    reason: 'a rebalance stops only the partitions that move',
  },
};

/**
 * `fetch.message.max.bytes` stays as it is (1 MiB): of the first partition in a fetch the broker sends at least one whole
 * batch, of the others none that is larger than this. With less than the producers' batches (1 MB at most, by default)
 * partitions take turns of one a fetch, and some get none for half a minute (seen).
 */
function prefetched({
  prefetch,
  heldMessages = 10_000,
}: ConsumerChoice): Readonly<Record<string, SetProperty>> {
  const most = prefetch === 'each' ? 500 : 5_000;
  return {
    ...prefetches[prefetch],
    'queued.min.messages': {
      value: Math.max(100, Math.min(most, Math.round(heldMessages / 2))),
      reason:
        'enough to bridge a fetch; a pause throws away what is prefetched, and it counts for all partitions together',
    },
  };
}

const prefetches: Readonly<Record<Prefetch, Readonly<Record<string, SetProperty>>>> = {
  steady: {
    'queued.min.messages': {
      value: 5_000,
      reason:
        'enough to bridge a fetch; a pause throws away what is prefetched, and it counts for all partitions together',
    },
    'queued.max.messages.kbytes': {
      value: 16_384,
      reason: 'bounds the native memory beside the buffers of the consumer; by default 64 MiB',
    },
    'fetch.max.bytes': {
      value: 1_048_576,
      reason:
        'a fetch brings no more than this beyond what is prefetched: so a pause throws away little. Far from the brokers (round trips above 10 ms) more is faster',
    },
    'fetch.queue.backoff.ms': {
      value: 5,
      reason:
        'a queue that was full is filled again before it is empty; by default the client looks again after 1 s',
    },
  },
  each: {
    'queued.min.messages': {
      value: 500,
      reason:
        'the rate is bound by the round trip of a commit, and each pause throws away what is prefetched',
    },
    'queued.max.messages.kbytes': {
      value: 4_096,
      reason: 'the rate is bound by the round trip of a commit: less native memory is enough',
    },
    'fetch.max.bytes': {
      value: 262_144,
      reason: 'a fetch brings no more than this beyond what is prefetched, which each pause throws away',
    },
    'message.max.bytes': {
      value: 262_144,
      reason: 'the client accepts no smaller fetch.max.bytes; of what a consumer receives it limits nothing',
    },
    'fetch.queue.backoff.ms': {
      value: 20,
      reason:
        'a queue that was full is filled again before it is empty; by default the client looks again after 1 s',
    },
  },
};

/** The client accepts these only in a certain order of size: who sets one of them decides on both. */
export const sizeOfFetch: readonly string[] = ['fetch.max.bytes', 'message.max.bytes'];
