import { describe, expect, test } from 'vitest';

import { EngineDriver } from '../support/engine-driver.js';
import { message } from '../support/messages.js';
import { ordered, parallel } from '../support/strategies.js';

const place = { topic: 'orders', partition: 0 };

function setup(strategy = ordered()) {
  const driver = new EngineDriver(strategy);
  driver.assign([0], { committed: 3, high: 10 });
  return driver;
}

describe('a log whose last offsets hold no message', () => {
  test('is committed to its end once its last message is settled', () => {
    const driver = setup();
    driver.receive(message(5));
    driver.engine.endOfPartition(place, 10, driver.now);
    driver.start();
    driver.settle(5);
    expect(driver.answerCommit()).toEqual({ 'orders/0': 10 });
    expect(driver.partition(0)).toMatchObject({ position: 10, lag: 0 });
  });

  test('is committed to its end though no message came at all', () => {
    const driver = setup();
    driver.engine.endOfPartition(place, 10, driver.now);
    driver.pass(50);
    expect(driver.answerCommit()).toEqual({ 'orders/0': 10 });
  });

  test('is committed no further than its first message that is not settled', () => {
    const driver = setup(parallel());
    driver.receive(message(5), message(6));
    driver.engine.endOfPartition(place, 10, driver.now);
    driver.start();
    driver.settle(6);
    driver.revoke(0);
    expect(driver.answerCommit()).toEqual({ 'orders/0': 5 });
    driver.settle(5);
    expect(driver.answerCommit()).toEqual({ 'orders/0': 10 });
  });

  test('does not go back when the end is told late', () => {
    const driver = setup(parallel());
    driver.receive(message(8));
    driver.engine.endOfPartition(place, 7, driver.now);
    expect(driver.partition(0).position).toBe(9);
  });

  test('is left as it is on the way out, because messages below its end may have been dropped', () => {
    const driver = setup(parallel());
    driver.receive(message(5));
    driver.start();
    driver.revoke(0);
    driver.receive(message(6));
    driver.engine.endOfPartition(place, 10, driver.now);
    driver.settle(5);
    driver.acknowledgeAll();
    expect(driver.ports.commits.at(-1)?.entries[0]?.offset).toBe(6);
  });

  test('at most once, is covered to its end', () => {
    const driver = setup(parallel({ delivery: 'at-most-once' }));
    driver.receive(message(5));
    expect(driver.answerCommit()).toEqual({ 'orders/0': 6 });
    driver.engine.endOfPartition(place, 10, driver.now);
    driver.pass(50);
    expect(driver.answerCommit()).toEqual({ 'orders/0': 10 });
    expect(driver.start()).toEqual(['orders/0/5']);
  });

  test('ends nothing of a partition that is not owned', () => {
    const driver = setup();
    driver.engine.endOfPartition({ topic: 'mails', partition: 3 }, 10, driver.now);
    driver.pass(1_000);
    expect(driver.ports.commits).toEqual([]);
  });
});
