import { describe, expect, test } from 'vitest';

import { EngineDriver } from '../support/engine-driver.js';
import { message, messages } from '../support/messages.js';
import { ordered, parallel } from '../support/strategies.js';

const LIMITS = { messages: 80, bytes: 1_000_000 };

function setup(partitions = 1, limits = LIMITS, pollSize = 20) {
  const driver = new EngineDriver(parallel({ maxConcurrency: 100 }), { limits, pollSize });
  driver.assign(
    Array.from({ length: partitions }, (_, i) => i),
    { high: 1_000_000 },
  );
  return driver;
}

/** Answers polls with what they asked for, from this partition as long as it flows. Returns the next offset. */
function flood(driver: EngineDriver, partition = 0): number {
  let offset = 0;
  while (driver.outstandingPolls > 0) {
    const count = driver.partition(partition).state === 'paused' ? 0 : (driver.ports.polls.at(-1) as number);
    driver.receive(messages(offset, offset + count - 1, { partition }));
    offset += count;
  }
  return offset;
}

describe('below the limits', () => {
  test('a poll that brought something is followed by the next', () => {
    const driver = setup();
    driver.receive(messages(0, 4));
    expect([driver.outstandingPolls, driver.ports.polls]).toEqual([1, [20, 20]]);
  });

  test('the next poll is under way before the messages of this one are looked at', () => {
    const driver = setup();
    driver.ports.calls.length = 0;
    driver.receive(message(0), message(0));
    expect(driver.ports.calls).toEqual(['poll']);
    expect(driver.ports.noted('message.duplicated')).toHaveLength(1);
  });

  test('after a poll that brought nothing the source is asked when it wakes us, and else with the tick', () => {
    const driver = setup();
    driver.receive();
    expect(driver.outstandingPolls).toBe(0);
    driver.engine.wake();
    driver.engine.wake();
    expect([driver.outstandingPolls, driver.ports.polls.length]).toEqual([1, 2]);
    driver.engine.tick(driver.now + 50);
    expect(driver.ports.polls.length).toBe(2);
    driver.receive(); // the second wake-up came meanwhile
    driver.receive();
    expect(driver.outstandingPolls).toBe(0);
    driver.engine.tick(driver.now + 100);
    expect(driver.outstandingPolls).toBe(1);
  });

  test('a wake-up during a poll leads to another one', () => {
    const driver = setup();
    driver.engine.wake();
    driver.receive();
    expect(driver.outstandingPolls).toBe(1);
  });

  test('no more is asked for than there is room, what is on its way counted', () => {
    const driver = setup(1, LIMITS, 50);
    driver.receive(messages(0, 49));
    expect(driver.ports.polls).toEqual([50, 30]);
    driver.receive(messages(50, 79));
    expect(driver.outstandingPolls).toBe(0);
  });

  test('no more is asked for than the bytes allow, going by the largest messages seen', () => {
    const driver = setup(1, { messages: 10_000, bytes: 100_000 }, 100);
    driver.receive(message(0, { size: 10_000 }));
    driver.receive(message(1, { size: 10_000 }));
    expect(driver.ports.polls.at(-1)).toBe(8);
    driver.receive(messages(2, 9, { size: 10_000 }));
    expect([driver.outstandingPolls, driver.partition(0).buffered]).toEqual([0, 10]);
  });

  test('large messages are remembered long after small ones have come', () => {
    const driver = setup(1, { messages: 10_000, bytes: 100_000 }, 100);
    driver.receive(message(0, { size: 10_000 }));
    driver.receive(message(1, { size: 10 }));
    driver.receive(message(2, { size: 10 }));
    expect(driver.ports.polls.at(-1)).toBeLessThanOrEqual(10);
  });
});

