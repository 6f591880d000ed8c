/** How the members of a group agree on who owns what. */
export type Protocol = 'classic' | 'eager' | 'kip848';

/** What a consumer process is told, as JSON on its command line. */
export interface ConsumerParameters {
  readonly bootstrapServers: string;
  readonly topics: readonly string[];
  /** The part of the group's id behind the service's name. */
  readonly group: string;
  readonly strategy: 'in-order' | 'fast';
  readonly protocol: Protocol;
  /** Static membership: the same name again is the same member again. */
  readonly instance?: string;
  /** How long each handler takes (0: not at all). */
  readonly handlerMs: number;
  /** Fast only. @defaultValue the framework's */
  readonly maxConcurrency?: number;
  /** @defaultValue the framework's */
  readonly window?: number;
  /** librdkafka properties besides those of the protocol. */
  readonly kafkaConfig?: Readonly<Record<string, string | number | boolean>>;
  readonly drainTimeoutMs?: number;
  /** Blocks the event loop of the process once: in the first handler that gets this message, until there is a {@link wakeFile}. */
  readonly blockAt?: number;
  /** The file that this process appends its ledger to. */
  readonly ledgerFile: string;
}

/** Kafka's sessions in these tests; the broker has the same for KIP-848. */
export const SESSION_MS = 6_000;
/** A member learns of a rebalance by its heartbeat. */
const HEARTBEAT_MS = 1_000;

/** librdkafka's own session, over the short one: longer than the broker is away, so that the client does not give its partitions up. */
export const LONG_SESSION = { 'session.timeout.ms': 45_000, 'heartbeat.interval.ms': 3_000 } as const;

/** The file whose appearance ends the block of a process. */
export function wakeFile(ledgerFile: string): string {
  return `${ledgerFile}.wake`;
}

/** The service that all test groups belong to. */
export const SERVICE = 'chaos';

/** librdkafka's properties for a protocol. */
export function protocolConfig(protocol: Protocol, instance?: string): Record<string, string | number> {
  const identity = instance === undefined ? {} : { 'group.instance.id': instance };
  if (protocol === 'kip848') return { 'group.protocol': 'consumer', ...identity };
  return {
    'group.protocol': 'classic',
    'partition.assignment.strategy': protocol === 'eager' ? 'range' : 'cooperative-sticky',
    'session.timeout.ms': SESSION_MS,
    'heartbeat.interval.ms': HEARTBEAT_MS,
    ...identity,
  };
}
