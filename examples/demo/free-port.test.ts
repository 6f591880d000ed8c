import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import { expect, test } from 'vitest';

import { portOrAny } from './free-port.js';

test('a port that is taken is not taken again', async () => {
  const server = createServer().listen(0, '0.0.0.0');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  expect(await portOrAny(port)).toBe(0);
  server.close();
  await once(server, 'close');
  expect(await portOrAny(port)).toBe(port);
});
