import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './child.mjs';

/** Every package of the monorepo: its folder relative to the root, and its manifest. */
export function packages() {
  return readdirSync(join(root, 'packages'))
    .map((name) => ({ folder: `packages/${name}`, path: join(root, 'packages', name) }))
    .filter(({ path }) => existsSync(join(path, 'package.json')))
    .map((found) => ({
      ...found,
      manifest: JSON.parse(readFileSync(join(found.path, 'package.json'), 'utf8')),
    }));
}
