import { describe, expect, test } from 'vitest';

import { EngineDriver, TRY_AGAIN } from '../support/engine-driver.js';
import { message, messages } from '../support/messages.js';
import { ordered } from '../support/strategies.js';

type Choice = Parameters<typeof ordered>[0];

function setup(choice: Choice, partitions = [0]) {
  const driver = new EngineDriver(ordered(choice));
  driver.assign(partitions, { high: 1_000 });
  for (const partition of partitions) driver.receive(messages(0, 19, { partition }));
  return driver;
}

/** Runs handlers to their end one after the other as long as any may start, without a commit being answered. */
function runOn(driver: EngineDriver): number {
  let count = 0;
  for (let [name] = driver.start(1); name !== undefined; [name] = driver.start(1)) {
    driver.settle(name);
    count++;
  }
  return count;
}

describe.each(['each', 'pipelined', 'interval'] as const)('in order, commit %s', (commit) => {
  test('one message at a time over the whole consumer, each partition in the order of its log', () => {
    const driver = setup({ commit }, [0, 1, 2]);
    for (let i = 0; i < 60; i++) {
      const started = driver.start();
      expect(started).toHaveLength(1);
      expect(driver.start()).toEqual([]);
      driver.settle(started);
      driver.acknowledgeAll();
      if (commit === 'interval') driver.pass(50);
    }
    for (const partition of [0, 1, 2]) {
      const of = driver.started.filter((name) => name.startsWith(`orders/${partition}/`));
      expect(of).toEqual(messages(0, 19).map(({ offset }) => `orders/${partition}/${offset}`));
    }
  });

  test('gives partitions their turns', () => {
    const driver = setup({ commit }, [0, 1, 2]);
    for (let i = 0; i < 12; i++) {
      driver.settle(driver.start());
      driver.acknowledgeAll();
    }
    const turns = [0, 1, 2].map(
      (partition) => driver.started.filter((name) => name.startsWith(`orders/${partition}/`)).length,
    );
    expect(turns.every((count) => count >= 3)).toBe(true);
  });

  test("with lanes 'partition' runs partitions side by side, one message of each", () => {
    const driver = setup({ commit, lanes: 'partition' }, [0, 1, 2]);
    expect(driver.start().sort()).toEqual(['orders/0/0', 'orders/1/0', 'orders/2/0']);
    driver.settle('orders/1/0');
    driver.acknowledgeAll();
    expect(driver.start()).toEqual(['orders/1/1']);
  });

  test('after a failure in one partition the others have lost nothing', () => {
    const driver = setup({ commit, lanes: 'partition' }, [0, 1]);
    driver.start();
    driver.settle('orders/0/0', { kind: 'crash', error: new Error('no') });
    driver.settle('orders/1/0');
    driver.revoke(0, 1);
    driver.acknowledgeAll();
    expect(
      driver.ports.commits.flatMap(({ entries }) => entries.map((entry) => [entry.partition, entry.offset])),
    ).toEqual([[1, 1]]);
  });
});

