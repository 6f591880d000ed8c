/**
 * Calls an HTTP API for each message. As many calls as allowed are always under way: the next message starts when any of
 * them ends, not when a batch is through.
 *
 *   node examples/dist/06-http-api/main.js
 *   KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092 GEOCODER_URL=http://127.0.0.1:9000 node examples/dist/06-http-api/main.js
 *
 * It may be started before Kafka: it tries again with growing pauses, says so, and is not ready until it is connected.
 * Without KAFKA_BOOTSTRAP_SERVERS it shows that: an API and a Kafka that comes up late are then started beside it.
 * Ctrl-C (or SIGTERM, as Kubernetes sends it) ends it: calls under way are finished and committed, then what is open is
 * closed, and the exit code is 0.
 */
import { Agent, request } from 'node:http';

import { FastConsumerFactory, json, serve, Service } from '@millrace/kafka';

import { startSurroundings } from './surroundings.js';

const { KAFKA_BOOTSTRAP_SERVERS, GEOCODER_URL, HEALTH_PORT } = process.env;
await using surroundings = await startSurroundings(KAFKA_BOOTSTRAP_SERVERS, GEOCODER_URL);

// #region service
interface Address {
  readonly id: string;
  readonly city: string;
}

// What handlers share and what must be closed at the end.
const connections = new Agent({ keepAlive: true, maxSockets: 32 });
const service = Service.new({ name: 'address_service', context: { connections: () => connections } });

const factory = FastConsumerFactory.new({
  name: 'kafka_consumer.geocoder',
  groupId: 'address_service.geocoder',
  service,
  bootstrapServers: surroundings.bootstrapServers,
  kafkaConfig: surroundings.kafkaConfig,
  topics: ['new_addresses'],
  autoOffsetReset: 'earliest',
  maxConcurrency: 32,
  handlerTimeoutMs: 10_000, // then `context.signal` fires, which ends the call
  deserialize: json<Address>(),
  // A call that fails stops the service, its message stays uncommitted, and a restart sees it again.
  onFailure: { otherwise: 'crash' },
  handler: async (context, address) => {
    const place = await geocode(address.city, context.connections, context.signal);
    context.logger.info({ id: address.id, place }, 'address found');
  },
});

const { exitCode } = await serve(factory, { health: { port: Number(HEALTH_PORT ?? 8080) } });
connections.destroy();
console.log(`stopped with exit code ${exitCode}, connections closed`);
// #endregion

function geocode(city: string, agent: Agent, signal: AbortSignal): Promise<string> {
  const url = new URL(`/places?city=${encodeURIComponent(city)}`, surroundings.geocoderUrl);
  return new Promise((resolve, reject) => {
    const call = request(url, { agent, signal }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => {
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`the geocoder answered ${response.statusCode ?? 0}`));
      });
    });
    call.on('error', reject).end();
  });
}
