import { describe, expect, test } from 'vitest';

import { isMillraceError } from '../../src/errors.js';
import { EngineDriver } from '../support/engine-driver.js';
import { message } from '../support/messages.js';
import { ordered, parallel } from '../support/strategies.js';

const STALL_MS = 30_000;

function setup(partitions = 1, high = 100) {
  const driver = new EngineDriver(parallel(), { stallMs: STALL_MS });
  driver.assign(
    Array.from({ length: partitions }, (_, i) => i),
    { high },
  );
  return driver;
}

/** Answers the last look-up at the broker with these ends, for every partition that it asked for. */
function answerFresh(driver: EngineDriver, high: number, low = 0): readonly string[] {
  const asked = driver.ports.queries.findLast(({ fresh }) => fresh)?.partitions ?? [];
  const ends = asked.map((place) => ({ topic: 'orders', partition: Number(place.split('/')[1]), low, high }));
  driver.engine.watermarks(ends, driver.now);
  return asked;
}

const freshQueries = (driver: EngineDriver) => driver.ports.queries.filter(({ fresh }) => fresh);
const resubscriptions = (driver: EngineDriver): number =>
  driver.ports.calls.filter((call) => call === 'resubscribe').length;

describe('the progress watchdog', () => {
  test('asks each second for what the client knows, and takes it into the view', () => {
    const driver = setup();
    driver.pass(3_000);
    expect(driver.ports.queries).toEqual(Array(3).fill({ partitions: ['orders/0'], fresh: false }));
    driver.engine.watermarks([{ topic: 'orders', partition: 0, low: 3, high: 250 }], driver.now);
    expect(driver.partition(0)).toMatchObject({ highWater: 250, lag: 250 });
  });

  test('ignores the ends of partitions that are not owned', () => {
    const driver = setup();
    driver.engine.watermarks([{ topic: 'mails', partition: 9, low: 0, high: 9 }], driver.now);
    expect(driver.view().partitions).toHaveLength(1);
  });

  test('looks a partition up at the broker once it has been silent for long, and not before', () => {
    const driver = setup();
    driver.pass(STALL_MS - 1_000);
    expect(freshQueries(driver)).toEqual([]);
    driver.pass(2_000);
    expect(freshQueries(driver)).toEqual([{ partitions: ['orders/0'], fresh: true }]);
  });

  test('looks up a silent partition though the client says that there is nothing to read: it knows as much as its last fetch', () => {
    const driver = setup(1, 0);
    for (let second = 0; second < 32; second++) {
      driver.pass(1_000);
      driver.engine.watermarks(
        driver.ports.queries.at(-1)?.fresh === true
          ? []
          : [{ topic: 'orders', partition: 0, low: 0, high: 0 }],
        driver.now,
      );
    }
    expect(freshQueries(driver)).toHaveLength(1);
    answerFresh(driver, 40);
    expect(resubscriptions(driver)).toBe(1);
  });

  test('does not ask again while an answer is outstanding, however long the broker is away', () => {
    const driver = setup();
    driver.pass(STALL_MS * 3);
    expect(freshQueries(driver).length).toBeLessThanOrEqual(2);
  });

  test('is content when the broker has nothing more either', () => {
    const driver = setup(1, 0);
    driver.pass(STALL_MS + 1_000);
    answerFresh(driver, 0);
    driver.pass(STALL_MS - 2_000);
    expect([freshQueries(driver).length, resubscriptions(driver), driver.view().problems]).toEqual([
      1,
      0,
      [],
    ]);
  });

  test('is content at the end of a log whose last offsets hold no message', () => {
    const driver = setup(1, 12);
    driver.receive(message(9));
    driver.start();
    driver.settle(9);
    driver.engine.endOfPartition({ topic: 'orders', partition: 0 }, 12, driver.now);
    for (let i = 0; i < 10; i++) {
      driver.pass(STALL_MS);
      answerFresh(driver, 12);
    }
    expect([driver.ports.noted('partition.stalled'), resubscriptions(driver)]).toEqual([[], 0]);
  });

  test('makes the client join anew when there is something to read and nothing comes', () => {
    const driver = setup();
    driver.pass(STALL_MS + 1_000);
    answerFresh(driver, 100);
    expect(driver.ports.noted('partition.stalled')).toEqual([
      {
        type: 'partition.stalled',
        topic: 'orders',
        partition: 0,
        position: 0,
        highWater: 100,
        silentMs: expect.any(Number) as number,
      },
    ]);
    expect(resubscriptions(driver)).toBe(1);
    expect(driver.view().problems).toEqual(['orders[0] has been silent for 31 s at 0 of 100']);
  });

  test('a message that came meanwhile makes the answer void', () => {
    const driver = setup();
    driver.pass(STALL_MS + 1_000);
    driver.receive(message(0));
    answerFresh(driver, 100);
    expect(resubscriptions(driver)).toBe(0);
  });

  test('gives a cure time to work before it tries the next', () => {
    const driver = setup(2);
    driver.pass(STALL_MS + 1_000);
    answerFresh(driver, 100);
    driver.pass(STALL_MS / 2);
    answerFresh(driver, 100);
    expect(resubscriptions(driver)).toBe(1);
  });

  /** The partition goes silent, the client joins anew, and the partition comes back. */
  function stallAndCure(driver: EngineDriver): void {
    driver.pass(STALL_MS + 2_000);
    answerFresh(driver, 100);
    driver.revoke(0);
    driver.acknowledgeAll();
    driver.assign([0], { high: 100 });
  }

  test('gives up when joining anew has not helped twice: a restart is better than silence', () => {
    const driver = setup();
    stallAndCure(driver);
    stallAndCure(driver);
    expect([resubscriptions(driver), driver.engine.failure]).toEqual([2, undefined]);
    driver.pass(STALL_MS + 2_000);
    answerFresh(driver, 100);
    const error = driver.engine.failure?.error;
    expect(isMillraceError(error) && [error.code, error.message]).toEqual([
      'PARTITION_STALLED',
      expect.stringMatching(/^orders\[0\] has been silent for 3\d s at 0 of 100$/),
    ]);
    expect(driver.ports.calls.at(-1)).toBe('unsubscribe');
  });

  test('begins to count anew when a cure has helped', () => {
    const driver = setup();
    for (let i = 0; i < 5; i++) {
      stallAndCure(driver);
      driver.receive(message(i));
      driver.pass(2_000);
      expect(driver.view().problems).toEqual([]);
    }
    expect([resubscriptions(driver), driver.engine.failure]).toEqual([5, undefined]);
  });

  test('forgets the problem of a partition that another member has taken over', () => {
    const driver = setup();
    driver.pass(STALL_MS + 2_000);
    answerFresh(driver, 100);
    driver.revoke(0);
    driver.pass(STALL_MS + 2_000);
    expect(driver.view().problems).toEqual([]);
  });

  test('clears a problem though messages of the partition wait all the time', () => {
    const driver = setup();
    driver.receive(message(0), message(1));
    driver.pass(STALL_MS + 2_000);
    answerFresh(driver, 100);
    expect(driver.view().problems).toHaveLength(1);
    driver.receive(message(2));
    driver.pass(1_000);
    expect(driver.view().problems).toEqual([]);
  });
});

