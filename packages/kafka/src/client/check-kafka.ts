import { type Clock, isMillraceError, type Logger, silentLogger, systemClock } from '@millrace/core';

import { Backoff } from './backoff.js';
import { lookingConfig } from './client-config.js';
import { ClientEvents } from './client-events.js';
import { ConsumerConnection } from './consumer-connection.js';
import type { KafkaConfig } from './kafka-config.js';
import { clientError } from './kafka-error.js';
import { type NativeCallLimit, processCallLimit } from './native-call-limit.js';
import { createConsumer, type NativeConsumer } from './native-client.js';
import { takeOn } from './take-on.js';
import { missingTopicsText } from './topic-check.js';

/** What {@link checkKafka} looks at. */
export interface CheckKafkaOptions {
  /** `host:port`, separated by commas. */
  readonly bootstrapServers: string;
  /** Topics that have to exist. @defaultValue none */
  readonly topics?: readonly string[];
  /** Properties for the connection, such as TLS and SASL. @defaultValue `{}` */
  readonly kafkaConfig?: KafkaConfig;
  /** How long to wait for a broker. @defaultValue `5_000` */
  readonly timeoutMs?: number;
}

/** What {@link checkKafka} found. */
export interface KafkaCheck {
  readonly ok: boolean;
  /** In words; empty if `ok`. They hold no secrets. */
  readonly problems: readonly string[];
}

/**
 * Whether Kafka can be reached and topics exist, found out by a client of its own: for a health check that does not
 * depend on a consumer. It joins no group and leaves nothing behind, and it does not throw.
 */
export function checkKafka(options: CheckKafkaOptions): Promise<KafkaCheck> {
  return checkThrough(
    { createClient: createConsumer, callLimit: processCallLimit(), clock: systemClock, logger: silentLogger },
    options,
  );
}

/** What a check works with. */
export interface CheckParts {
  readonly createClient: (config: KafkaConfig) => NativeConsumer;
  readonly callLimit: NativeCallLimit;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** {@link checkKafka} with parts of one's own. */
export async function checkThrough(parts: CheckParts, options: CheckKafkaOptions): Promise<KafkaCheck> {
  const problems = await problemsOf(parts, options);
  return { ok: problems.length === 0, problems };
}

/** One attempt: short, since it holds a thread of the process while no broker answers. */
const attemptMs = 500;
/** Asked for when there is nothing else to ask for: any answer will do. */
const anyTopic = '__consumer_offsets';

async function problemsOf(parts: CheckParts, options: CheckKafkaOptions): Promise<string[]> {
  const { clock, logger } = parts;
  const { topics = [], kafkaConfig = {}, bootstrapServers, timeoutMs = 5_000 } = options;
  const deadline = clock.monotonic() + timeoutMs;
  let connection: ConsumerConnection | undefined;
  try {
    const config = lookingConfig({ clientId: 'millrace.check-kafka', bootstrapServers, kafkaConfig });
    const client = takeOn(parts.createClient(config.properties), config);
    const events = new ClientEvents({ client, logger, reported: () => undefined });
    connection = new ConsumerConnection({ client, limit: parts.callLimit, clock, logger });
    await connection.connect();
    const backoff = new Backoff(clock, 100, attemptMs);
    for (;;) {
      try {
        return await missingOf(connection, topics, attemptMs);
      } catch (error) {
        if (clock.monotonic() >= deadline) {
          return [`no broker at ${bootstrapServers} answers: ${events.describe(clientError(error))}`];
        }
      }
      await backoff.wait(connection.closing);
    }
  } catch (error) {
    return [isMillraceError(error) ? error.message : clientError(error).message];
  } finally {
    await connection?.close();
  }
}

async function missingOf(
  connection: ConsumerConnection,
  topics: readonly string[],
  timeoutMs: number,
): Promise<string[]> {
  const names = topics.length === 0 ? [anyTopic] : topics;
  const answers = await Promise.all(names.map((name) => connection.metadata(name, timeoutMs)));
  const missing = topics.filter((name, i) => {
    const topic = answers[i]?.topics.find((candidate) => candidate.name === name);
    return topic === undefined || topic.partitions.length === 0;
  });
  return missing.length === 0 ? [] : [missingTopicsText(missing, [])];
}
