import { describe, expect, test } from 'vitest';

import { aMessage } from '../doubles/a-message.js';
import { Handling, type HandlingChoice } from '../doubles/handling.js';

/** Handles one message that takes 40 ms and was produced 100 ms before that. */
async function setup(choice: HandlingChoice = {}) {
  const handling: Handling = new Handling({
    handler: () => {
      handling.clock.advance(40);
    },
    ...choice,
  });
  await handling.run(aMessage({ timestamp: handling.clock.wall() - 100 }));
  return handling;
}

describe('the statistics of a consumer', () => {
  test('tell durations and outcomes without any SDK, with telemetry off', async () => {
    const { telemetry } = await setup({ observed: { providers: false } });
    const report = telemetry.report();
    expect(report.ended).toEqual({ success: 1, invalid: 0, skipped: 0, filtered: 0, crashed: 0 });
    expect(report.processing).toMatchObject({ count: 1, max: 40 });
    expect(report.latency?.max).toBe(140);
    expect(report.processing?.p99).toBeCloseTo(40, -1);
  });

  test('tell outcomes alone with metrics off', async () => {
    const { telemetry } = await setup({ observed: { metrics: false } });
    const report = telemetry.report();
    expect(report.ended.success).toBe(1);
    expect([report.processing, report.latency]).toEqual([undefined, undefined]);
  });

  test('leave out what was filtered', async () => {
    const { telemetry } = await setup({ filter: () => false });
    expect(telemetry.report()).toMatchObject({ ended: { filtered: 1, success: 0 }, processing: undefined });
  });

  test('tell how long ago a commit was acknowledged, once one was', async () => {
    const { telemetry, clock } = await setup();
    expect(telemetry.report().sinceLastCommitMs).toBeUndefined();
    telemetry.noted({ type: 'commit.acknowledged', partitions: 1, roundTripMs: 3 }, clock.monotonic());
    clock.advance(70);
    expect(telemetry.report().sinceLastCommitMs).toBe(70);
  });

  test('are values of their own: what is told does not change later', async () => {
    const handling = await setup();
    const before = handling.telemetry.report();
    await handling.run();
    expect(before.ended.success).toBe(1);
    expect(handling.telemetry.report().ended.success).toBe(2);
  });
});
