import type { ServerSnapshot } from '../inspection/snapshot.js';
import { defineOptions } from '../options/validate-options.js';
import { type Clock, systemClock } from '../time/clock.js';
import type { ConsumerFactory } from './managed-consumer.js';
import { type ProcessPort, systemProcess } from './process-port.js';
import { QueueConsumerServer, type ServerEnd } from './queue-consumer-server.js';
import {
  loggerOf,
  type QueueConsumerServerOptions,
  serverOptionRules,
  type ServerOptions,
  serverOptionTable,
} from './server-options.js';
import { Shutdown } from './shutdown.js';

/** What {@link serve} takes besides factories. */
export interface ServeOptions extends ServerOptions {
  /** Whether SIGTERM and SIGINT stop the server. @defaultValue `true` */
  readonly signals?: boolean;
  /** Drains and ends when it fires, as SIGTERM does: for programs that decide themselves when to stop. */
  readonly stopSignal?: AbortSignal;
}

/** How {@link serve} ended. */
export interface ServeOutcome {
  /** 0 = drained and stopped; 1 = failed; 2 = draining was given up (second signal or time over), so messages in flight repeat. */
  readonly exitCode: 0 | 1 | 2;
  /** What made it end, if it was not told to. */
  readonly error?: unknown;
  /** Server and consumers at the end. */
  readonly last: ServerSnapshot;
}

/** What {@link serve} stands on; tests bring their own. */
export interface ServeGround {
  readonly process?: ProcessPort;
  readonly clock?: Clock;
}

/** The options of `serve`, as a checked table. */
export const serveOptions = defineOptions<QueueConsumerServerOptions & ServeOptions>()(
  'serve',
  {
    ...serverOptionTable,
    signals: {
      type: 'boolean',
      default: true,
      description: 'Whether SIGTERM and SIGINT stop the server.',
    },
    stopSignal: {
      methods: ['addEventListener', 'throwIfAborted'],
      description: 'Drains and ends when it fires, as SIGTERM does.',
    },
  },
  ['factories'],
  serverOptionRules,
);

/**
 * Runs consumers until the process is told to end, and sets `process.exitCode`.
 *
 * SIGTERM and SIGINT drain: no new message starts, what runs is finished and committed, the group is left, exit code 0.
 * A second signal, or `stopTimeoutMs`, gives up draining: exit code 2. (A signal within 250 ms of the first counts as the
 * same one.) A consumer that fails, or cannot start, lets the others drain: exit code 1; the error has been logged.
 *
 * The promise resolves in all these cases, and then the process ends as soon as nothing else keeps it alive. Only where
 * handlers or clients had to be left running does `process.exit` end it, after the standard streams have been written out.
 *
 * It installs no handlers for `uncaughtException` and `unhandledRejection`: Node's way, an exit with code 1 at once, is
 * the right one for a process in an unknown state, and nothing is lost by it, as by any crash. The framework itself
 * leaves no rejection unhandled.
 *
 * @param factory - One, or several with different names.
 * @param ground - The process and the clock; tests bring their own.
 * @throws OPTIONS_INVALID, with all faults at once, before anything is started
 */
export async function serve(
  factory: ConsumerFactory | readonly ConsumerFactory[],
  options: ServeOptions = {},
  ground: ServeGround = {},
): Promise<ServeOutcome> {
  const { process = systemProcess, clock = systemClock } = ground;
  const resolved = serveOptions.resolve({ ...options, factories: [factory].flat() });
  const { signals, stopSignal, ...server } = resolved;
  const logger = loggerOf(resolved);
  const running = QueueConsumerServer.new({ ...server, logger }, clock);
  const drain = (): void => void running.stop();
  const shutdown = new Shutdown({ drain, force: () => running.abandon(), process, clock, logger });
  if (signals) shutdown.listen();
  stopSignal?.addEventListener('abort', drain);
  if (stopSignal?.aborted === true) drain();
  running.start().catch(() => undefined); // why it did not start is told by `ended` as well
  const end = await running.ended;
  const exitCode = exitCodeOf(end);
  process.noteExitCode(exitCode);
  if (!end.clean) {
    await process.flush();
    process.exit(exitCode);
  }
  stopSignal?.removeEventListener('abort', drain);
  shutdown.close();
  return { exitCode, ...(end.error === undefined ? {} : { error: end.error }), last: running.snapshot() };
}

/** Given up weighs more than failed: it is what the messages in flight repeat for. */
function exitCodeOf({ error, abandoned }: ServerEnd): 0 | 1 | 2 {
  if (abandoned.length > 0) return 2;
  return error === undefined ? 0 : 1;
}
