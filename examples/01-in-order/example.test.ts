import { expect, test } from 'vitest';

import { main } from './main.js';

test('the edits of each link are handled in the order in which they were produced', async () => {
  const titles = await main();

  expect(Object.fromEntries(titles)).toEqual({
    a: ['Kafka', 'Apache Kafka', 'Apache Kafka, a log'],
    b: ['Mils', 'Mills', 'Mill races'],
  });
});
