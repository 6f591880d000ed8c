import type { ConsumerSnapshot, QueueConsumerServer } from '@millrace/kafka';

import type { MessageProducer } from '../message-producer.js';
import type { DemoConsumer, Ledger } from './demo-consumers.js';
import type { DemoOptions } from './demo-options.js';
import type { DemoScreen } from './demo-screen.js';
import type { DemoState } from './demo-view.js';
import type { EventTail } from './event-tail.js';
import type { OrderStream } from './order-stream.js';
import { RateMeter } from './rate-meter.js';

const DRAW_INTERVAL_MS = 1_000;

/** What a monitor looks at. */
export interface DemoParts {
  readonly description: string;
  readonly options: DemoOptions;
  readonly screen: DemoScreen;
  readonly stop: AbortSignal;
  readonly tail: EventTail;
  readonly server: QueueConsumerServer;
  readonly consumers: readonly DemoConsumer[];
  readonly ledger: Ledger;
  readonly stream: OrderStream;
  readonly producer: MessageProducer;
}

/** Shows once a second what happens. It reads what any program can read: the server's snapshot and its health endpoint. */
export class DemoMonitor implements Disposable {
  readonly #parts: DemoParts;
  readonly #startedAt = performance.now();
  readonly #produced = new RateMeter(this.#startedAt);
  readonly #handled: readonly RateMeter[];
  readonly #url: string;
  #healthAnswer = 'not asked yet';
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(parts: DemoParts) {
    this.#parts = parts;
    this.#handled = parts.consumers.map(() => new RateMeter(this.#startedAt));
    const port = new URL(parts.server.healthAddress ?? 'http://0.0.0.0').port;
    this.#url = `http://127.0.0.1:${port}/readyz`;
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      this.draw();
      void this.#askHealth();
    }, DRAW_INTERVAL_MS);
    this.#parts.stop.addEventListener('abort', () => this.draw());
    this.draw();
  }

  draw(): void {
    const now = performance.now();
    this.#produced.sample(now, this.#parts.producer.acknowledged);
    for (const [index, { checker }] of this.#parts.consumers.entries()) {
      this.#handled[index]?.sample(now, checker.report.handled);
    }
    this.#parts.screen.draw(this.#state(now));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #askHealth(): Promise<void> {
    try {
      const response = await fetch(this.#url);
      await response.body?.cancel();
      this.#healthAnswer = `${response.status} ${response.ok ? 'ready' : 'not ready'}`;
    } catch {
      this.#healthAnswer = 'no answer';
    }
  }

  #state(now: number): DemoState {
    const { description, options, stop, tail, server, consumers, ledger, producer } = this.#parts;
    const snapshots = server.snapshot().consumers;
    return {
      seconds: (now - this.#startedAt) / 1_000,
      kafka: description,
      health: { url: this.#url, answer: this.#healthAnswer },
      produced: producer.acknowledged,
      producedPerSecond: this.#produced.perSecond,
      wanted: options.messages,
      isStopping: stop.aborted,
      consumers: consumers.map(({ title, keepsOrder, factory, checker, latency }, index) => {
        const snapshot = snapshots.find(({ name }) => name === factory.name);
        return {
          title,
          keepsOrder,
          state: snapshot?.state ?? 'starting',
          ...checker.report,
          perSecond: this.#handled[index]?.perSecond ?? 0,
          history: this.#handled[index]?.history ?? [],
          lag: lagOf(snapshot),
          inFlight: snapshot?.inFlight ?? 0,
          latency: latency.percentiles(),
        };
      }),
      paid: ledger,
      events: tail.lines,
    };
  }
}

/** Over the partitions whose lag is known; undefined when it is known of none. */
function lagOf(snapshot: ConsumerSnapshot | undefined): number | undefined {
  const known = (snapshot?.partitions ?? []).map(({ lag }) => lag).filter((lag) => lag !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, lag) => sum + lag, 0);
}
