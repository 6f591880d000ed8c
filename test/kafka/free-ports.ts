import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Below the range from which systems take the ports of outgoing connections (Linux: from 32768). A client that keeps trying a port
 * of that range on loopback while its broker is down can be given the very same port for its own end, connect to itself, and so
 * keep the broker from coming back.
 */
const LOWEST = 15_000;
const HIGHEST = 32_000;
const ATTEMPTS = 1_000;

/** Loopback ports that nobody listens on, different from each other. */
export async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = [];
  try {
    const ports: number[] = [];
    for (let attempt = 0; ports.length < count; attempt++) {
      if (attempt === ATTEMPTS)
        throw new Error(
          `no ${String(count)} free loopback ports between ${String(LOWEST)} and ${String(HIGHEST)}`,
        );
      const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
      const server = await listen(port);
      if (server === undefined) continue;
      held.push(server);
      ports.push(port);
    }
    return ports;
  } finally {
    // Held until all are found, so that none is found twice.
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1' });
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}
