import { type Clock, isMillraceError, MillraceError } from '@millrace/core';

import { Backoff } from './backoff.js';
import type { ConsumerConnection } from './consumer-connection.js';
import { clientError } from './kafka-error.js';
import type { SourceParts } from './source-parts.js';

/** While no broker answers a call waits this long for one, and holds a thread as long. */
const firstTimeoutMs = 500;
/** When a broker is there and does not answer in time, it gets more time with each try, up to this. */
const mostTimeoutMs = 4_000;
const retry = { firstMs: 100, mostMs: 500 };

type Opening = Pick<SourceParts, 'connection' | 'topics' | 'reachability' | 'events'>;

/**
 * Connects, finds the topics and subscribes. As long as no broker answers it says so and goes on trying; it rejects only
 * for what waiting does not cure: a configuration that the client refuses, a login that a broker refuses, a topic that
 * does not exist, and closing.
 */
export async function openSource(source: Opening, clock: Clock): Promise<void> {
  const { connection, topics, reachability, events } = source;
  try {
    await connection.connect();
  } catch (error) {
    if (isMillraceError(error)) throw error;
    const text = events.describe(clientError(error));
    throw new MillraceError('OPTIONS_INVALID', `the Kafka client refuses its configuration: ${text}`);
  }
  await findTopics(source, clock);
  reachability.confirmed();
  reachability.watch();
  try {
    topics.subscribe();
  } catch (error) {
    throw new MillraceError('CLIENT_FATAL', `subscribing failed: ${events.describe(clientError(error))}`);
  }
  void topics.follow();
}

/** The first answer to the question for the topics is also the proof that there is a broker. */
async function findTopics(
  { connection, topics, reachability, events }: Opening,
  clock: Clock,
): Promise<void> {
  const backoff = new Backoff(clock, retry.firstMs, retry.mostMs);
  let timeoutMs = firstTimeoutMs;
  while (!connection.isClosing) {
    try {
      await topics.resolve(timeoutMs);
      return;
    } catch (cause) {
      // Ours: a topic is missing or its name impossible, or the source was closed.
      if (isMillraceError(cause)) throw cause;
      const error = clientError(cause);
      await serveEvents(connection);
      const { refusal } = events;
      if (refusal !== undefined) throw new MillraceError('CONNECT_FAILED', events.describe(refusal));
      reachability.denied(events.describe(error));
      if (error.name === '_TIMED_OUT') timeoutMs = Math.min(timeoutMs * 2, mostTimeoutMs);
    }
    await backoff.wait(connection.closing);
  }
  throw new MillraceError('STATE_INVALID', 'the source was closed while it was opened');
}

/** Before anything is subscribed a poll brings no messages, only events. */
function serveEvents(connection: ConsumerConnection): Promise<void> {
  return new Promise((resolve) => {
    if (!connection.consume(1, () => resolve())) resolve();
  });
}
