import { describe, expect, test } from 'vitest';

import { EngineDriver, TRY_AGAIN } from '../support/engine-driver.js';
import { message, messages } from '../support/messages.js';
import { parallel } from '../support/strategies.js';

type Choice = Parameters<typeof parallel>[0];

function setup(
  choice: Choice = {},
  partitions = [0],
  settings: ConstructorParameters<typeof EngineDriver>[1] = {},
) {
  const driver = new EngineDriver(parallel({ maxConcurrency: 4, ...choice }), settings);
  driver.assign(partitions, { high: 1_000 });
  return driver;
}

describe('fast, at least once', () => {
  test('runs up to the maximum at once, in any order of ends', () => {
    const driver = setup();
    driver.receive(messages(0, 9));
    expect(driver.start()).toHaveLength(4);
    driver.settle([3, 1]);
    expect(driver.start()).toEqual(['orders/0/4', 'orders/0/5']);
  });

  test('commits only what is processed without a gap', () => {
    const driver = setup();
    driver.receive(messages(0, 9));
    driver.start();
    driver.settle([1, 2, 3]);
    driver.pass(20_000);
    expect(driver.inFlight).toBeUndefined();
    driver.settle(0);
    driver.pass(50);
    expect(driver.answerCommit()).toEqual({ 'orders/0': 4 });
  });

  test('commits in the background: handlers do not wait for it', () => {
    const driver = setup({ intervalMs: 1_000 });
    driver.receive(messages(0, 19));
    driver.pass(1_000);
    for (let i = 0; i < 16; i += 4) {
      driver.start();
      driver.settle([i, i + 1, i + 2, i + 3]);
    }
    expect(driver.ports.commits).toHaveLength(0);
    driver.pass(50);
    expect(driver.answerCommit()).toEqual({ 'orders/0': 16 });
  });

  test('never has more started above the acknowledged commit than the window allows, for each partition', () => {
    const driver = setup({ window: 10, maxConcurrency: 100, intervalMs: 60_000 }, [0, 1]);
    driver.receive(messages(0, 29), messages(0, 29, { partition: 1 }));
    expect(driver.start()).toHaveLength(20);
    driver.settle(0);
    expect(driver.start()).toEqual([]);
    expect(driver.inFlight?.[0]?.offset).toBe(1);
    driver.answerCommit(TRY_AGAIN);
    expect(driver.start()).toEqual([]);
    driver.pass(100);
    driver.answerCommit();
    expect(driver.start()).toEqual(['orders/0/10']);
  });

  test('one message that hangs stops its partition at the window, and no other', () => {
    const driver = setup({ window: 5, maxConcurrency: 100 }, [0, 1]);
    driver.receive(messages(0, 29), messages(0, 29, { partition: 1 }));
    for (let i = 0; i < 50; i++) {
      driver.start();
      for (const name of [...driver.running.keys()]) if (name !== 'orders/0/0') driver.settle(name);
      driver.pass(50);
      driver.acknowledgeAll();
    }
    expect(driver.started.filter((name) => name.startsWith('orders/0/'))).toHaveLength(5);
    expect(driver.started.filter((name) => name.startsWith('orders/1/'))).toHaveLength(30);
    expect(driver.partition(0)).toMatchObject({
      doneAboveWatermark: 4,
      reason: '5 messages are started above the acknowledged commit: the window is used up',
    });
  });

  test('puts all partitions with something new into one commit', () => {
    const driver = setup({ intervalMs: 1_000 }, [0, 1, 2]);
    driver.receive(message(0), message(0, { partition: 2 }));
    driver.start();
    driver.settle(['orders/0/0', 'orders/2/0']);
    driver.pass(1_000);
    expect(driver.answerCommit()).toEqual({ 'orders/0': 1, 'orders/2': 1 });
  });

  test('a clean stop repeats nothing', () => {
    const driver = setup({}, [0, 1]);
    driver.receive(messages(0, 9), messages(0, 9, { partition: 1 }));
    driver.start();
    driver.engine.stop(driver.now);
    driver.revoke(0, 1);
    driver.settle([...driver.running.keys()]);
    driver.acknowledgeAll();
    const committed = Math.max(
      ...driver.ports.commits.flatMap(({ entries }) => entries.map(({ offset }) => offset)),
    );
    expect([driver.started.length, committed, driver.ports.calls.at(-1)]).toEqual([4, 2, 'close']);
  });

  test('says what it is', () => {
    expect(parallel().name).toBe('fast (at-least-once)');
  });
});

