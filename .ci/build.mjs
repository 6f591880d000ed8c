// Compiles the monorepo, or the projects named as arguments: node .ci/build.mjs packages/testing examples
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

import { root, run } from './child.mjs';
import { packages } from './packages.mjs';

const COMPILED = /\.(d\.ts|js)(\.map)?$/;

/** True if it compiles. Nothing stays in a `dist` that has no source any more. */
export function build(projects = []) {
  for (const { path } of packages()) removeOrphans(join(path, 'dist'), join(path, 'src'));
  for (const folder of ['test', 'examples']) removeOrphans(join(root, folder, 'dist'), join(root, folder));
  return run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', ...projects]);
}

function removeOrphans(output, source) {
  if (!existsSync(output)) return;
  for (const file of readdirSync(output, { recursive: true })) {
    const isOrphan = COMPILED.test(file) && !existsSync(join(source, file.replace(COMPILED, '.ts')));
    if (isOrphan) rmSync(join(output, file));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = build(process.argv.slice(2)) ? 0 : 1;
}