describe('silence that has a reason', () => {
  test('a paused partition is not looked into, and has its full time after it was resumed', () => {
    const driver = new EngineDriver(parallel({ maxConcurrency: 10 }), {
      limits: { messages: 10, bytes: 1_000_000 },
      stallMs: STALL_MS,
    });
    driver.assign([0], { high: 100 });
    driver.receive(Array.from({ length: 10 }, (_, i) => message(i)));
    driver.start();
    driver.pass(STALL_MS * 2);
    expect(driver.partition(0).state).toBe('paused');
    for (let i = 0; i < 10; i++) driver.settle(i);
    driver.pass(STALL_MS - 1_000);
    expect(freshQueries(driver)).toEqual([]);
  });

  test('a rebalance that drains for long explains the silence of what is kept', () => {
    const driver = new EngineDriver(parallel(), { stallMs: STALL_MS, drainTimeoutMs: 100_000 });
    driver.assign([0, 1], { high: 100 });
    driver.receive(message(0));
    driver.start();
    driver.revoke(0);
    driver.pass(STALL_MS * 2);
    expect(freshQueries(driver)).toEqual([]);
    driver.settle(0);
    driver.acknowledgeAll();
    driver.pass(STALL_MS - 1_000);
    expect(freshQueries(driver)).toEqual([]);
    driver.pass(2_000);
    expect(freshQueries(driver)).toEqual([{ partitions: ['orders/1'], fresh: true }]);
  });

  test('a loop that stood still has heard nobody', () => {
    const driver = setup();
    driver.pass(1_000);
    driver.freeze(STALL_MS * 2);
    driver.engine.tick(driver.now);
    expect(freshQueries(driver)).toEqual([]);
  });

  test('where the client decides the start nothing is expected before the first message', () => {
    const driver = new EngineDriver(parallel({ delivery: 'baseplate' }), { stallMs: STALL_MS });
    driver.assign([0]);
    driver.pass(STALL_MS * 2);
    expect(freshQueries(driver)).toEqual([]);
    driver.receive(message(500));
    driver.pass(STALL_MS + 1_000);
    expect(freshQueries(driver)).toHaveLength(1);
  });
});

describe('a position that the log no longer has', () => {
  function cutOff() {
    const driver = new EngineDriver(ordered(), { stallMs: STALL_MS });
    driver.assign([0, 1], { committed: 50, high: 100 });
    driver.receive(message(50), message(51), message(52));
    driver.start();
    driver.pass(STALL_MS + 2_000);
    driver.engine.watermarks([{ topic: 'orders', partition: 0, low: 60, high: 100 }], driver.now);
    return driver;
  }

  test('halts the partition, says so, and pauses it', () => {
    const driver = cutOff();
    const reason = 'position 53 is not in the log any more (60 to 100)';
    expect(driver.partition(0)).toMatchObject({ state: 'halted', reason });
    expect(driver.ports.noted('partition.halted')).toEqual([
      { type: 'partition.halted', topic: 'orders', partition: 0, reason },
    ]);
    expect(driver.ports.paused.at(-1)).toEqual(['orders/0']);
    expect(driver.view().problems).toEqual([`orders[0]: ${reason}`]);
  });

  test('lets what waits go, so that its room is free for others, and commits what was done', () => {
    const driver = cutOff();
    expect(driver.partition(0).buffered).toBe(0);
    driver.settle(50);
    expect(driver.answerCommit()).toEqual({ 'orders/0': 51 });
    expect(driver.start()).toEqual([]);
  });

  test('lets the other partitions run', () => {
    const driver = cutOff();
    driver.settle(50);
    driver.acknowledgeAll();
    driver.receive(message(50, { partition: 1 }));
    expect(driver.start()).toEqual(['orders/1/50']);
  });

  test('takes no message of it any more, and gives it back like any other', () => {
    const driver = cutOff();
    driver.settle(50);
    driver.acknowledgeAll();
    driver.receive(message(60));
    expect(driver.partition(0).buffered).toBe(0);
    const rebalance = driver.revoke(0);
    expect(driver.isAnswered(rebalance)).toBe(true);
  });
});
