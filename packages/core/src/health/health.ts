import { logEvent } from '../telemetry/event-log.js';
import type { Logger } from '../telemetry/logger.js';
import type { Clock } from '../time/clock.js';
import { type CheckedServer, HealthChecks } from './health-check.js';
import type { ResolvedHealthOptions } from './health-options.js';
import { HealthServer } from './health-server.js';

/** What {@link Health} is made of. */
export interface HealthParts {
  readonly options: ResolvedHealthOptions;
  readonly server: CheckedServer;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The checks of a server and the HTTP server that answers with them, opened and closed together. */
export class Health {
  readonly #checks: HealthChecks;
  readonly #http: HealthServer;
  readonly #logger: Logger;

  constructor({ options, server, clock, logger }: HealthParts) {
    this.#logger = logger;
    const checks = new HealthChecks({ options, server, clock, logger });
    this.#checks = checks;
    this.#http = new HealthServer({
      host: options.host,
      port: options.port,
      report: (probe) => checks.report(probe),
      troubled: (error) => {
        logEvent(logger, { type: 'health.troubled', error });
      },
    });
  }

  /** Undefined while it does not listen. */
  get address(): string | undefined {
    return this.#http.address;
  }

  /** Rejects with HEALTH_UNAVAILABLE. */
  async open(): Promise<void> {
    await this.#http.listen();
    this.#checks.start();
    const { address } = this;
    if (address !== undefined) logEvent(this.#logger, { type: 'health.listening', address });
  }

  async close(): Promise<void> {
    await this.#http.close();
    this.#checks.stop();
  }
}
