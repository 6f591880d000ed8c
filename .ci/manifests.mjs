// Installs from the manifests alone: a lock file that lacks other platforms' packages passes `npm install` and fails here.
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { cleanEnvironment, npm, root } from './child.mjs';
import { packages } from './packages.mjs';

const LOCK = 'package-lock.json';

function faults() {
  const faults = [];
  const entries = Object.entries(JSON.parse(readFileSync(join(root, LOCK), 'utf8')).packages);
  const addressed = entries.filter(([, { resolved }]) => resolved?.includes('://'));
  if (addressed.length > 0)
    faults.push(`${LOCK} names download addresses, for example of ${addressed[0][0]}`);
  const scripted = entries
    .filter(([, entry]) => entry.hasInstallScript && !entry.optional)
    .map(([path]) => path);
  if (scripted.join() !== 'node_modules/@confluentinc/kafka-javascript')
    faults.push(`install scripts: ${scripted.join(', ')}`);
  if (!installs()) faults.push('npm ci fails on the manifests alone');
  return faults;
}

function installs() {
  const copy = mkdtempSync(join(tmpdir(), 'millrace-manifests-'));
  try {
    for (const file of [
      '.npmrc',
      LOCK,
      'package.json',
      ...packages().map(({ folder }) => `${folder}/package.json`),
    ]) {
      cpSync(join(root, file), join(copy, file));
    }
    const env = { ...cleanEnvironment(), npm_config_loglevel: 'error', npm_config_include: 'dev' };
    return npm(['ci', '--ignore-scripts'], { env, cwd: copy });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

const found = faults();
for (const fault of found) process.stderr.write(`${fault}\n`);
if (found.length > 0) process.exitCode = 1;
