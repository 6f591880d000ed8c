import { describe, test } from 'vitest';

import { sourceConformance } from '../../src/conformance/source-conformance.js';
import { FakeLog } from '../../src/doubles/fake-log.js';
import { FakeSource } from '../../src/doubles/fake-source.js';

describe('the fake source', () => {
  const log = new FakeLog();
  let topics = 0;
  const checks = sourceConformance({
    name: 'it',
    features: { sharing: true, endOfPartition: true },
    underTest: () => ({
      createTopic() {
        const topic = `topic-${++topics}`;
        log.createTopic(topic, 4);
        return Promise.resolve(topic);
      },
      append(topic, partition, values) {
        for (const value of values) log.append(topic, { partition, value });
        return Promise.resolve();
      },
      makeSource: ({ groupId, topics: wanted }) => new FakeSource({ log, groupId, topics: wanted }),
    }),
    quietMs: 20,
  });
  for (const check of checks) test(check.name, check.run);
});