describe('fast, at most once', () => {
  const atMostOnce = { delivery: 'at-most-once' } as const;

  test('starts nothing before a commit that covers it is acknowledged', () => {
    const driver = setup(atMostOnce);
    driver.receive(messages(0, 5));
    expect([driver.inFlight?.[0]?.offset, driver.start()]).toEqual([6, []]);
    driver.receive(messages(6, 7));
    driver.answerCommit();
    expect(driver.start()).toEqual(['orders/0/0', 'orders/0/1', 'orders/0/2', 'orders/0/3']);
    driver.settle([0, 1, 2, 3]);
    expect(driver.start()).toEqual(['orders/0/4', 'orders/0/5']);
    expect(driver.answerCommit()).toEqual({ 'orders/0': 8 });
    expect(driver.start()).toEqual(['orders/0/6', 'orders/0/7']);
  });

  test('does not start what a failed commit should have covered', () => {
    const driver = setup(atMostOnce);
    driver.receive(messages(0, 2));
    driver.answerCommit(TRY_AGAIN);
    expect(driver.start()).toEqual([]);
    driver.pass(100);
    driver.answerCommit();
    expect(driver.start()).toHaveLength(3);
  });

  test('a clean stop loses nothing: what a commit covers is still run, what none covers is left to the next owner', () => {
    const driver = setup(atMostOnce);
    driver.receive(messages(0, 5));
    driver.receive(messages(6, 8));
    driver.answerCommit();
    driver.start();
    driver.engine.stop(driver.now);
    driver.revoke(0);
    // the second commit was on its way when the revoke came
    driver.answerCommit();
    const handled = [...driver.running.keys()];
    while (driver.running.size > 0) {
      driver.settle([...driver.running.keys()]);
      handled.push(...driver.start());
    }
    expect(handled).toHaveLength(9);
    expect(driver.ports.calls.at(-1)).toBe('close');
    expect(driver.ports.commits.at(-1)?.entries[0]?.offset).toBe(9);
  });

  test('leaves to the next owner what it has received and no commit covers', () => {
    const driver = setup(atMostOnce);
    driver.receive(message(0));
    driver.receive(messages(1, 3));
    const revoke = driver.revoke(0);
    expect(driver.isAnswered(revoke)).toBe(false);
    driver.answerCommit();
    expect(driver.start()).toEqual(['orders/0/0']);
    driver.settle(0);
    expect([driver.isAnswered(revoke), driver.ports.commits.length]).toEqual([true, 1]);
  });

  test('a drain that runs out of time says how many covered messages will never run', () => {
    const driver = setup({ ...atMostOnce, maxConcurrency: 1 }, [0], { drainTimeoutMs: 1_000 });
    driver.receive(messages(0, 4));
    driver.answerCommit();
    driver.start();
    driver.revoke(0);
    driver.pass(1_000);
    expect(driver.ports.noted('partitions.revoked')).toMatchObject([{ abandoned: 5 }]);
  });

  test('repeats nothing after a loss: what was committed is not read again', () => {
    const driver = setup(atMostOnce);
    driver.receive(messages(0, 3));
    driver.answerCommit();
    driver.start();
    driver.rebalance('lost', [0]);
    driver.assign([0], { committed: 4, high: 10 });
    driver.receive(message(4));
    driver.settle([0, 1, 2, 3]);
    driver.answerCommit();
    expect(driver.start()).toEqual(['orders/0/4']);
  });
});

describe("fast, as baseplate does: the client's own commits", () => {
  const baseplate = { delivery: 'baseplate' } as const;

  test('never commits', () => {
    const driver = setup(baseplate);
    driver.receive(messages(0, 9));
    while (driver.start().length > 0) driver.settle([...driver.running.keys()]);
    driver.pass(20_000);
    driver.revoke(0);
    expect([driver.ports.commits, driver.started.length]).toEqual([[], 10]);
  });

  test('is bound by no window', () => {
    const driver = setup({ ...baseplate, window: 1, maxConcurrency: 50 });
    driver.receive(messages(0, 49));
    expect(driver.start()).toHaveLength(50);
  });

  test('drains on a revoke all that was handed over: the client has committed it', () => {
    const driver = setup(baseplate);
    driver.receive(messages(0, 9));
    driver.start();
    const revoke = driver.revoke(0);
    driver.receive(message(10));
    expect(driver.isAnswered(revoke)).toBe(false);
    do driver.settle([...driver.running.keys()]);
    while (driver.start().length > 0);
    expect([driver.isAnswered(revoke), driver.started.length]).toEqual([true, 11]);
  });

  test('drains on a stop in the same way, but takes a crash for an end', () => {
    const driver = setup(baseplate);
    driver.receive(messages(0, 5));
    driver.start();
    driver.settle(0, { kind: 'crash', error: new Error('no') });
    driver.revoke(0);
    do driver.settle([...driver.running.keys()]);
    while (driver.start().length > 0);
    expect([driver.started.length, driver.ports.calls.at(-1)]).toEqual([6, 'close']);
  });
});