describe('at the limits', () => {
  test('one message is asked for each 100 ms, because only polls bring rebalances and acknowledgements', () => {
    const driver = setup();
    flood(driver);
    const before = driver.ports.polls.length;
    driver.pass(900);
    const polls = driver.ports.polls.slice(before);
    expect([polls.length >= 5, polls.length <= 9, new Set(polls)]).toEqual([true, true, new Set([1])]);
    expect(driver.ports.paused).toEqual([]);
  });

  test('a wake-up changes nothing', () => {
    const driver = setup();
    flood(driver);
    driver.engine.wake();
    expect(driver.outstandingPolls).toBe(0);
  });

  test('what is still full after a second is paused, and polls are free again', () => {
    const driver = setup();
    flood(driver);
    driver.pass(1_050);
    expect(driver.ports.paused).toEqual([['orders/0']]);
    expect(driver.partition(0)).toMatchObject({ state: 'paused', reason: 'its buffer is full' });
    driver.pass(50);
    driver.engine.wake();
    expect(driver.outstandingPolls).toBe(1);
    const before = driver.ports.polls.length;
    driver.pass(500);
    expect(driver.ports.polls.length - before).toBe(10);
  });

  test('a short fullness pauses nothing', () => {
    const driver = setup();
    flood(driver);
    driver.start();
    for (let i = 0; i < 10; i++) {
      driver.pass(500);
      driver.settle(i);
      if (driver.outstandingPolls > 0) driver.receive(message(80 + i));
    }
    expect(driver.ports.paused).toEqual([]);
  });

  test('while an acknowledgement is awaited everything fed is paused at once, so that the answer can come', () => {
    const driver = new EngineDriver(ordered(), { limits: LIMITS, pollSize: 20 });
    driver.assign([0], { high: 1_000_000 });
    flood(driver);
    driver.start();
    expect(driver.ports.paused).toEqual([]);
    driver.settle(0);
    expect(driver.inFlight).toBeDefined();
    expect([driver.ports.paused, driver.outstandingPolls]).toEqual([[['orders/0']], 1]);
  });

  test('in order, each message committed, no message ever waits for the tick to learn of its acknowledgement', () => {
    const driver = new EngineDriver(ordered(), { limits: LIMITS, pollSize: 20 });
    driver.assign([0], { high: 1_000_000 });
    let next = flood(driver);
    // an acknowledgement comes with a poll only; where the partition is not paused the poll brings messages too
    for (let offset = 0; offset < 300; offset++) {
      expect(driver.start()).toEqual([`orders/0/${offset}`]);
      driver.settle(offset);
      expect(driver.outstandingPolls).toBe(1);
      driver.answerCommit();
      const count = driver.partition(0).state === 'paused' ? 0 : (driver.ports.polls.at(-1) as number);
      driver.receive(messages(next, next + count - 1));
      next += count;
      if (driver.outstandingPolls === 0) driver.engine.wake();
    }
    expect(driver.ports.paused.length).toBeLessThan(10);
  });

  test('committing behind, a full buffer is worked off without a pause', () => {
    const driver = new EngineDriver(ordered({ commit: 'pipelined' }), { limits: LIMITS, pollSize: 20 });
    driver.assign([0], { high: 1_000_000 });
    let next = flood(driver);
    for (let offset = 0; offset < 300; offset++) {
      driver.start();
      driver.settle(offset);
      if (offset % 3 === 0) driver.acknowledgeAll();
      if (driver.outstandingPolls === 0) continue;
      const count = driver.ports.polls.at(-1) as number;
      driver.receive(messages(next, next + count - 1));
      next += count;
    }
    expect(driver.ports.paused).toEqual([]);
  });

  test('a poll that was asked for while full cannot bring more than one', () => {
    const driver = setup();
    flood(driver);
    driver.pass(1_100);
    driver.engine.wake();
    expect(driver.ports.polls.at(-1)).toBe(1);
  });

  test('what was paused flows again, with a kick, when it is down to its low water', () => {
    const driver = setup();
    flood(driver);
    driver.pass(1_050);
    driver.start();
    // an eighth of the limits is 10 messages
    for (let offset = 0; driver.ports.resumed.length === 1; offset++) driver.settle(offset);
    expect(driver.partition(0).buffered + driver.partition(0).inFlight).toBe(10);
    expect([driver.ports.resumed.at(-1), driver.ports.kicked.at(-1)]).toEqual([['orders/0'], ['orders/0']]);
    expect(driver.partition(0).state).toBe('active');
    expect(driver.outstandingPolls).toBe(1);
  });
});

