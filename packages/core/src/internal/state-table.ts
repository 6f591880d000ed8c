import { MillraceError } from '../errors.js';

/** For each state, those that may follow it. A state that nothing follows is an end. */
export type LegalMoves<S extends string> = { readonly [K in S]: readonly S[] };

/** Where something stands in its life. There is one way to change it, which refuses what the table does not allow and tells one listener. */
export class StateTable<S extends string> {
  readonly #moves: LegalMoves<S>;
  readonly #moved: (state: S, before: S) => void;
  #state: S;

  /** @param moved - told after each move, never of the first state */
  constructor(moves: LegalMoves<S>, first: S, moved: (state: S, before: S) => void) {
    this.#moves = moves;
    this.#state = first;
    this.#moved = moved;
  }

  get state(): S {
    return this.#state;
  }

  /** Whether the present state is one of these. (A comparison of `state` would be remembered by the compiler beyond the next move.) */
  is(...states: readonly S[]): boolean {
    return states.includes(this.#state);
  }

  /** Throws STATE_INVALID for a move that is not in the table: that is a fault of the caller, not of the user. */
  moveTo(state: S): void {
    const before = this.#state;
    if (!this.#moves[before].includes(state)) {
      throw new MillraceError('STATE_INVALID', `what is ${before} cannot become ${state}`);
    }
    this.#state = state;
    this.#moved(state, before);
  }
}