describe('in order, commit each', () => {
  test('starts a message when the one before is acknowledged, not when it is sent', () => {
    const driver = setup({ commit: 'each' });
    expect(driver.start()).toEqual(['orders/0/0']);
    driver.settle(0);
    expect([driver.inFlight?.[0]?.offset, driver.start()]).toEqual([1, []]);
    driver.pass(60_000);
    expect(driver.start()).toEqual([]);
    driver.answerCommit();
    expect(driver.start()).toEqual(['orders/0/1']);
  });

  test('handles exactly one message while the broker is away, and waits', () => {
    const driver = setup({ commit: 'each' }, [0, 1, 2]);
    expect(runOn(driver)).toBe(1);
    for (let i = 0; i < 5; i++) {
      driver.answerCommit(TRY_AGAIN);
      driver.pass(10_000);
      expect(driver.start()).toEqual([]);
    }
    driver.answerCommit();
    expect(runOn(driver)).toBe(1);
  });

  test('says that there is work as soon as the acknowledgement has come', () => {
    const driver = setup({ commit: 'each' });
    driver.settle(driver.start());
    const before = driver.ports.wakes;
    expect(driver.engine.hasWork).toBe(false);
    driver.answerCommit();
    expect([driver.engine.hasWork, driver.ports.wakes > before]).toEqual([true, true]);
  });

  test('with a lane for each partition repeats at most one message of each', () => {
    const driver = setup({ commit: 'each', lanes: 'partition' }, [0, 1, 2]);
    expect(runOn(driver)).toBe(3);
    expect(driver.inFlight).toHaveLength(1);
    driver.answerCommit();
    // one commit carries what the other lanes have finished meanwhile
    expect(driver.inFlight).toHaveLength(2);
    expect(runOn(driver)).toBe(1);
  });

  test('commits the next offset over a gap in the log', () => {
    const driver = new EngineDriver(ordered());
    driver.assign([0]);
    driver.receive(message(7), message(90));
    driver.settle(driver.start());
    expect(driver.answerCommit()).toEqual({ 'orders/0': 90 });
    driver.settle(driver.start());
    expect(driver.answerCommit()).toEqual({ 'orders/0': 91 });
  });
});

describe('in order, commit pipelined', () => {
  test('goes on while a commit is in flight, and the next one carries the newest offset', () => {
    const driver = setup({ commit: 'pipelined' });
    for (let i = 0; i < 5; i++) driver.settle(driver.start());
    expect(driver.answerCommit()).toEqual({ 'orders/0': 1 });
    expect(driver.answerCommit()).toEqual({ 'orders/0': 5 });
    expect(driver.inFlight).toBeUndefined();
  });

  test('stops at the window, counted from the acknowledged commit over all partitions', () => {
    const driver = setup({ commit: 'pipelined', window: 7 }, [0, 1]);
    expect(runOn(driver)).toBe(7);
    driver.answerCommit();
    expect(runOn(driver)).toBe(1);
  });

  test('counts the window for each partition where each has its lane', () => {
    const driver = setup({ commit: 'pipelined', window: 7, lanes: 'partition' }, [0, 1]);
    expect(runOn(driver)).toBe(14);
    expect(driver.partition(1).reason).toBe(
      '7 messages are started above the acknowledged commit: the window is used up',
    );
  });
});

describe('in order, commit by interval', () => {
  test('commits when the interval has passed', () => {
    const driver = setup({ commit: 'interval', intervalMs: 5_000 });
    driver.pass(5_000);
    driver.settle(driver.start());
    driver.pass(50);
    driver.acknowledgeAll();
    driver.settle(driver.start());
    driver.pass(4_950);
    expect(driver.inFlight).toBeUndefined();
    driver.pass(50);
    expect(driver.answerCommit()).toEqual({ 'orders/0': 2 });
  });

  test('commits as soon as half of the window is used up over all partitions, so that the window never waits for the interval', () => {
    const driver = setup({ commit: 'interval', intervalMs: 3_600_000, window: 12 }, [0, 1, 2]);
    expect(runOn(driver)).toBe(12);
    expect(driver.inFlight).toBeDefined();
    let total = 12;
    while (total < 60) {
      driver.acknowledgeAll();
      const count = runOn(driver);
      expect(count).toBeGreaterThan(0);
      total += count;
    }
    expect(total).toBe(60);
  });

  test('commits again at once when an acknowledgement leaves the window more than half used up', () => {
    const driver = setup({ commit: 'interval', intervalMs: 3_600_000, window: 4 });
    driver.settle(driver.start());
    driver.settle(driver.start());
    expect(driver.inFlight?.[0]?.offset).toBe(2);
    expect(runOn(driver)).toBe(2);
    driver.answerCommit();
    expect(driver.inFlight?.[0]?.offset).toBe(4);
  });
});
