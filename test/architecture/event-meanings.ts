import { textOf } from './repository-files.js';

/** The comment above each event in the catalogue, by the event's name: editors show it, and so does the reference. */
export function eventMeanings(): ReadonlyMap<string, string> {
  const entries = textOf('packages/core/src/telemetry/events.ts').matchAll(
    /\/\*\*\s*((?:[^*]|\*(?!\/))*?)\s*\*\/\s*'([a-z-]+\.[a-z-]+)':/g,
  );
  return new Map(
    [...entries].map(([, comment = '', name = '']) => [
      name,
      comment
        .replaceAll(/\s*\n\s*\*?\s*/g, ' ')
        .replace(/^\*\s*/, '')
        .trim(),
    ]),
  );
}
