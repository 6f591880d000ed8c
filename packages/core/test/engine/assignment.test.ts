import { describe, expect, test } from 'vitest';

import { isMillraceError } from '../../src/errors.js';
import { EngineDriver, TRY_AGAIN } from '../support/engine-driver.js';
import { message } from '../support/messages.js';
import { ordered, parallel } from '../support/strategies.js';

describe('an assignment', () => {
  test('is looked up, and answered with where each partition starts', () => {
    const driver = new EngineDriver(parallel());
    const assign = driver.rebalance('assign', [0, 1]);
    expect(driver.ports.located).toEqual([{ id: assign.id, partitions: assign.partitions }]);
    expect(driver.isAnswered(assign)).toBe(false);
    driver.locate(assign, { committed: 7, high: 20 });
    // the source looks the commit up by itself, with the leader epoch that a given offset would lose
    expect(driver.ports.answers[0]?.starts).toEqual([
      { topic: 'orders', partition: 0, offset: undefined },
      { topic: 'orders', partition: 1, offset: undefined },
    ]);
    expect(driver.partition(0)).toMatchObject({
      state: 'active',
      position: 7,
      committed: 7,
      highWater: 20,
      lag: 13,
    });
    expect(driver.inFlight).toBeUndefined();
  });

  test('of nothing is answered without a look-up', () => {
    const driver = new EngineDriver(parallel());
    expect(driver.isAnswered(driver.rebalance('assign', []))).toBe(true);
    expect([driver.ports.located, driver.ports.noted('partitions.assigned')]).toEqual([
      [],
      [{ type: 'partitions.assigned', partitions: [] }],
    ]);
  });

  test('ignores a look-up that belongs to another', () => {
    const driver = new EngineDriver(parallel());
    const first = driver.rebalance('assign', [0]);
    driver.locate({ ...first, id: 99 });
    expect(driver.isAnswered(first)).toBe(false);
    driver.locate(first);
    driver.locate(first);
    expect(driver.ports.answers).toHaveLength(1);
  });

  test('commits a start position of ours before the first message is handled', () => {
    const driver = new EngineDriver(ordered(), { autoOffsetReset: 'latest' });
    driver.assign([0], { committed: null, low: 5, high: 20 });
    expect(driver.ports.answers[0]?.starts).toEqual([{ topic: 'orders', partition: 0, offset: 20 }]);
    expect(driver.ports.calls.indexOf('answer')).toBeLessThan(driver.ports.calls.indexOf('commit'));
    expect(driver.inFlight).toEqual([
      { topic: 'orders', partition: 0, offset: 20, leaderEpoch: undefined, metadata: 'MR1|n:c|~' },
    ]);
    driver.receive(message(20));
    expect([driver.start(), driver.partition(0).reason]).toEqual([
      [],
      'its start position is being committed',
    ]);
    driver.answerCommit();
    expect(driver.start()).toEqual(['orders/0/20']);
    expect(driver.ports.noted('start.decided')).toMatchObject([{ offset: 20, before: 15 }]);
  });

  test('tries the commit of a start position until it is acknowledged', () => {
    const driver = new EngineDriver(ordered());
    driver.assign([0], { committed: null, high: 20 });
    driver.receive(message(20));
    driver.answerCommit(TRY_AGAIN);
    driver.pass(100);
    expect([driver.start(), driver.inFlight?.[0]?.offset]).toEqual([[], 20]);
    driver.answerCommit();
    expect(driver.start()).toEqual(['orders/0/20']);
  });

  test('hands the partition count on that the group began with', () => {
    const driver = new EngineDriver(ordered());
    driver.assign([0], { committed: 3, metadata: 'MR1|q:kept|n:6|~', high: 10 });
    driver.receive(message(3));
    driver.start();
    driver.settle(3);
    expect(driver.inFlight?.[0]?.metadata).toBe('MR1|n:6|q:kept|~');
  });

  test('counts metadata of other writers and goes on without it', () => {
    const driver = new EngineDriver(ordered());
    driver.assign([0], { committed: 3, metadata: 'written by hand', high: 10 });
    expect(driver.ports.noted('metadata.ignored')).toEqual([
      { type: 'metadata.ignored', topic: 'orders', count: 1 },
    ]);
    expect(driver.partition(0).state).toBe('active');
  });

  test('halts a partition whose commit the log no longer has, assigned somewhere harmless and paused, and runs the others', () => {
    const driver = new EngineDriver(ordered());
    const assign = driver.rebalance('assign', [0, 1]);
    driver.engine.located(
      assign.id,
      {
        partitions: [
          { topic: 'orders', partition: 0, committed: { offset: 3, metadata: undefined }, low: 10, high: 20 },
          {
            topic: 'orders',
            partition: 1,
            committed: { offset: 12, metadata: undefined },
            low: 10,
            high: 20,
          },
        ],
        topics: [{ topic: 'orders', partitionCount: 2, metadata: [] }],
      },
      driver.now,
    );
    expect(driver.ports.answers[0]?.starts.map(({ offset }) => offset)).toEqual([20, undefined]);
    expect([
      driver.ports.paused,
      driver.ports.calls.indexOf('resume') < driver.ports.calls.indexOf('pause'),
    ]).toEqual([[['orders/0']], true]);
    expect(driver.partition(0)).toMatchObject({ state: 'halted', committed: 3 });
    driver.receive(message(20), message(12, { partition: 1 }));
    expect(driver.start()).toEqual(['orders/1/12']);
    driver.pass(60_000);
    expect(driver.inFlight).toBeUndefined();
    driver.settle('orders/1/12');
    expect(driver.isAnswered(driver.revoke(0))).toBe(true);
  });

  test("without a commit fails the consumer where autoOffsetReset is 'error'", () => {
    const driver = new EngineDriver(ordered(), { autoOffsetReset: 'error' });
    driver.assign([0], { committed: null, high: 20 });
    const error = driver.engine.failure?.error;
    expect(isMillraceError(error) && [error.code, error.message]).toEqual([
      'NO_COMMITTED_OFFSET',
      "no commit for orders[0], and autoOffsetReset is 'error'",
    ]);
    expect(driver.ports.calls.at(-1)).toBe('unsubscribe');
    expect(driver.isAnswered(driver.revoke(0))).toBe(true);
    expect([driver.ports.commits, driver.ports.calls.at(-1)]).toEqual([[], 'close']);
  });

  test('is not looked up where the client commits by itself', () => {
    const driver = new EngineDriver(parallel({ delivery: 'baseplate' }));
    const assign = driver.rebalance('assign', [0]);
    expect([
      driver.isAnswered(assign),
      driver.ports.located,
      driver.ports.answers[0]?.starts[0]?.offset,
    ]).toEqual([true, [], undefined]);
    driver.receive(message(500));
    expect(driver.start()).toEqual(['orders/0/500']);
  });

  test('that is still looked up when the consumer stops is answered at once and owns nothing', () => {
    const driver = new EngineDriver(ordered());
    const assign = driver.rebalance('assign', [0]);
    driver.engine.stop(driver.now);
    expect([driver.isAnswered(assign), driver.ports.calls.slice(-2)]).toEqual([
      true,
      ['answer', 'unsubscribe'],
    ]);
    driver.locate(assign, { high: 5 });
    driver.receive(message(0));
    expect([driver.start(), driver.view().partitions]).toEqual([[], []]);
    driver.revoke(0);
    expect(driver.ports.calls.at(-1)).toBe('close');
  });

  test('that comes when the consumer stops already is answered without a look-up', () => {
    const driver = new EngineDriver(ordered());
    driver.engine.stop(driver.now);
    const assign = driver.rebalance('assign', [0]);
    expect([driver.isAnswered(assign), driver.ports.located, driver.view().partitions]).toEqual([
      true,
      [],
      [],
    ]);
    expect(driver.ports.calls.includes('close')).toBe(false);
  });
});
