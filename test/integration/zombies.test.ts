import { randomUUID } from 'node:crypto';

import { expect, test } from 'vitest';

import { ConsumerGroup } from '../chaos/consumer-group.js';
import { placeOf } from '../chaos/ledger.js';
import { until } from '../chaos/until.js';
import { describeWithKafka } from '../kafka/kafka-suite.js';
import { createTopic, produceMessages } from '../kafka/topic-tools.js';

/** As short as the client allows: not below the session. */
const MAX_POLL_MS = 6_000;
const PARTITIONS = 2;
const PER_PARTITION = 100;
/** The message in whose handler the zombie falls asleep. */
const LAST_BEFORE = 40;
/** How long after it is awake again it could do harm. */
const HARM_MS = 4_000;
const TIMEOUT_MS = 40_000;

describeWithKafka(
  'a member that was asleep while another one took over its partitions',
  (bootstrapServers) => {
    const setup = async (): Promise<{ topic: string; ends: Map<string, number> }> => {
      const topic = `zombies-${randomUUID()}`;
      await createTopic(bootstrapServers, topic, { partitions: PARTITIONS });
      const count = PARTITIONS * PER_PARTITION;
      await produceMessages(bootstrapServers, topic, { count, partitions: PARTITIONS });
      const places = Array.from({ length: PARTITIONS }, (_, partition) => placeOf(topic, partition));
      return { topic, ends: new Map(places.map((place) => [place, PER_PARTITION])) };
    };
    const groupOf = (topic: string, protocol: 'classic' | 'kip848'): ConsumerGroup =>
      new ConsumerGroup({
        bootstrapServers,
        topics: [topic],
        group: topic,
        strategy: 'in-order',
        protocol,
        handlerMs: 2,
        kafkaConfig: { 'max.poll.interval.ms': MAX_POLL_MS },
        drainTimeoutMs: 500,
      });
    const ledgerSays = (group: ConsumerGroup, what: string, isSo: () => boolean): Promise<void> =>
      until(
        what,
        () => {
          group.ledger.refresh();
          return isSo();
        },
        TIMEOUT_MS,
      );
    const awaitHeir = async (group: ConsumerGroup, ends: Map<string, number>): Promise<void> => {
      const isAtEnd = async (): Promise<boolean> => {
        const committed = await group.committed();
        return [...ends].every(([place, end]) => committed.get(place) === end);
      };
      await until('the heir to commit everything', isAtEnd, TIMEOUT_MS);
    };
    /** The heir has committed the end: whatever the zombie commits of its own would take that back. */
    const expectNoHarm = async (group: ConsumerGroup, ends: Map<string, number>): Promise<void> => {
      const watchedUntil = performance.now() + HARM_MS;
      while (performance.now() < watchedUntil) expect(await group.committed()).toEqual(ends);
      for (const member of group.members) await group.stop(member);
      expect(await group.committed()).toEqual(ends);
    };

    // They wait most of the time: side by side.
    test.concurrent.each(['classic', 'kip848'] as const)(
      'because its event loop was blocked past max.poll.interval.ms commits nothing for them (%s)',
      async (protocol) => {
        const { topic, ends } = await setup();
        await using group = groupOf(topic, protocol);
        const zombie = group.start({ blockAt: LAST_BEFORE });
        await ledgerSays(
          group,
          'the loop to be blocked',
          () => group.ledger.eventsOf('loop.blocked').length > 0,
        );
        group.start();
        await awaitHeir(group, ends);
        zombie.wake();
        await ledgerSays(
          group,
          'the loop to go on',
          () => group.ledger.eventsOf('loop.freed', zombie.pid).length > 0,
        );
        await expectNoHarm(group, ends);
      },
    );

    test.concurrent.each(['classic', 'kip848'] as const)(
      'because its process was stopped past its session commits nothing for them (%s)',
      async (protocol) => {
        const { topic, ends } = await setup();
        await using group = groupOf(topic, protocol);
        const zombie = group.start();
        await ledgerSays(group, 'some messages', () => group.ledger.runs.length >= LAST_BEFORE);
        zombie.pause();
        group.start();
        await awaitHeir(group, ends);
        group.ledger.refresh();
        const before = group.ledger.events.length;
        zombie.resume();
        await ledgerSays(group, 'it to notice', () =>
          group.ledger.events.slice(before).some(({ pid }) => pid === zombie.pid),
        );
        await expectNoHarm(group, ends);
      },
    );
  },
);
