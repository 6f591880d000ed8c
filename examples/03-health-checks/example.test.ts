import { expect, test } from 'vitest';

import { type HealthAnswer, main } from './main.js';

test('readiness follows the check of the database, liveness does not', async () => {
  const { up, down } = await main();

  expect(statuses(up)).toEqual({
    '/startupz': 200,
    '/livez': 200,
    '/readyz': 200,
    '/health?type=readiness': 200,
  });
  expect(statuses(down)).toEqual({
    '/startupz': 200,
    '/livez': 200,
    '/readyz': 503,
    '/health?type=readiness': 503,
  });
});

function statuses(answers: readonly HealthAnswer[]): Record<string, number> {
  return Object.fromEntries(answers.map(({ path, status }) => [path, status]));
}
