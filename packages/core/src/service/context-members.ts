import { MillraceError } from '../errors.js';
import type { BaseContext, ContextFactory } from './request-context.js';

/**
 * Field of a context that holds the values of its members; undefined until one is made. The context's constructor sets
 * it, so that all contexts have one shape whatever their handlers use.
 */
export const memberValues: unique symbol = Symbol('memberValues');

/** What a context must have for {@link defineMembers}. */
export interface MemberHolder {
  [memberValues]: MemberValues | undefined;
}

/** One factory a member, by the member's name. */
export type ContextFactories = Readonly<Record<string, ContextFactory>>;

/**
 * Gives contexts the members of a service: a getter each on the prototype of the service's own context class. A value is
 * made on first use and kept for that context; a factory that throws is asked again next time.
 *
 * Throws OPTIONS_INVALID for a name that the prototype or `reserved` has already: the getter would hide it, or be hidden
 * by a field.
 *
 * @param prototype - Of a class whose instances are {@link MemberHolder}s and base contexts.
 * @param reserved - Names of the instances' own fields, which no prototype knows.
 */
export function defineMembers(
  prototype: object,
  factories: ContextFactories,
  reserved: readonly string[] = [],
): void {
  const names = Object.keys(factories);
  for (const [index, name] of names.entries()) {
    if (name in prototype || name === 'then' || reserved.includes(name)) {
      throw new MillraceError(
        'OPTIONS_INVALID',
        `a context member cannot be called "${name}": contexts use this name themselves`,
      );
    }
    const factory = factories[name];
    if (factory !== undefined) defineMember(prototype, name, index, factory);
  }
}

/**
 * Disposes what was made with a `dispose`, last made first, and forgets it: a further run of the same message makes its
 * own. All are disposed even if one fails; then it throws, or rejects with, CONTEXT_MEMBER_FAILED. Without disposable
 * members it is one look at a field, and synchronous.
 */
export function disposeMembers(context: MemberHolder): void | Promise<void> {
  const values = context[memberValues];
  if (values === undefined || values.disposables.length === 0) return undefined;
  const disposables = values.disposables.reverse();
  values.disposables = [];
  for (const { index } of disposables) values.slots[index] = unset;
  return disposeAll(disposables, 0, []);
}

/** The values of one context. */
interface MemberValues {
  /** By place of the member in the service's list. */
  readonly slots: unknown[];
  disposables: Disposable[];
}

interface Disposable {
  readonly name: string;
  readonly index: number;
  readonly dispose: () => void | Promise<void>;
}

/** Marks of a slot: no value yet, and its factory is at work. */
const unset = Symbol('unset');
const inTheMaking = Symbol('in the making');

function defineMember(prototype: object, name: string, index: number, factory: ContextFactory): void {
  const { create, dispose } =
    typeof factory === 'function' ? { create: factory, dispose: undefined } : factory;
  Object.defineProperty(prototype, name, {
    enumerable: true,
    configurable: true,
    get(this: MemberHolder & BaseContext): unknown {
      const values = (this[memberValues] ??= { slots: [], disposables: [] });
      while (values.slots.length <= index) values.slots.push(unset);
      const present = values.slots[index];
      if (present === inTheMaking)
        throw new MillraceError('CONTEXT_MEMBER_FAILED', `the context member "${name}" needs itself`);
      if (present !== unset) return present;
      const made = make(this, values, index, create);
      if (dispose !== undefined) values.disposables.push({ name, index, dispose: () => dispose(made) });
      return made;
    },
  });
}

function make(
  context: BaseContext,
  values: MemberValues,
  index: number,
  create: (context: BaseContext) => unknown,
): unknown {
  values.slots[index] = inTheMaking;
  try {
    return (values.slots[index] = create(context));
  } catch (error) {
    values.slots[index] = unset;
    throw error;
  }
}

/** Stays synchronous until a `dispose` answers with a promise; the rest then follows that promise. */
function disposeAll(
  disposables: readonly Disposable[],
  from: number,
  errors: unknown[],
): void | Promise<void> {
  for (const [place, disposable] of disposables.entries()) {
    if (place < from) continue;
    try {
      const pending = disposable.dispose();
      if (pending !== undefined) {
        return pending
          .catch((error: unknown) => {
            errors.push(error);
          })
          .then(() => disposeAll(disposables, place + 1, errors));
      }
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length === 0) return undefined;
  const cause = errors.length === 1 ? errors[0] : new AggregateError(errors);
  throw new MillraceError('CONTEXT_MEMBER_FAILED', 'a member of the request context could not be disposed', {
    cause,
  });
}
