/** How the handling of one message ended, as the engine sees it. A closed union: every switch over it is exhaustive. */
export type Outcome =
  /** Done: the message is settled. */
  | { readonly kind: 'success' }
  /** Not handled by an explicit, counted policy: settled. `cause` says whether the message itself was unusable. */
  | { readonly kind: 'skip'; readonly cause: 'invalid' | 'failed' | 'filtered'; readonly error: unknown }
  /** The consumer must stop: neither this message nor any above it in its partition is committed. */
  | { readonly kind: 'crash'; readonly error: unknown };

export const SUCCESS: Outcome = Object.freeze({ kind: 'success' });
