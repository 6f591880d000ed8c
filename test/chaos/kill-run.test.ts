import { expect, test } from 'vitest';

import { describeWithKafka } from '../kafka/kafka-suite.js';
import type { Protocol } from './consumer-parameters.js';
import { runKills } from './run-kills.js';

/** Each kill costs a session of 6 s. */
const TEST_MS = 180_000;
/** The long form, `kill-run.ts`, is run by hand. */
const KILLS = 2;

describeWithKafka('a group whose members are killed with -9 and stopped with SIGTERM', (bootstrapServers) => {
  test.each([
    {
      strategy: 'in-order',
      protocol: 'classic',
      promise: 'loses nothing, repeats one message a kill at most, and keeps the order',
    },
    {
      strategy: 'in-order',
      protocol: 'kip848',
      promise: 'loses nothing, repeats one message a kill at most, and keeps the order',
    },
    {
      strategy: 'fast',
      protocol: 'classic',
      promise: 'loses nothing and repeats no more than its window in a partition',
    },
    {
      strategy: 'fast',
      protocol: 'kip848',
      promise: 'loses nothing and repeats no more than its window in a partition',
    },
  ] satisfies { strategy: 'in-order' | 'fast'; protocol: Protocol; promise: string }[])(
    '$strategy, $protocol: $promise',
    { timeout: TEST_MS },
    async ({ strategy, protocol }) => {
      const report = await runKills({ bootstrapServers, strategy, protocol, kills: KILLS });
      expect(report.broken, JSON.stringify(report)).toEqual([]);
      expect(report.kills).toBe(KILLS);
    },
  );
});
