import type { Clock } from '@millrace/core';

import type { NativeToken } from './client-hooks.js';

/** Gets a token for SASL/OAUTHBEARER; called whenever the client needs one. */
export type OAuthBearer = () => Promise<{
  readonly token: string;
  readonly principal: string;
  /** How long it is valid, in milliseconds; or the moment at which it ends, since the epoch. */
  readonly lifetimeMs: number;
}>;

/** Nobody gives a token for 30 years: a number beyond is a moment. */
const longestLifetimeMs = 30 * 365 * 24 * 3_600_000;

/** The option `oauthBearer` as the binding wants it. */
export function tokenFrom(oauthBearer: OAuthBearer, clock: Clock): () => Promise<NativeToken> {
  return async () => {
    const { token, principal, lifetimeMs } = await oauthBearer();
    const lifetime = lifetimeMs > longestLifetimeMs ? lifetimeMs : clock.wall() + lifetimeMs;
    return { tokenValue: token, principal, lifetime: Math.round(lifetime) };
  };
}
