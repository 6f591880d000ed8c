// Checks each package as it would be published: what its manifest promises is in the tarball, and its types resolve.
import { join } from 'node:path';
import process from 'node:process';

import { root, run } from './child.mjs';
import { packages } from './packages.mjs';

const publint = ['publint/src/cli.js', 'run', '--strict'];
const attw = ['@arethetypeswrong/cli/dist/index.js', '--profile', 'esm-only', '--pack'];

const faulty = packages().filter(({ folder }) => {
  const results = [publint, attw].map(([script, ...args]) =>
    run(process.execPath, [join(root, 'node_modules', script), ...args, folder], { quiet: true }),
  );
  return results.includes(false);
});
if (faulty.length > 0) {
  process.stderr.write(`not fit to be published: ${faulty.map(({ folder }) => folder).join(', ')}\n`);
  process.exitCode = 1;
}
