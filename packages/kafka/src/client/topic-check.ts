import { editDistance } from '@millrace/core';

/** A topic to read: its name, or a regular expression over the names that exist. */
export type WantedTopic = string | RegExp;

/** What became of the wanted topics. */
export interface TopicMatch {
  /** To subscribe, each once, in order of the alphabet. */
  readonly names: readonly string[];
  /** Names that do not exist. */
  readonly missing: readonly string[];
  /** Regular expressions that match nothing. */
  readonly idle: readonly RegExp[];
}

/** The framework's own topics beside a topic of the user's: of retries, dead letters and parked messages. */
const ownTopic = /\.(?:retry\.\d+|dlq|park)$/;
const mostHints = 3;

/**
 * Matches what is wanted with what exists. Regular expressions are JavaScript's: the client's two group protocols have two
 * other dialects. They never match the framework's own topics, whose messages would be handled as if they were new, nor
 * the brokers'. Whoever wants one of these names it.
 */
export function matchTopics(wanted: readonly WantedTopic[], existing: readonly string[]): TopicMatch {
  const exists = new Set(existing);
  const names = wanted.filter((topic) => typeof topic === 'string');
  const open = existing.filter((name) => !ownTopic.test(name) && !name.startsWith('__'));
  const patterns = wanted
    .filter((topic) => typeof topic !== 'string')
    .map((pattern) => ({ pattern, matches: open.filter(matcher(pattern)) }));
  const found = [...names.filter((name) => exists.has(name)), ...patterns.flatMap(({ matches }) => matches)];
  return {
    names: [...new Set(found)].sort(),
    missing: [...new Set(names.filter((name) => !exists.has(name)))],
    idle: patterns.filter(({ matches }) => matches.length === 0).map(({ pattern }) => pattern),
  };
}

/** A sentence on the missing topics that names those that were probably meant. */
export function missingTopicsText(missing: readonly string[], existing: readonly string[]): string {
  const lines = missing.map((name) => {
    const near = nearestTopics(name, existing);
    return near.length === 0
      ? `'${name}'`
      : `'${name}' (nearest: ${near.map((hint) => `'${hint}'`).join(', ')})`;
  });
  const verb = missing.length === 1 ? 'topic does not exist' : 'topics do not exist';
  return `${verb}, or this client may not see ${missing.length === 1 ? 'it' : 'them'}: ${lines.join(', ')}`;
}

/** Existing topics with almost this name, nearest first. */
export function nearestTopics(name: string, existing: readonly string[]): string[] {
  const lower = name.toLowerCase();
  // A third of the letters: further away there is no likeness left.
  const limit = Math.max(2, Math.ceil(name.length / 3)) + 1;
  const near = existing
    .filter((candidate) => !candidate.startsWith('__'))
    .map((candidate) => ({ candidate, slips: editDistance(lower, candidate.toLowerCase(), limit) }))
    .filter(({ slips }) => slips < limit)
    .sort((a, b) => a.slips - b.slips || a.candidate.localeCompare(b.candidate));
  // Beside a near one the far ones only distract: names of one family are alike in any case.
  const [best] = near;
  return near
    .filter(({ slips }) => slips <= 2 * (best?.slips ?? 0))
    .slice(0, mostHints)
    .map(({ candidate }) => candidate);
}

/** A regular expression with `g` or `y` remembers where it stopped: the copy begins anew each time. */
function matcher(pattern: RegExp): (name: string) => boolean {
  const stateless = new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, ''));
  return (name) => stateless.test(name);
}
