import { createServer } from 'node:net';

/** The wanted port, or 0 (any free one) when something listens there already. */
export async function portOrAny(wanted: number): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(0));
    server.listen(wanted, '0.0.0.0', () => {
      server.close(() => resolve(wanted));
    });
  });
}
