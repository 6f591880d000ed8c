import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { MillraceError } from '../errors.js';
import type { Probe } from '../inspection/snapshot.js';
import { Deferred } from '../internal/deferred.js';
import type { HealthReport } from './health-report.js';

/** What {@link HealthServer} is made of. */
export interface HealthServerParts {
  readonly host: string;
  readonly port: number;
  readonly report: (probe: Probe) => Promise<HealthReport>;
  /** Told when connections can no longer be accepted for a while, for example for lack of file descriptors. */
  readonly troubled: (error: Error) => void;
}

/** Everybody may ask, so nobody may hold much: times in milliseconds, sizes in bytes. */
const limits = {
  maxHeaderSize: 8_192,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  // how often the two time limits are looked at
  connectionsCheckingInterval: 1_000,
} as const;
const MAX_CONNECTIONS = 128;

const probesByPath: ReadonlyMap<string, Probe> = new Map([
  ['/livez', 'liveness'],
  ['/readyz', 'readiness'],
  ['/startupz', 'startup'],
]);
const probes: readonly string[] = ['readiness', 'liveness', 'startup'] satisfies readonly Probe[];

/**
 * Answers probes over HTTP: `/livez`, `/readyz`, `/startupz` as Kubernetes names them, and
 * `/health?type=readiness|liveness|startup` as baseplate does (without a type, or with another one, readiness).
 * 200 or 503, with the names and states of the checks as JSON.
 */
export class HealthServer {
  readonly #parts: HealthServerParts;
  readonly #server: Server;
  #listening: Promise<void> | undefined = undefined;

  constructor(parts: HealthServerParts) {
    this.#parts = parts;
    this.#server = createServer(limits, (request, response) => {
      void this.#answer(request, response);
    });
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** Where this machine reaches it, such as `http://127.0.0.1:8080`; undefined while it does not listen. */
  get address(): string | undefined {
    const address = this.#server.address();
    return address === null || typeof address === 'string' ? undefined : urlOf(address);
  }

  /** Rejects with HEALTH_UNAVAILABLE when the address cannot be used. */
  listen(): Promise<void> {
    this.#listening ??= this.#listen();
    return this.#listening;
  }

  /** Waits for no client: connections that are kept alive, or in the middle of a request, are cut. */
  async close(): Promise<void> {
    await this.#listening?.catch(() => undefined); // whoever asked to listen has been told
    if (!this.#server.listening) return;
    const closed = new Deferred();
    this.#server.close(() => {
      closed.resolve();
    });
    this.#server.closeAllConnections();
    await closed.promise;
  }

  async #listen(): Promise<void> {
    const { host, port, troubled } = this.#parts;
    const listening = new Deferred();
    this.#server.once('error', listening.reject);
    this.#server.listen({ host, port }, () => {
      listening.resolve();
    });
    try {
      await listening.promise;
    } catch (error) {
      throw unavailable(host, port, error);
    }
    this.#server.off('error', listening.reject);
    // without a listener such an error would end the process
    this.#server.on('error', troubled);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '', method = '' } = request;
    const probe = probeOf(url);
    if (probe === undefined) {
      send(response, 404, { status: 'fail', error: 'not found' });
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      send(response, 405, { status: 'fail', error: 'method not allowed' });
      return;
    }
    try {
      const report = await this.#parts.report(probe);
      send(response, report.status === 'pass' ? 200 : 503, report);
    } catch (error) {
      this.#parts.troubled(error instanceof Error ? error : new TypeError('a health report failed'));
      send(response, 503, { status: 'fail', checks: {} });
    }
  }
}

function probeOf(url: string): Probe | undefined {
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  if (path !== '/health') return probesByPath.get(path);
  const type = queryAt < 0 ? null : new URLSearchParams(url.slice(queryAt + 1)).get('type');
  return probes.includes(type ?? '') ? (type as Probe) : 'readiness';
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  // node leaves the body out where the request was HEAD
  response.end(text);
}

/** A wildcard is an address to listen on, not one to call. */
function urlOf({ address, port }: AddressInfo): string {
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'health.port is in use by another process, or by another server of this one',
  EACCES: 'health.port may not be used by this user; ports from 1024 on usually may',
  EADDRNOTAVAIL: 'health.host is no address of this machine',
  ENOTFOUND: 'health.host cannot be resolved',
};

function unavailable(host: string, port: number, error: unknown): MillraceError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  const reason = reasons[code] ?? code;
  return new MillraceError(
    'HEALTH_UNAVAILABLE',
    `the health server cannot listen on ${host}:${String(port)}: ${reason}`,
    { cause: error },
  );
}
