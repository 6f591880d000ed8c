import type { Probe, ServerSnapshot } from '../inspection/snapshot.js';
import { optionGroup } from '../options/option-table.js';

/** Where a server answers health probes, and what it asks besides its own checks. */
export interface HealthOptions {
  /** Port to listen on; 0 = any free one, see `healthAddress` of the server. */
  readonly port: number;
  /** Address to listen on. Probes come to the pod's address, so it is not the loopback. @defaultValue `'0.0.0.0'` */
  readonly host?: string;
  /** How long a custom check may take, in milliseconds, before it counts as failed. @defaultValue `1_000` */
  readonly timeoutMs?: number;
  /**
   * Checks of the whole process, by name (letters, digits, `_`, `.` and `-`; the names are shown to whoever asks). Each is
   * called for every probe; false, a rejection or no answer in time fails it.
   *
   * @defaultValue `{}`
   */
  readonly checks?: Readonly<
    Record<string, (probe: Probe, snapshot: ServerSnapshot) => boolean | Promise<boolean>>
  >;
}

/** Names of built-in checks; those of consumers contain a colon. */
const takenNames = ['server', 'event-loop'];

/** The options of `health`, as a checked group. */
export const healthOptionGroup = optionGroup<HealthOptions>()(
  {
    port: {
      type: 'integer',
      minimum: 0,
      maximum: 65_535,
      description: 'Port to listen on; 0 = any free one, see `healthAddress` of the server.',
    },
    host: {
      type: 'string',
      minLength: 1,
      default: '0.0.0.0',
      description: "Address to listen on. Probes come to the pod's address, so it is not the loopback.",
    },
    timeoutMs: {
      type: 'integer',
      minimum: 1,
      maximum: 600_000,
      default: 1_000,
      description: 'How long a custom check may take, in milliseconds, before it counts as failed.',
    },
    checks: {
      type: 'object',
      additionalProperties: { typeof: 'function' },
      propertyNames: { pattern: '^[A-Za-z0-9_.-]{1,64}$', not: { enum: takenNames } },
      default: {},
      description:
        'Checks of the whole process, by name. Each is called for every probe; false, a rejection or no answer in time fails it.',
    },
  },
  ['port'],
);

/** With defaults. */
export type ResolvedHealthOptions = Required<HealthOptions>;
