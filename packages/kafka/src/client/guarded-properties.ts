/** Why a property cannot be set through `kafkaConfig`, and what to use instead: read after "cannot be set: ". */
const ours = 'it is part of what the framework guarantees';

const eitherClient: Readonly<Record<string, string>> = {
  'bootstrap.servers': 'use the option bootstrapServers',
  'metadata.broker.list': 'use the option bootstrapServers',
  event_cb: `${ours}: errors and logs of the client reach the logger of the service`,
  oauthbearer_token_refresh_cb: 'use the option oauthBearer',
};

const consumerOnly: Readonly<Record<string, string>> = {
  'group.id': 'use the option groupId',
  'enable.auto.commit': `${ours}; the client's own commits: delivery 'baseplate' of the fast and the batch consumer`,
  'auto.commit.enable': `${ours}; the client's own commits: delivery 'baseplate' of the fast and the batch consumer`,
  'auto.commit.interval.ms': 'use the option autoCommitIntervalMs',
  'enable.auto.offset.store': `${ours}; the client's own commits: delivery 'baseplate' of the fast and the batch consumer`,
  'auto.offset.reset':
    'use the options autoOffsetReset (no commit) and onOutOfRange (the log no longer has it)',
  'offset.store.method': `${ours}: offsets are kept by the broker`,
  'offset.store.path': `${ours}: offsets are kept by the broker`,
  'enable.partition.eof': `${ours}: the end of a partition is an event of its own`,
  'allow.auto.create.topics': `${ours}: topics are checked at start; create them first`,
  rebalance_cb: `${ours}: partitions are drained before they are given back; see the option onRevoke`,
  offset_commit_cb: `${ours}: it is how commits are acknowledged`,
  queue_non_empty_cb: `${ours}: it is what wakes the poll loop`,
};

const producerOnly: Readonly<Record<string, string>> = {
  'enable.idempotence': `${ours}: a retried send must not arrive twice`,
  acks: `${ours}: a message counts as sent when every in-sync replica has it`,
  'request.required.acks': `${ours}: a message counts as sent when every in-sync replica has it`,
  'transactional.id': 'use the option transactionalIdPrefix of the transactional consumer',
  dr_cb: `${ours}: it is how sends are acknowledged`,
  dr_msg_cb: `${ours}: it is how sends are acknowledged`,
};

/** With `group.protocol=consumer` the broker decides these; the client refuses to start with them. */
const brokerDecides: Readonly<Record<string, string>> = {
  'partition.assignment.strategy':
    "with group.protocol=consumer it is the broker's choice; see group.remote.assignor",
  'session.timeout.ms': 'with group.protocol=consumer it is a setting of the group at the broker',
  'heartbeat.interval.ms': 'with group.protocol=consumer it is a setting of the group at the broker',
  'group.protocol.type': 'it has no meaning with group.protocol=consumer',
};

/** Why this property is refused; undefined = it may be set. */
export function refusalOf(
  property: string,
  client: 'consumer' | 'producer',
  groupProtocol: 'classic' | 'consumer',
): string | undefined {
  const tables = [
    eitherClient,
    client === 'consumer' ? consumerOnly : producerOnly,
    client === 'consumer' && groupProtocol === 'consumer' ? brokerDecides : {},
  ];
  const table = tables.find((candidate) => Object.hasOwn(candidate, property));
  return table?.[property];
}
