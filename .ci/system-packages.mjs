import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';

import { cleanEnvironment, run } from './child.mjs';
import { say, SetupError } from './say.mjs';

/**
 * Installs what is missing of these Debian packages if this is a Debian and we are root.
 * @throws SetupError with the one command to run if we may not.
 */
export function installSystemPackages(names) {
  if (!existsSync('/usr/bin/apt-get')) {
    say(`this system has no apt-get: if the build fails, install what Debian calls ${names.join(', ')}`);
    return;
  }
  const missing = names.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      `system packages are missing; run this, then try again:\n\n    sudo apt-get ${install.join(' ')}\n`,
    );
  }
  say(`installing ${missing.join(' ')}`);
  const env = { ...cleanEnvironment(), DEBIAN_FRONTEND: 'noninteractive' };
  const waitForOthers = ['-q', '-o', 'DPkg::Lock::Timeout=300'];
  const installed =
    run('apt-get', [...waitForOthers, 'update'], { env, quiet: true }) &&
    run('apt-get', [...waitForOthers, ...install], { env, quiet: true });
  if (!installed) throw new SetupError(`apt-get cannot install ${missing.join(' ')}`);
}

function isInstalled(name) {
  const query = spawnSync('dpkg-query', ['-W', '-f=${db:Status-Status}', name], { encoding: 'utf8' });
  return query.stdout === 'installed';
}
