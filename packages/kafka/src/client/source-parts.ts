import { type Clock, type Logger, MillraceError } from '@millrace/core';

import { AssignmentLookup } from './assignment-lookup.js';
import { ClientEvents } from './client-events.js';
import { clientHooks } from './client-hooks.js';
import { CommitChannel } from './commit-channel.js';
import { ConsumerConnection } from './consumer-connection.js';
import type { ClientError } from './kafka-error.js';
import type { ListenerRelay } from './listener-relay.js';
import { LogEnds } from './log-ends.js';
import type { LowLevelConsumer } from './low-level-client.js';
import type { NativeCallLimit } from './native-call-limit.js';
import { PollLoop } from './poll-loop.js';
import { Reachability } from './reachability.js';
import { RebalanceListener } from './rebalance-listener.js';
import type { WantedTopic } from './topic-check.js';
import { TopicSubscription } from './topic-subscription.js';

const probeTimeoutMs = 500;

/** What a source consists of once there is a client. */
export interface SourceParts {
  readonly connection: ConsumerConnection;
  readonly events: ClientEvents;
  readonly reachability: Reachability;
  readonly topics: TopicSubscription;
  readonly rebalances: RebalanceListener;
  readonly polls: PollLoop;
  readonly commits: CommitChannel;
  readonly lookup: AssignmentLookup;
  readonly ends: LogEnds;
}

/** What they are made of. */
export interface SourceMaterials {
  readonly client: LowLevelConsumer;
  readonly relay: ListenerRelay;
  readonly wanted: readonly WantedTopic[];
  readonly topicRefreshMs: number;
  readonly callLimit: NativeCallLimit;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Makes the parts of a source and leads the client's callbacks to them. */
export function assembleSource(materials: SourceMaterials): SourceParts {
  const { client, relay, wanted, topicRefreshMs, callLimit, clock, logger } = materials;
  const connection = new ConsumerConnection({ client, limit: callLimit, clock, logger });
  const basics = { connection, relay, clock, logger };
  const topics = new TopicSubscription({ ...basics, wanted, refreshMs: topicRefreshMs });
  const probe = (): Promise<unknown> => connection.metadata(topics.names[0], probeTimeoutMs);
  const reachability = new Reachability({ ...basics, closing: connection.closing, probe });
  const reported = (error: ClientError): void => pass(error, { events, reachability, relay });
  const events = new ClientEvents({ client, logger, reported });
  const rebalances = new RebalanceListener({ ...basics, isPolling: () => polls.isPolling });
  const polls = new PollLoop({ ...basics, reachability, events, polled: () => rebalances.tell() });
  const commits = new CommitChannel(connection, relay);
  const hooks = client[clientHooks];
  hooks.rebalance = (error, partitions) => rebalances.arrived(error, partitions);
  hooks.queueNotEmpty = () => relay.wake();
  hooks.committed = (error, partitions) => {
    if (error === undefined || error === null) reachability.confirmed();
    commits.answered(error, partitions);
  };
  client.on('partition.eof', (end) => polls.endReached(end));
  const [lookup, ends] = [new AssignmentLookup(basics), new LogEnds(basics)];
  return { connection, events, reachability, topics, rebalances, polls, commits, lookup, ends };
}

/** An error that belongs to no call. */
function pass(
  error: ClientError,
  {
    events,
    reachability,
    relay,
  }: Pick<SourceParts, 'events' | 'reachability'> & { readonly relay: ListenerRelay },
): void {
  if (error.kind === 'fatal') relay.failed(new MillraceError('CLIENT_FATAL', events.describe(error)));
  else if (error.kind === 'unreachable' || error.kind === 'unauthenticated') {
    reachability.suspected(events.describe(error));
  }
}
