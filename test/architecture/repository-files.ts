import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The repository. */
export const root = join(import.meta.dirname, '..', '..');

/** What tools write, and what is not ours. */
const leftOut = new Set(['node_modules', 'dist', '.git', '.cache', '.turbo', 'coverage']);

/** All files of the repository that somebody has written, from its root, with `/` between folders. */
export function repositoryFiles(): readonly string[] {
  return filesBelow(root).map((path) => relative(root, path).replaceAll(sep, '/'));
}

/** Text of a file of the repository. */
export function textOf(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** Whether a file is TypeScript or JavaScript. */
export function isCode(file: string): boolean {
  return /\.(ts|mts|cts|js|mjs|cjs)$/.test(file);
}

/** Whether a file is code that ends up in a package. */
export function isSource(file: string): boolean {
  return /^packages\/[^/]+\/src\/.*\.ts$/.test(file);
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (leftOut.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}
