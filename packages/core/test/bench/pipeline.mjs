// What the framework does around a handler, in nanoseconds of CPU a message, without a transport and without an engine:
// `node packages/core/test/bench/pipeline.mjs [rounds] [messages]`, after a build.
//
// Every row runs in a process of its own, since AsyncLocalStorage once used makes all promises of a process dearer, and
// the compiler settles on what it has seen. Rows are interleaved over the rounds: the machine's speed changes meanwhile.
// The smallest figure of a row is the one that was disturbed least; the median says how much the others were.
import { AsyncLocalStorage } from 'node:async_hooks';
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import console from 'node:console';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { contextClassFor } from '../../dist/delivery/context-class.js';
import { failureDecision } from '../../dist/failure/failure-policy.js';
import { composeHandler, FILTERED } from '../../dist/handler/message-handler.js';
import { SUCCESS } from '../../dist/handler/outcome.js';
import { ConsumerTelemetry } from '../../dist/telemetry/consumer-telemetry.js';
import { silentLogger } from '../../dist/telemetry/logger.js';
import { systemClock } from '../../dist/time/clock.js';

const rows = {
  'loop: await handler(message)': { loop: 'bare' },
  'loop, with a delivery and a clock reading a message': { loop: 'delivery' },
  'the same inside AsyncLocalStorage.run': { loop: 'async context' },
  'pipeline: asyncContext, telemetry and metrics off': {},
  'pipeline: asyncContext off, telemetry on, no SDK': { telemetry: true },
  'pipeline: asyncContext on, telemetry off': { asyncContext: true },
  'pipeline: defaults, no SDK': { asyncContext: true, telemetry: true },
  'pipeline: defaults, no SDK, synchronous handler': {
    asyncContext: true,
    telemetry: true,
    synchronous: true,
  },
  'pipeline: defaults, no SDK, one middleware': { asyncContext: true, telemetry: true, middleware: true },
  'pipeline: defaults, no SDK, JSON.parse of 200 B': { asyncContext: true, telemetry: true, json: true },
};

const [row, messages] = process.argv.slice(2);
if (row !== undefined && row in rows) console.log(await measure(rows[row], Number(messages)));
else report(Number(row ?? 7), Number(messages ?? 1_000_000));

function report(rounds, count) {
  const results = new Map(Object.keys(rows).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, figures] of results) {
      const output = execFileSync(process.execPath, [fileURLToPath(import.meta.url), name, String(count)]);
      figures.push(Number(output));
    }
  }
  const base = Math.min(...(results.get(Object.keys(rows)[0]) ?? []));
  console.log(`ns of CPU a message; ${rounds} rounds of ${count} messages`);
  console.log('smallest  median  above the first row');
  for (const [name, figures] of results) {
    const sorted = figures.toSorted((a, b) => a - b);
    const cells = [sorted[0].toFixed(0).padStart(8), sorted[sorted.length >> 1].toFixed(0).padStart(8)];
    console.log(`${cells.join('')}${(sorted[0] - base).toFixed(0).padStart(8)}  ${name}`);
  }
}

async function measure(choice, count) {
  const run = prepare(choice);
  await run(200_000);
  const before = process.cpuUsage();
  await run(count);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / count;
}

function prepare(choice) {
  const { loop, asyncContext = false, telemetry: observed = false, synchronous, middleware, json } = choice;
  const data = { id: 'order-1', total: 12.5, lines: ['a', 'b'], note: 'x'.repeat(130) };
  const value = Buffer.from(JSON.stringify(data));
  const batch = Array.from({ length: 256 }, (_, offset) => ({
    ...{ topic: 'orders', partition: (offset >> 5) % 6, offset, timestamp: Date.now(), size: value.length },
    ...{ key: null, value },
  }));
  const handler = synchronous
    ? (_context, order) => expectId(order)
    : async (_context, order) => expectId(order);
  const telemetry = new ConsumerTelemetry({
    ...{ consumer: 'log_consumer.orders', groupId: 'shop.orders', clock: systemClock, metrics: observed },
    system: { name: 'log', attributePrefix: 'messaging.log', clientId: 'bench', server: 'localhost:9092' },
    providers: observed ? {} : false,
    tracing: observed ? { process: 'link', poll: true, commit: false } : false,
    read: () => ({ inFlight: 0, partitions: [] }),
  });
  const handle = composeHandler({
    routes: [{ topic: undefined, deserialize: json ? undefined : () => data, validate: undefined, handler }],
    middleware: middleware ? [(_call, next) => next()] : [],
    ...{ filter: undefined, asyncContext, telemetry, latencyField: undefined, disposesMembers: false },
  });
  const Delivery = contextClassFor({
    ...{ service: 'shop', consumer: 'log_consumer.orders', logger: silentLogger, clock: systemClock },
    ...{ handlerTimeoutMs: undefined, members: {} },
  });
  if (loop === 'bare') return bareLoop(batch, (message) => handler(message, data, message));
  const storage = new AsyncLocalStorage();
  const call = (delivery) => handler(delivery, data, delivery.message);
  const start =
    { delivery: call, 'async context': (delivery) => storage.run(delivery, call, delivery) }[loop] ?? handle;
  return queueConsumer(batch, Delivery, start, loop === undefined ? telemetry : undefined);
}

function expectId(order) {
  if (order.id === undefined) throw new Error('no id');
}

function bareLoop(batch, handle) {
  return async (count) => {
    let failed = 0;
    for (let i = 0; i < count; i += 1) {
      try {
        await handle(batch[i & 255]);
      } catch {
        failed += 1;
      }
    }
    return failed;
  };
}

/** What a queue consumer does with each message, without the engine's `take` and `settle`. */
function queueConsumer(batch, Delivery, handle, telemetry) {
  const decide = failureDecision();
  const home = { topic: 'orders', partition: 0, epoch: 1 };
  return async (count) => {
    let now = performance.now();
    for (let i = 0; i < count; i += 1) {
      const delivery = new Delivery(batch[i & 255], home, i);
      delivery.startedAt = now;
      let outcome = SUCCESS;
      try {
        const answer = handle(delivery);
        if (answer === FILTERED) outcome = FILTERED;
        else if (answer !== undefined) await answer;
      } catch (error) {
        outcome = decide(error, delivery);
      }
      now = performance.now();
      telemetry?.ended(delivery, outcome, now);
    }
  };
}
