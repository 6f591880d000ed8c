import { expect, test } from 'vitest';

import { describeWithKafka } from '../kafka/kafka-suite.js';
import { SESSION_MS } from './consumer-parameters.js';
import { runKills } from './run-kills.js';

/** Each kill costs a session of 6 s. */
const TEST_MS = 180_000;
/** The long form, `kill-run.ts`, is run by hand. */
const KILLS = 2;

const combinations = [
  ['in-order', 'classic'],
  ['in-order', 'kip848'],
  ['fast', 'classic'],
  ['fast', 'kip848'],
] as const;

describeWithKafka('a group whose members are killed with -9 and stopped with SIGTERM', (bootstrapServers) => {
  test.each(combinations)(
    '%s over %s loses nothing, repeats no more than it may, and commits to the end',
    { timeout: TEST_MS },
    async (strategy, protocol) => {
      const report = await runKills({ bootstrapServers, strategy, protocol, kills: KILLS });
      expect(report.broken, JSON.stringify(report)).toEqual([]);
      expect(report.kills).toBe(KILLS);
    },
  );

  test(
    'whose members are static gets the partitions of a killed one back with it, and disturbs nobody',
    { timeout: TEST_MS },
    async () => {
      const plan = { bootstrapServers, strategy: 'in-order', protocol: 'classic', isStatic: true } as const;
      const report = await runKills({ ...plan, kills: KILLS });
      expect(report.broken, JSON.stringify(report)).toEqual([]);
      expect(report.longestRecoveryMs).toBeLessThan(SESSION_MS);
    },
  );
});
