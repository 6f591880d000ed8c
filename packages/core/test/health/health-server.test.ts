import { once } from 'node:events';
import { Agent, get, request } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';

import { afterEach, describe, expect, test } from 'vitest';

import type { HealthReport } from '../../src/health/health-report.js';
import { HealthServer, type HealthServerParts } from '../../src/health/health-server.js';
import type { Probe } from '../../src/inspection/snapshot.js';
import { Deferred } from '../../src/internal/deferred.js';

const passing: HealthReport = { status: 'pass', checks: { server: { status: 'pass' } } };
const failing: HealthReport = { status: 'fail', checks: { server: { status: 'fail', detail: 'draining' } } };
const opened: HealthServer[] = [];

afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

async function setup(parts: Partial<HealthServerParts> = {}): Promise<{
  server: HealthServer;
  url: string;
  asked: Probe[];
  troubles: Error[];
}> {
  const asked: Probe[] = [];
  const troubles: Error[] = [];
  const server = new HealthServer({
    host: '127.0.0.1',
    port: 0,
    report: (probe) => {
      asked.push(probe);
      return Promise.resolve(passing);
    },
    troubled: (error) => troubles.push(error),
    ...parts,
  });
  opened.push(server);
  await server.listen();
  return { server, url: server.address ?? '', asked, troubles };
}

/** A connection that says no more than it is told to. */
async function rawConnection(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

describe('routes', () => {
  test.each<[string, Probe]>([
    ['/livez', 'liveness'],
    ['/readyz', 'readiness'],
    ['/startupz', 'startup'],
    ['/readyz?verbose', 'readiness'],
    ['/health?type=liveness', 'liveness'],
    ['/health?type=startup', 'startup'],
    ['/health?type=readiness', 'readiness'],
    ['/health', 'readiness'],
    ['/health?type=nonsense', 'readiness'],
    ['/health?type=', 'readiness'],
    ['/health?verbose&type=liveness', 'liveness'],
  ])('GET %s asks for %s', async (path, probe) => {
    const { url, asked } = await setup();
    expect((await fetch(url + path)).status).toBe(200);
    expect(asked).toEqual([probe]);
  });

  test.each(['/', '/healthz', '/livez/', '/LIVEZ', '//livez', '/health/../livez/x', '/__proto__'])(
    'GET %s is not found',
    async (path) => {
      const { url, asked } = await setup();
      const response = await fetch(url + path);
      expect([response.status, await response.json()]).toEqual([404, { status: 'fail', error: 'not found' }]);
      expect(asked).toEqual([]);
    },
  );

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is not allowed', async (method) => {
    const { url, asked } = await setup();
    const response = await fetch(`${url}/livez`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(await response.json()).toEqual({ status: 'fail', error: 'method not allowed' });
    expect(asked).toEqual([]);
  });
});

describe('answers', () => {
  test('are 200 with the report as JSON that nobody keeps', async () => {
    const { url } = await setup();
    const response = await fetch(`${url}/livez`);
    expect([response.status, await response.json()]).toEqual([200, passing]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });

  test('are 503 with the report when it fails', async () => {
    const { url } = await setup({ report: () => Promise.resolve(failing) });
    const response = await fetch(`${url}/readyz`);
    expect([response.status, await response.json()]).toEqual([503, failing]);
  });

  test('to HEAD have the same status and length, and no body', async () => {
    const { url } = await setup({ report: () => Promise.resolve(failing) });
    const response = await fetch(`${url}/readyz`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([503, '']);
    expect(response.headers.get('content-length')).toBe(String(JSON.stringify(failing).length + 1));
  });

  test('are 503 when the report itself fails, and that is told', async () => {
    const error = new Error('no');
    const { url, troubles } = await setup({ report: () => Promise.reject(error) });
    const response = await fetch(`${url}/readyz`);
    expect([response.status, await response.json()]).toEqual([503, { status: 'fail', checks: {} }]);
    expect(troubles).toEqual([error]);
  });
});

describe('limits', () => {
  test('headers of more than 8 KB are refused', async () => {
    const { url } = await setup();
    const answered = new Deferred<number | undefined>();
    get(`${url}/livez`, { headers: { 'x-large': 'x'.repeat(9_000) } }, ({ statusCode }) => {
      answered.resolve(statusCode);
    });
    expect(await answered.promise).toBe(431);
  });

  test('a large body is not waited for', async () => {
    const { url } = await setup();
    const answered = new Deferred<number | undefined>();
    const sending = request(`${url}/livez`, { method: 'POST', agent: new Agent() }, ({ statusCode }) => {
      answered.resolve(statusCode);
    });
    sending.on('error', () => undefined);
    sending.write('x'.repeat(100_000));
    expect(await answered.promise).toBe(405);
    sending.destroy();
  });
});

describe('listening', () => {
  test('on port 0 takes a free one, which the address tells', async () => {
    const { server, url } = await setup();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
    await server.close();
    expect(server.address).toBeUndefined();
  });

  test('on the wildcard shows an address that can be called', async () => {
    const { url } = await setup({ host: '0.0.0.0' });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });

  test('on a port that is taken fails with a text that names the option', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const server = new HealthServer({
      host: '127.0.0.1',
      port,
      report: () => Promise.resolve(passing),
      troubled: () => undefined,
    });
    await expect(server.listen()).rejects.toMatchObject({
      code: 'HEALTH_UNAVAILABLE',
      message: `the health server cannot listen on 127.0.0.1:${port}: health.port is in use by another process, or by another server of this one`,
    });
    await server.close();
    other.close();
  });

  test('on a host that is not of this machine fails with a text that names the option', async () => {
    // of the block for documentation, RFC 5737
    await expect(setup({ host: '192.0.2.1' })).rejects.toThrow('health.host is no address of this machine');
  });
});

describe('closing', () => {
  test('waits for no connection that is kept alive', async () => {
    const { server, url } = await setup();
    const agent = new Agent({ keepAlive: true });
    const answered = new Deferred();
    get(`${url}/livez`, { agent }, (response) => {
      response.resume().on('end', answered.resolve);
    });
    await answered.promise;
    await server.close();
    agent.destroy();
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });

  test('waits for no connection that has said nothing, or half a request', async () => {
    const { server, url } = await setup();
    const silent = await rawConnection(url);
    const halfway = await rawConnection(url);
    halfway.write('GET /livez HTTP/1.1\r\nHost: x');
    await server.close();
    for (const socket of [silent, halfway]) if (!socket.closed) await once(socket, 'close');
  });

  test('waits for no check that hangs', async () => {
    const asked = new Deferred();
    const { server, url } = await setup({
      report: () => {
        asked.resolve();
        return new Promise(() => undefined);
      },
    });
    const response = fetch(`${url}/livez`);
    await asked.promise;
    await server.close();
    await expect(response).rejects.toThrow();
  });

  test('is possible before listening, meanwhile, and again', async () => {
    const server = new HealthServer({
      host: '127.0.0.1',
      port: 0,
      report: () => Promise.resolve(passing),
      troubled: () => undefined,
    });
    await server.close();
    const listening = server.listen();
    await Promise.all([server.close(), server.close()]);
    await listening;
    expect(server.address).toBeUndefined();
  });
});
