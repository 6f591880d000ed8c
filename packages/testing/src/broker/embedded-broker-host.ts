// Entry of the child process that hosts the mock cluster. It ends with its parent.
import { createProducer } from '@millrace/kafka';

import type { HostOptions, HostReport, HostRequest } from './embedded-broker-protocol.js';

const METADATA_TIMEOUT_MS = 10_000;

/** What is used here of the native producer that carries the mock cluster. */
interface MockHost {
  connect(options: MetadataOptions, done: MetadataCallback): unknown;
  getMetadata(options: MetadataOptions, done: MetadataCallback): unknown;
}
interface MetadataOptions {
  readonly topic?: string;
  readonly allTopics?: boolean;
  readonly timeout: number;
}
type MetadataCallback = (
  error: Error | null | undefined,
  metadata: { readonly brokers: readonly Broker[] },
) => void;
interface Broker {
  readonly host: string;
  readonly port: number;
}

function main(options: HostOptions): void {
  process.on('disconnect', () => process.exit(0));
  // Ctrl-C goes to the whole process group; the parent drains its consumers first and needs the broker for that.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);

  const host = createProducer({
    'test.mock.num.brokers': options.brokers,
    'test.mock.broker.rtt': options.roundTripMs,
    // Demanded by the client and replaced by the mock cluster's own addresses.
    'bootstrap.servers': 'embedded:1',
  }) as unknown as MockHost;
  host.connect({ allTopics: false, timeout: METADATA_TIMEOUT_MS }, (error, metadata) => {
    if (error) {
      report({ kind: 'failed', reason: error.message });
      return;
    }
    const bootstrapServers = metadata.brokers
      .map((broker) => `${broker.host}:${String(broker.port)}`)
      .join(',');
    process.on('message', (request: HostRequest) => {
      createTopic(host, request);
    });
    report({ kind: 'ready', bootstrapServers });
  });
}

/** The mock cluster has no request for it, but makes a topic when a producer asks for its metadata. */
function createTopic(host: MockHost, { request, topic }: HostRequest): void {
  host.getMetadata({ topic, timeout: METADATA_TIMEOUT_MS }, (error) => {
    report(error ? { kind: 'answer', request, error: error.message } : { kind: 'answer', request });
  });
}

function report(message: HostReport): void {
  process.send?.(message);
}

main(JSON.parse(process.argv[2] ?? '{}') as HostOptions);
