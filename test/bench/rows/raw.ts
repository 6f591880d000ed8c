import { type Measurement, Meter } from '../meter.js';
import { bestSettings, client } from '../native.js';
import type { Row, RowRun } from '../row.js';

/** The raw low-level loop: the next consume is asked for before the batch is looked at. What everything else is compared with. */
export const raw: Row = {
  name: 'raw',
  about: 'low-level consume(256), JSON.parse, no commits',
  run: (run) =>
    new Promise((resolve) => {
      const meter = new Meter(run, resolve);
      readAll(run, (values) => {
        for (const { value } of values) JSON.parse(value.toString());
        meter.hit(values.length);
      });
    }),
};

/** The same loop in front of N loops that sleep in place of work. */
export const rawSleep: Row = {
  name: 'raw-sleep',
  about: 'the raw loop feeding N sleeping loops',
  run: (run) => sleepBehindRaw(run),
};

/** N sleeping loops without Kafka: what the machine's timers allow. */
export const bareSleep: Row = {
  name: 'bare-sleep',
  about: 'N sleeping loops without Kafka',
  run: (run) =>
    new Promise((resolve) => {
      const meter = new Meter(run, resolve);
      const loop = (): void => {
        meter.hit();
        setTimeout(loop, run.sleepMs);
      };
      for (let i = 0; i < run.handlers; i++) loop();
    }),
};

function sleepBehindRaw(run: RowRun): Promise<Measurement> {
  return new Promise((resolve) => {
    const meter = new Meter(run, resolve);
    const waiting: { value: Buffer }[] = [];
    let head = 0;
    let active = 0;
    const loop = async (): Promise<void> => {
      active++;
      for (let message = waiting[head]; message !== undefined; message = waiting[head]) {
        head++;
        JSON.parse(message.value.toString());
        await new Promise((wake) => setTimeout(wake, run.sleepMs));
        meter.hit();
        if (head > 10_000) {
          waiting.splice(0, head);
          head = 0;
        }
        if (waiting.length - head < 5_000) reader.more();
      }
      active--;
    };
    const reader = readAll(run, (values) => {
      waiting.push(...values);
      while (active < run.handlers && active < waiting.length - head) void loop();
      return waiting.length - head < 10_000;
    });
  });
}

/** Reads from the beginning; goes on by itself unless the taker says false, and then on `more`. */
function readAll(run: RowRun, take: (values: { value: Buffer }[]) => unknown): { more(): void } {
  let isBusy = false;
  let wasWoken = false;
  let isHeld = false;
  const pull = (): void => {
    if (isBusy) {
      wasWoken = true;
      return;
    }
    if (isHeld) return;
    isBusy = true;
    wasWoken = false;
    consumer.consume(256, (_error, messages) => {
      isBusy = false;
      if (messages !== undefined && messages.length > 0) {
        pull();
        isHeld = take(messages) === false;
      } else if (wasWoken) pull();
    });
  };
  const consumer = new client.KafkaConsumer(
    { ...bestSettings(run.bootstrapServers), queue_non_empty_cb: pull },
    { 'auto.offset.reset': 'earliest' },
  );
  consumer.setDefaultConsumeTimeout(0);
  consumer.setDefaultIsTimeoutOnlyForFirstMessage(false);
  consumer.on('ready', () => {
    consumer.subscribe([run.topic]);
    setInterval(pull, 20);
  });
  consumer.connect();
  return {
    more: () => {
      if (!isHeld) return;
      isHeld = false;
      pull();
    },
  };
}
