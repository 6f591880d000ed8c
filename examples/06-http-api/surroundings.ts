import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import type { KafkaConfig } from '@millrace/kafka';

import { type ExampleKafka, startKafka } from '../example-kafka.js';

const KAFKA_COMES_AFTER_MS = 3_000;
const ADDRESSES = 100;
const CITIES = ['Ulm', 'Graz', 'Bern', 'Lyon', 'Oulu'] as const;

/** What the example talks to. */
export interface Surroundings extends AsyncDisposable {
  readonly bootstrapServers: string;
  readonly kafkaConfig: KafkaConfig;
  readonly geocoderUrl: string;
}

/** What is given, or stand-ins: an HTTP API that takes 20 ms, and a Kafka that is not there for the first seconds. */
export async function startSurroundings(
  kafka: string | undefined,
  geocoder: string | undefined,
): Promise<Surroundings> {
  const api = geocoder === undefined ? await startGeocoder() : undefined;
  const late = kafka === undefined ? await LateKafka.announce() : undefined;
  return {
    bootstrapServers: late?.address ?? kafka ?? '',
    kafkaConfig: late === undefined ? {} : { 'group.protocol': 'consumer', 'fetch.wait.max.ms': 5 },
    geocoderUrl: geocoder ?? addressOf(api),
    async [Symbol.asyncDispose]() {
      await late?.stop();
      api?.close();
    },
  };
}

async function startGeocoder(): Promise<HttpServer> {
  const api = createHttpServer((request, response) => {
    const city = new URL(request.url ?? '/', 'http://localhost').searchParams.get('city') ?? '';
    setTimeout(() => response.end(`the middle of ${city}`), 20);
  });
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
  return api;
}

/**
 * An embedded broker whose address is known before it is there: at first nothing listens, later connections are passed on
 * to it. Clients learn its own address from it then.
 */
class LateKafka {
  readonly address: string;
  readonly #port: number;
  readonly #proxy: Server = createServer();
  readonly #coming: Promise<ExampleKafka>;

  private constructor(port: number) {
    this.address = `127.0.0.1:${port}`;
    this.#port = port;
    this.#coming = this.#come();
  }

  static async announce(): Promise<LateKafka> {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    return new LateKafka(port);
  }

  async stop(): Promise<void> {
    const kafka = await this.#coming;
    this.#proxy.close();
    await kafka.stop();
  }

  async #come(): Promise<ExampleKafka> {
    await sleep(KAFKA_COMES_AFTER_MS);
    const kafka = await startKafka();
    const addresses = Array.from({ length: ADDRESSES }, (_, index) => {
      const id = `address-${index}`;
      return { key: id, value: { id, city: CITIES[index % CITIES.length] } };
    });
    await kafka.send('new_addresses', addresses);
    const target = Number(kafka.bootstrapServers.split(',')[0]?.split(':')[1]);
    this.#proxy.on('connection', (socket) => {
      const onward = connect(target, '127.0.0.1');
      socket.pipe(onward).pipe(socket);
      socket.on('error', () => onward.destroy());
      onward.on('error', () => socket.destroy());
    });
    this.#proxy.listen(this.#port, '127.0.0.1');
    await once(this.#proxy, 'listening');
    console.log('Kafka is up');
    return kafka;
  }
}

function addressOf(server: HttpServer | undefined): string {
  return `http://127.0.0.1:${(server?.address() as AddressInfo).port}`;
}
