import {
  type ConsumerFactory,
  FastConsumerFactory,
  InOrderConsumerFactory,
  QueueConsumerServer,
  Service,
} from '@millrace/kafka';

import { type Measurement, Meter } from '../meter.js';
import type { Row, RowRun } from '../row.js';

const quiet = {
  debug: () => undefined,
  info: () => undefined,
  warn: console.error,
  error: console.error,
  child: () => quiet,
};
const lean = { asyncContext: false, tracing: false, metrics: false } as const;

const common = (run: RowRun, telemetry: boolean) => ({
  name: 'kafka_consumer.bench',
  groupId: `bench.bench`,
  naming: false as const,
  bootstrapServers: run.bootstrapServers,
  topics: [run.topic],
  autoOffsetReset: 'earliest' as const,
  service: Service.new(
    telemetry ? { name: 'bench', logger: quiet } : { name: 'bench', logger: quiet, telemetry: false },
  ),
});

/** A run of one factory whose handler counts; the group is new each time. */
async function measure(
  run: RowRun,
  make: (hit: () => void, groupId: string) => ConsumerFactory,
): Promise<Measurement> {
  let resolve!: (measurement: Measurement) => void;
  const done = new Promise<Measurement>((settle) => (resolve = settle));
  const meter = new Meter(run, resolve);
  const server = QueueConsumerServer.new({
    factories: [
      make(
        () => {
          meter.hit();
        },
        `bench.m-${String(process.pid)}-${String(Date.now())}`,
      ),
    ],
    health: false,
  });
  await server.start();
  return done;
}

const fastRow = (name: string, about: string, own: object, telemetry = true): Row => ({
  name,
  about,
  run: (run) =>
    measure(run, (hit, groupId) =>
      FastConsumerFactory.new({
        ...common(run, telemetry),
        ...own,
        groupId,
        handler: () => {
          hit();
          return Promise.resolve();
        },
      }),
    ),
});

const inOrderRow = (name: string, about: string, own: object, telemetry = true): Row => ({
  name,
  about,
  run: (run) =>
    measure(run, (hit, groupId) =>
      InOrderConsumerFactory.new({
        ...common(run, telemetry),
        ...own,
        groupId,
        handler: () => {
          hit();
          return Promise.resolve();
        },
      }),
    ),
});

export const fast = fastRow('fast', 'FastConsumerFactory, all defaults', {});
export const fastLean = fastRow('fast-lean', 'the same without AsyncLocalStorage and telemetry', lean, false);
export const inOrderPipelined = inOrderRow(
  'in-order-pipelined',
  "InOrderConsumerFactory, commit: 'pipelined'",
  { commit: 'pipelined' },
);
export const inOrderPipelinedLean = inOrderRow(
  'in-order-pipelined-lean',
  'the same without AsyncLocalStorage and telemetry',
  { commit: 'pipelined', ...lean },
  false,
);
export const inOrderEach = inOrderRow('in-order-each', "InOrderConsumerFactory, commit: 'each'", {});
export const inOrderEachLanes = inOrderRow('in-order-each-lanes', "commit: 'each', lanes: 'partition'", {
  lanes: 'partition',
});

export const fastSleep: Row = {
  name: 'fast-sleep',
  about: 'FastConsumerFactory, N handlers that sleep',
  run: (run) =>
    measure(run, (hit, groupId) =>
      FastConsumerFactory.new({
        ...common(run, true),
        groupId,
        maxConcurrency: run.handlers,
        handler: async () => {
          await new Promise((wake) => setTimeout(wake, run.sleepMs));
          hit();
        },
      }),
    ),
};
