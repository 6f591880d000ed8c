import { MillraceError } from '../errors.js';

/** One thing wrong with some options. */
export interface OptionFault {
  /** Where: `drainTimeoutMs`, `topics[0]`, `limits.bytes`; empty = the options as a whole. */
  readonly path: string;
  /** What is wrong, with the bound, to be read after the path: `must be >= 0, got -1`. */
  readonly message: string;
}

/** OPTIONS_INVALID with every fault, for whoever shows them in another way. */
export class OptionsError extends MillraceError {
  static {
    Object.defineProperty(this.prototype, 'name', {
      value: 'OptionsError',
      configurable: true,
      writable: true,
    });
  }

  /** Whose options. */
  readonly owner: string;
  readonly faults: readonly OptionFault[];

  constructor(owner: string, faults: readonly OptionFault[]) {
    super('OPTIONS_INVALID', `${owner}: ${faults.map(faultText).join('; ')}`);
    this.owner = owner;
    this.faults = faults;
  }
}

function faultText({ path, message }: OptionFault): string {
  return path === '' ? `the options ${message}` : `${path} ${message}`;
}
