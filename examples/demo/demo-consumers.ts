import { setTimeout as sleep } from 'node:timers/promises';

import {
  type ConsumerFactory,
  FastConsumerFactory,
  type Handler,
  InOrderConsumerFactory,
  type KafkaConfig,
  type Logger,
  Service,
} from '@millrace/kafka';

import { LatencyWindow } from './latency-window.js';
import type { Currency, OrderEvent } from './order-events.js';
import { orderSchema } from './order-schema.js';
import { RunChecker } from './run-checker.js';

/** One consumer of the demo, with what its handler found out. */
export interface DemoConsumer {
  readonly title: string;
  readonly keepsOrder: boolean;
  readonly groupId: string;
  readonly factory: ConsumerFactory;
  readonly checker: RunChecker;
  /** From the event's time to the end of its handler. */
  readonly latency: LatencyWindow;
  /** From the first handled event to the last one. */
  readonly workedSeconds: () => number;
}

/** What the consumers read, and how. */
export interface DemoConsumerOptions {
  readonly run: string;
  readonly bootstrapServers: string;
  readonly kafkaConfig: KafkaConfig;
  readonly topic: string;
  readonly logger: Logger;
}

/** Sums of what was paid, by currency. */
export type Ledger = Map<Currency, number>;

/**
 * Two consumers of one topic, each in a group of its own, so that both get every event: one keeps books, where order
 * matters, the other tells customers, which takes a while for each and may happen in any order.
 */
export function demoConsumers(options: DemoConsumerOptions, ledger: Ledger): readonly DemoConsumer[] {
  const { bootstrapServers, kafkaConfig, topic, logger } = options;
  const common = {
    service: Service.new({ name: 'demo_shop', logger }),
    bootstrapServers,
    kafkaConfig,
    topics: [topic],
    autoOffsetReset: 'earliest',
    schema: orderSchema,
  } as const;

  const books = consumer('in order', true, 'demo_shop.order_books', options.run, (observed) =>
    InOrderConsumerFactory.new({
      ...common,
      name: 'kafka_consumer.order_books',
      groupId: 'demo_shop.order_books',
      handler: observed((_context, event) => {
        if (event.type === 'order.paid') {
          ledger.set(event.currency, (ledger.get(event.currency) ?? 0) + event.amount);
        }
      }),
    }),
  );

  const mail = consumer('fast', false, 'demo_shop.order_mail', options.run, (observed) =>
    FastConsumerFactory.new({
      ...common,
      name: 'kafka_consumer.order_mail',
      groupId: 'demo_shop.order_mail',
      maxConcurrency: 64,
      // The demo shows lag, which is what is not committed: with the default of 5 s it would come in steps.
      autoCommitIntervalMs: 500,
      // Stands for a mail service that takes 5 to 25 ms.
      handler: observed(async () => {
        await sleep(5 + Math.random() * 20);
      }),
    }),
  );
  return [books, mail];
}

type Observed = (work: Handler<OrderEvent>) => Handler<OrderEvent>;

/** Puts the demo's own accounts around the work of a handler. */
function consumer(
  title: string,
  keepsOrder: boolean,
  groupId: string,
  run: string,
  make: (observed: Observed) => ConsumerFactory,
): DemoConsumer {
  const checker = new RunChecker();
  const latency = new LatencyWindow();
  let firstAt = 0;
  let lastAt = 0;
  const factory = make((work) => async (context, event, message) => {
    // Left in the topic by an earlier run.
    if (event.run !== run) return;
    if (firstAt === 0) firstAt = performance.now();
    await work(context, event, message);
    lastAt = performance.now();
    checker.record(message.partition, event.number);
    latency.record(Date.now() - event.at);
  });
  const workedSeconds = (): number => (lastAt - firstAt) / 1_000;
  return { title, keepsOrder, groupId, factory, checker, latency, workedSeconds };
}