describe('between partitions', () => {
  test('a slow one is paused alone before it takes the room of the others', () => {
    const driver = setup(2);
    flood(driver);
    expect(driver.ports.paused).toEqual([['orders/0']]);
    expect(driver.partition(0).buffered).toBeLessThan(LIMITS.messages);
    expect([driver.partition(0).state, driver.partition(1).state]).toEqual(['paused', 'active']);
  });

  test('the others keep at least their share of half the limits, however many are slow', () => {
    const driver = setup(4);
    const offsets = new Map([0, 1, 2].map((partition) => [partition, 0]));
    // three partitions whose handlers hang offer as much as is asked for
    for (let turn = 0; turn < 200; turn++) {
      const slow = [0, 1, 2].filter((partition) => driver.partition(partition).state === 'active');
      if (driver.outstandingPolls === 0) driver.engine.tick((driver.now += 50));
      const asked = driver.outstandingPolls > 0 ? (driver.ports.polls.at(-1) as number) : 0;
      const partition = slow[turn % slow.length];
      if (asked === 0 || partition === undefined) break;
      const from = offsets.get(partition) ?? 0;
      driver.receive(messages(from, from + asked - 1, { partition }));
      offsets.set(partition, from + asked);
    }
    const held = [0, 1, 2].map((partition) => driver.partition(partition).buffered);
    expect(held.reduce((sum, each) => sum + each)).toBeLessThanOrEqual(LIMITS.messages * (7 / 8));
    expect(driver.partition(3).state).toBe('active');
    driver.receive();
    driver.pass(50);
    expect(driver.ports.polls.at(-1)).toBeGreaterThanOrEqual(LIMITS.messages / 8);
  });

  test('nobody is paused while nobody is hungry', () => {
    const driver = setup(2);
    let offset = 0;
    while (driver.outstandingPolls > 0) {
      const half = (driver.ports.polls.at(-1) as number) / 2;
      driver.receive(
        messages(offset, offset + half - 1),
        messages(offset, offset + half - 1, { partition: 1 }),
      );
      offset += half;
    }
    expect([driver.partition(0).buffered, driver.partition(1).buffered, driver.ports.paused]).toEqual([
      40,
      40,
      [],
    ]);
  });

  test('one that has nothing to read is not hungry, markers at its end or not', () => {
    const driver = setup(2);
    driver.engine.endOfPartition({ topic: 'orders', partition: 1 }, 7, driver.now);
    flood(driver);
    expect(driver.ports.paused).toEqual([]);
  });

  test('a hanging handler of one never keeps the others paused', () => {
    const driver = setup(2);
    flood(driver);
    let offset = 0;
    driver.start();
    for (let turn = 0; turn < 20; turn++) {
      driver.pass(500);
      for (const name of [...driver.running.keys()]) if (name.startsWith('orders/1/')) driver.settle(name);
      driver.start();
      if (driver.outstandingPolls === 0) continue;
      const count = Math.min(5, driver.ports.polls.at(-1) as number);
      driver.receive(messages(offset, offset + count - 1, { partition: 1 }));
      offset += count;
      driver.start();
    }
    expect(driver.started.filter((name) => name.startsWith('orders/1/')).length).toBeGreaterThan(30);
    expect(driver.partition(1).state).toBe('active');
  });

  test('a new one flows though everything else is paused', () => {
    const driver = setup(1);
    flood(driver);
    driver.pass(1_050);
    driver.assign([5], { high: 100 });
    expect([driver.partition(0).state, driver.partition(5).state]).toEqual(['paused', 'active']);
    expect(driver.ports.paused.at(-1)).toEqual(['orders/0']);
  });
});
