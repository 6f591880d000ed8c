/**
 * Health checks of your own, beside those the framework makes.
 *
 *   node examples/dist/03-health-checks/main.js
 *
 * Kubernetes asks /startupz, /livez and /readyz; /health?type=readiness is baseplate's address for the same.
 */
import { FastConsumerFactory, QueueConsumerServer, Service } from '@millrace/kafka';

import { startKafka } from '../example-kafka.js';
import { runExample } from '../run-example.js';

/** What one address answered. */
export interface HealthAnswer {
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

/** Answers while the database is up, and then while it is down. */
export async function main(): Promise<{
  readonly up: readonly HealthAnswer[];
  readonly down: readonly HealthAnswer[];
}> {
  await using kafka = await startKafka();
  await kafka.send('signups', [{ key: 'u1', value: { user: 'u1' } }]);
  const database = { isUp: true };

  // #region checks
  const factory = FastConsumerFactory.new({
    name: 'kafka_consumer.welcome_mail',
    groupId: 'user_service.welcome_mail',
    service: Service.new({ name: 'user_service' }),
    bootstrapServers: kafka.bootstrapServers,
    kafkaConfig: kafka.kafkaConfig,
    topics: ['signups'],
    autoOffsetReset: 'earliest',
    handler: () => undefined,
    // Of this consumer: asked for every probe, with a snapshot of the consumer. A backlog is no reason for a restart.
    healthCheck: (probe, snapshot) =>
      probe !== 'readiness' || snapshot.partitions.every(({ lag = 0 }) => lag < 100_000),
  });

  await using server = QueueConsumerServer.new({
    factories: [factory],
    health: {
      port: 0, // any free one; a service would name a port, 8080 for example
      host: '127.0.0.1', // the default 0.0.0.0 is what probes need: they come to the pod's address
      timeoutMs: 1_000, // a check that has not answered by then counts as failed
      checks: {
        // Of the server as a whole; may be async. Without its database it takes no work, but a restart would not help.
        database: async (probe) => probe !== 'readiness' || (await isReachable(database)),
      },
    },
  });
  // #endregion
  await server.start();

  const ask = async (path: string): Promise<HealthAnswer> => {
    const response = await fetch(new URL(path, server.healthAddress));
    return { path, status: response.status, body: await response.json() };
  };
  const askAll = (): Promise<HealthAnswer[]> =>
    Promise.all(['/startupz', '/livez', '/readyz', '/health?type=readiness'].map(ask));

  while ((await ask('/readyz')).status !== 200); // the group has not given it partitions yet
  const up = await askAll();
  database.isUp = false;
  const down = await askAll();
  for (const { path, status, body } of [...up, ...down]) console.log(status, path, JSON.stringify(body));
  return { up, down };
}

/** Stands for `SELECT 1`. */
function isReachable(database: { readonly isUp: boolean }): Promise<boolean> {
  return Promise.resolve(database.isUp);
}

await runExample(import.meta.url, main);
