import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { cleanEnvironment, npm, root } from './child.mjs';
import { ensureNativeClient } from './native-client.mjs';
import { say, SetupError } from './say.mjs';

const OLDEST_NODE = [20, 19];
const LOCK = join(root, 'package-lock.json');
const STAMP = join(root, 'node_modules', '.millrace-ready');

/** Leaves `node_modules` as the lock file wants it, native client included. Quick when nothing has changed. */
export function prepare() {
  refuseOldNode();
  const wanted = stampOf(readFileSync(LOCK));
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
  if (!isInstalledAsLocked()) installDependencies();
  ensureNativeClient();
  writeFileSync(STAMP, wanted);
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new SetupError(`Node ${OLDEST_NODE.join('.')} or newer is needed, this is ${process.version}`);
}

/** Another Node or another machine needs another native client. */
function stampOf(lock) {
  return createHash('sha256')
    .update(lock)
    .update(`${process.version} ${process.platform} ${process.arch}`)
    .digest('hex');
}

/** After an `npm install` by hand nothing is left to install, and `npm ci` would throw the built client away. */
function isInstalledAsLocked() {
  const installedLock = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedLock)) return false;
  const installed = packagesOf(installedLock);
  return Object.entries(packagesOf(LOCK)).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true;
    const there = installed[path];
    // What is for other platforms is not there.
    if (there === undefined) return entry.optional === true;
    return (
      there.version === entry.version && there.integrity === entry.integrity && existsSync(join(root, path))
    );
  });
}

function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

function installDependencies() {
  say('installing the dependencies: npm ci');
  // NODE_ENV=production must not drop the compiler.
  const env = { ...cleanEnvironment(), npm_config_include: 'dev', npm_config_loglevel: 'error' };
  // Install scripts come later: a native client that cannot be had in the first way must not fail the rest.
  if (!npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { env }))
    throw new SetupError('npm ci failed');
}
