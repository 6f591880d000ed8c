import { MillraceError } from '../errors.js';
import { faultText, type SchemaFault } from './schema-fault.js';

/** DATA_INVALID with the place and the rule, for dead letters and failure policies. */
export class DataInvalidError extends MillraceError {
  static {
    Object.defineProperty(this.prototype, 'name', {
      value: 'DataInvalidError',
      configurable: true,
      writable: true,
    });
  }

  readonly fault: SchemaFault;

  constructor(fault: SchemaFault) {
    super('DATA_INVALID', `the data does not match its schema: ${faultText(fault)}`);
    this.fault = fault;
  }
}
