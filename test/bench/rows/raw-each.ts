import { Meter } from '../meter.js';
import { bestSettings, client, type RawMessage } from '../native.js';
import type { Row } from '../row.js';

const CHUNK = 500;

/**
 * The honest hand-written "commit each": after every message one commit, and the next message only when the broker has
 * acknowledged it. A chunk is read, everything is paused (acknowledgements wake a waiting loop only while the client's
 * queue is empty), worked off, and resumed with a kick.
 */
export const rawEach: Row = {
  name: 'raw-each',
  about: 'raw loop, commit() and offset_commit_cb for each message',
  run: (run) =>
    new Promise((resolve) => {
      const roundTrips: number[] = [];
      const meter = new Meter(run, (measurement) => {
        const sorted = roundTrips.sort((a, b) => a - b);
        resolve({ ...measurement, extra: { commitRoundTripMs: sorted[sorted.length >> 1] ?? Number.NaN } });
      });
      const queue: RawMessage[] = [];
      let acknowledged: (() => void) | undefined;
      let isPaused = false;
      let isWorking = false;
      let isBusy = false;
      let wasWoken = false;
      const work = async (): Promise<void> => {
        if (isWorking) return;
        isWorking = true;
        let head = 0;
        for (let message = queue[head]; message !== undefined; message = queue[head]) {
          head++;
          JSON.parse(message.value.toString());
          const sentAt = performance.now();
          const answer = new Promise<void>((done) => (acknowledged = done));
          consumer.commit([
            { topic: message.topic, partition: message.partition, offset: message.offset + 1 },
          ]);
          await answer;
          roundTrips.push(performance.now() - sentAt);
          meter.hit();
          if (isPaused && queue.length - head < 50) flow();
        }
        queue.length = 0;
        isWorking = false;
        if (isPaused) flow();
      };
      const flow = (): void => {
        isPaused = false;
        consumer.resume(consumer.assignments().map(({ topic, partition }) => ({ topic, partition })));
        consumer.queryWatermarkOffsets(run.topic, 0, 2000, () => undefined);
        pull();
      };
      const pull = (): void => {
        if (isBusy) {
          wasWoken = true;
          return;
        }
        isBusy = true;
        wasWoken = false;
        consumer.consume(CHUNK, (_error, messages) => {
          isBusy = false;
          if (messages !== undefined && messages.length > 0) {
            queue.push(...messages);
            if (!isPaused && queue.length >= CHUNK) {
              isPaused = true;
              consumer.pause(consumer.assignments().map(({ topic, partition }) => ({ topic, partition })));
            }
            void work();
            pull();
          } else if (wasWoken) pull();
        });
      };
      const consumer = new client.KafkaConsumer(
        {
          ...bestSettings(run.bootstrapServers),
          'queued.min.messages': 1000,
          queue_non_empty_cb: pull,
          offset_commit_cb: () => acknowledged?.(),
        },
        { 'auto.offset.reset': 'earliest' },
      );
      consumer.setDefaultConsumeTimeout(0);
      consumer.setDefaultIsTimeoutOnlyForFirstMessage(false);
      consumer.on('ready', () => {
        consumer.subscribe([run.topic]);
        setInterval(pull, 20);
      });
      consumer.connect();
    }),
};
