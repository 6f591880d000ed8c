/**
 * Spans on the console. Millrace uses the OpenTelemetry API alone; the SDK is the application's choice.
 *
 *   node examples/dist/04-tracing/main.js
 */
import { InOrderConsumerFactory, json, QueueConsumerServer, Service } from '@millrace/kafka';
import {
  BasicTracerProvider,
  ConsoleSpanExporter,
  SimpleSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';

import { startKafka } from '../example-kafka.js';
import { runExample } from '../run-example.js';
import { until } from '../until.js';

interface Payment {
  readonly order: string;
  readonly cents: number;
}

/** A producer's span, as its tracing library writes it into the headers of a message. */
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

export async function main(exporter: SpanExporter = new ConsoleSpanExporter()): Promise<void> {
  await using kafka = await startKafka();
  await kafka.send('payments', [
    { key: 'o1', value: { order: 'o1', cents: 1_250 }, headers: { traceparent } },
    { key: 'o2', value: { order: 'o2', cents: 990 } },
  ]);

  // #region tracing
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  // Without `telemetry` the global providers are used, those that an SDK registers at the start of a process.
  const service = Service.new({ name: 'payment_service', telemetry: { tracerProvider } });

  let handled = 0;
  const factory = InOrderConsumerFactory.new({
    name: 'kafka_consumer.receipts',
    groupId: 'payment_service.receipts',
    service,
    bootstrapServers: kafka.bootstrapServers,
    kafkaConfig: kafka.kafkaConfig,
    topics: ['payments'],
    autoOffsetReset: 'earliest',
    // `link`, the default: a trace of its own for each message, linked to the producer's. `parent` joins the producer's.
    tracing: { process: 'link', poll: true },
    deserialize: json<Payment>(),
    handler: (context, payment) => {
      context.span.setAttribute('payment.cents', payment.cents);
      handled += 1;
    },
  });
  // #endregion

  await using server = QueueConsumerServer.new({ factories: [factory], health: false });
  await server.start();
  await until('both payments', () => handled === 2);
  await server.stop();
  await tracerProvider.forceFlush();
}

await runExample(import.meta.url, main);
