import { expect, test } from 'vitest';

import { ExampleProcess, freePort } from '../example-process.js';

test('it waits for Kafka, handles what is there, and closes what is open when it is told to stop', async () => {
  const port = await freePort();
  await using example = new ExampleProcess('06-http-api/main.js', [], {
    HEALTH_PORT: String(port),
    KAFKA_BOOTSTRAP_SERVERS: undefined,
  });

  await example.says(/source cannot be reached/);
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503);
  expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);

  await example.says(/"id":"address-99"/);
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);

  example.kill('SIGTERM');
  expect(await example.ended()).toBe(0);
  expect(example.out).toContain('stopped with exit code 0, connections closed');
});
