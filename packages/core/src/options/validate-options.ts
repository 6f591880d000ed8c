import { Ajv, type ValidateFunction } from 'ajv';

import { addOptionKeywords } from './keywords.js';
import { copyWithDefaults } from './option-defaults.js';
import { describeOptions, type OptionDescription } from './option-description.js';
import { faultsOf } from './option-faults.js';
import type {
  ExactlyRequired,
  NoSurplus,
  OptionTable,
  RequiredMember,
  WithDefaults,
} from './option-table.js';
import { type OptionFault, OptionsError } from './options-error.js';

/** A bound between options. */
export interface OptionRule<O> {
  /** The options it looks at. It is not asked while one of them is at fault by itself. */
  readonly reads: readonly (keyof O & string)[];
  /** What is wrong, if anything. */
  readonly check: (options: O) => OptionFault | readonly OptionFault[] | undefined;
}

/** The options of one class or function: their table, their check, their description. */
export interface OptionDefinition<T, D> {
  /** Whose options they are; the first word of every error. */
  readonly owner: string;
  readonly table: D;
  /**
   * A checked, frozen copy with defaults. Groups, lists and records are copied, so that later changes by the caller do
   * not reach it; functions and instances of classes keep their identity. Throws OPTIONS_INVALID with all faults at once
   * ({@link OptionsError}).
   */
  resolve(given: unknown): WithDefaults<T, D>;
  /** For the generated configuration page, groups flattened, in the order of the table. */
  describe(): readonly OptionDescription[];
}

/**
 * Ties the type of some options to their table: `defineOptions<MyOptions>()('MyClass', { … }, ['name'], [ … ])`. In two
 * calls, since TypeScript infers either all type arguments or none.
 */
export function defineOptions<T extends object>() {
  return <const D extends OptionTable<T>, const R extends readonly RequiredMember<T>[]>(
    owner: string,
    table: D & NoSurplus<T, D>,
    required: ExactlyRequired<T, R>,
    rules: readonly OptionRule<WithDefaults<T, D>>[] = [],
  ): OptionDefinition<T, D> => {
    const schema = { type: 'object', properties: table, required, additionalProperties: false };
    let check: ValidateFunction | undefined;
    return {
      owner,
      table,
      resolve(given) {
        // Compiled when first used: a service that has one kind of consumer does not pay for the tables of all.
        check ??= optionsAjv.compile(schema);
        const copy = copyWithDefaults(schema, given);
        const faults = check(copy) ? [] : faultsOf(check.errors ?? [], schema);
        faults.push(...brokenRules(rules, copy as WithDefaults<T, D>, faults));
        if (faults.length > 0) throw new OptionsError(owner, faults);
        return copy as WithDefaults<T, D>;
      },
      describe: () => describeOptions(table, required),
    };
  };
}

/** `ownProperties`: an option named like a member that every object inherits would otherwise seem to be given. */
const optionsAjv = new Ajv({
  allErrors: true,
  strict: true,
  strictTypes: false,
  strictTuples: false,
  verbose: true,
  ownProperties: true,
  logger: false,
});
addOptionKeywords(optionsAjv);

function brokenRules<O>(
  rules: readonly OptionRule<O>[],
  options: O,
  faults: readonly OptionFault[],
): OptionFault[] {
  // An empty path means that there are no options to look at.
  if (faults.some(({ path }) => path === '')) return [];
  const faulty = new Set(faults.map(({ path }) => /^[^.[]*/.exec(path)?.[0]));
  const askable = rules.filter(({ reads }) => !reads.some((name) => faulty.has(name)));
  return askable.flatMap(({ check }) => check(options) ?? []);
}
