/** What the child process is started with, as JSON in its first argument. */
export interface HostOptions {
  readonly brokers: number;
  readonly roundTripMs: number;
}

/** From the parent to the child. `request` comes back in the answer. */
export interface HostRequest {
  readonly kind: 'create-topic';
  readonly request: number;
  readonly topic: string;
}

/** From the child to the parent. */
export type HostReport =
  | { readonly kind: 'ready'; readonly bootstrapServers: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'answer'; readonly request: number; readonly error?: string };
