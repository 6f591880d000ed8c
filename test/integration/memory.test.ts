import { expect, test } from 'vitest';

import { measurePeakMemory, preloadBacklog } from '../bench/peak-memory.js';
import { describeWithKafka } from '../kafka/kafka-suite.js';

const LIMIT_MEGABYTES = 300;
/** More than the limit would bear. The long form with 3 GB is `test/bench/memory.ts`. */
const BACKLOG_MEGABYTES = 400;

describeWithKafka('a consumer with slow handlers before a large backlog', (bootstrapServers) => {
  test('stays below 300 MB', async () => {
    const topic = await preloadBacklog(bootstrapServers, BACKLOG_MEGABYTES);
    for (const strategy of ['in-order', 'fast'] as const) {
      const report = await measurePeakMemory({ bootstrapServers, strategy, topic, seconds: 5 });
      process.stderr.write(`memory: ${JSON.stringify(report)}\n`);
      expect(report.peakMegabytes).toBeLessThan(LIMIT_MEGABYTES);
    }
  });
});
