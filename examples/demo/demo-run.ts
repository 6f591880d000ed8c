import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { type KafkaConfig, QueueConsumerServer } from '@millrace/kafka';
import { EmbeddedBroker } from '@millrace/testing';

import { MessageProducer } from '../message-producer.js';
import { type DemoConsumer, demoConsumers, type Ledger } from './demo-consumers.js';
import { DemoMonitor } from './demo-monitor.js';
import type { DemoOptions } from './demo-options.js';
import type { DemoScreen } from './demo-screen.js';
import { summarize, type Summary } from './demo-summary.js';
import { EventTail } from './event-tail.js';
import { portOrAny } from './free-port.js';
import { GroupOffsets, messagesBetween, type Offsets } from './group-offsets.js';
import { OrderEvents } from './order-events.js';
import { OrderStream } from './order-stream.js';
import { Pacing } from './pacing.js';

const TOPIC = 'demo_orders';
const HEALTH_PORT = 8080;
/** Far below what the embedded broker keeps: 5 MiB are more than 8,000 of these events in one partition. */
const MOST_UNREAD = 4_000;
const STEP_MS = 20;
/** A run that stands still for so long has lost something. */
const PATIENCE_MS = 60_000;
const EVENT_LINES = 5;

/** Produces, consumes and shows until everything is handled, `stop` fires or something fails; then drains and adds up. */
export async function runDemo(options: DemoOptions, screen: DemoScreen, stop: AbortSignal): Promise<Summary> {
  await using kafka = await openKafka(options.broker);
  await using producer = await MessageProducer.connect(kafka.bootstrapServers);
  await producer.createTopic(TOPIC);

  const run = randomUUID().slice(0, 8);
  const ledger: Ledger = new Map();
  const tail = new EventTail({ size: EVENT_LINES, write: (line) => screen.event(line) });
  const consumers = demoConsumers({ ...kafka, run, topic: TOPIC, logger: tail.logger() }, ledger);
  const stream = orderStream(options, producer, run);
  const startOffsets = await endsOf(kafka.bootstrapServers, consumers);

  const port = await portOrAny(HEALTH_PORT);
  if (port !== HEALTH_PORT) screen.say(`Port ${HEALTH_PORT} is taken: the health endpoints get another one.`);
  await using server = QueueConsumerServer.new({
    factories: consumers.map(({ factory }) => factory),
    health: { port },
  });
  await server.start();

  using monitor = new DemoMonitor({
    ...kafka,
    options,
    screen,
    stop,
    tail,
    server,
    consumers,
    ledger,
    stream,
    producer,
  });
  monitor.start();
  const ended = await produceUntilTheEnd(options, consumers, stream, server, stop);
  await server.stop();
  await producer.flush();
  monitor.draw();

  return summarize({
    wanted: options.exit ? options.messages : undefined,
    produced: producer.acknowledged,
    ended,
    consumers: await Promise.all(
      consumers.map(async (consumer) => ({
        name: consumer.factory.name,
        strategy: consumer.title,
        keepsOrder: consumer.keepsOrder,
        ...consumer.checker.report,
        committed: await committedSince(startOffsets, kafka.bootstrapServers, consumer),
        seconds: consumer.workedSeconds(),
      })),
    ),
  });
}

/** Why the run ended before its end; undefined = it did not. */
async function produceUntilTheEnd(
  { messages, exit }: DemoOptions,
  consumers: readonly DemoConsumer[],
  stream: OrderStream,
  server: QueueConsumerServer,
  stop: AbortSignal,
): Promise<string | undefined> {
  let best = 0;
  let lastProgressAt = performance.now();
  while (!stop.aborted) {
    const now = performance.now();
    const handled = Math.min(...consumers.map(({ checker }) => checker.report.handled));
    if (exit && handled === messages) return undefined;
    if (server.snapshot().state === 'failed') return 'a consumer has failed';
    if (handled > best) [best, lastProgressAt] = [handled, now];
    if (handled === stream.offered) lastProgressAt = now;
    if (now - lastProgressAt > PATIENCE_MS) return `no event was handled for ${PATIENCE_MS / 1_000} s`;
    stream.produce(now, handled);
    await sleep(STEP_MS);
  }
  return exit ? 'the run was stopped before its end' : undefined;
}

function orderStream({ messages, rate }: DemoOptions, producer: MessageProducer, run: string): OrderStream {
  return new OrderStream({
    producer,
    topic: TOPIC,
    events: new OrderEvents(run, Date.now()),
    pacing: new Pacing({ perSecond: rate, mostUnread: MOST_UNREAD, total: messages }),
  });
}

interface DemoKafka extends AsyncDisposable {
  readonly bootstrapServers: string;
  readonly kafkaConfig: KafkaConfig;
  readonly description: string;
}

async function openKafka(given: string | undefined): Promise<DemoKafka> {
  if (given !== undefined) {
    return {
      bootstrapServers: given,
      kafkaConfig: {},
      description: `Kafka at ${given}`,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const broker = await EmbeddedBroker.start();
  const { bootstrapServers, kafkaConfig } = broker;
  return {
    bootstrapServers,
    kafkaConfig,
    description: `embedded broker at ${bootstrapServers}`,
    [Symbol.asyncDispose]: () => broker.stop(),
  };
}

/** Where the topic ends before this run: what is there already is not of this run. */
async function endsOf(bootstrapServers: string, [consumer]: readonly DemoConsumer[]): Promise<Offsets> {
  await using client = await GroupOffsets.connect(bootstrapServers, consumer?.groupId ?? TOPIC, TOPIC);
  return await client.ends();
}

async function committedSince(
  start: Offsets,
  bootstrapServers: string,
  { groupId }: DemoConsumer,
): Promise<number> {
  await using client = await GroupOffsets.connect(bootstrapServers, groupId, TOPIC);
  return messagesBetween(start, await client.committed());
}
