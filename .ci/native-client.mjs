import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';

import { cleanEnvironment, npm, root } from './child.mjs';
import { say, SetupError } from './say.mjs';
import { installSystemPackages } from './system-packages.mjs';

const CLIENT = '@confluentinc/kafka-javascript';
/** What its source build with the system's libraries takes, in Debian's names. */
const BUILD_PACKAGES = [
  'make',
  'g++',
  'python3',
  'libcurl4-openssl-dev',
  'libssl-dev',
  'libsasl2-dev',
  'zlib1g-dev',
  'libzstd-dev',
  'liblz4-dev',
];

/** Leaves a native client that loads: the prebuilt one where it can be had, else one built here from source. */
export function ensureNativeClient() {
  if (loadClient().loads) return;
  say('fetching the prebuilt native Kafka client');
  fetchPrebuilt();
  let client = loadClient();
  if (!client.loads) {
    say('no prebuilt native Kafka client can be had: building it from source, which takes some minutes');
    if (!buildFromSource()) throw new SetupError('the native Kafka client cannot be built');
    client = loadClient();
  }
  if (!client.loads) throw new SetupError(`the native Kafka client does not load:\n${client.output}`);
  say(`the native Kafka client loads, librdkafka ${client.output}`);
}

/** In a process of its own: a broken addon may take its process with it, and a failed load stays in Node's cache. */
function loadClient() {
  const code = `process.stdout.write(require('${CLIENT}').librdkafkaVersion)`;
  const options = { cwd: join(root, 'packages', 'kafka'), encoding: 'utf8' };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', code], options);
  return status === 0 ? { loads: true, output: stdout } : { loads: false, output: stderr.slice(0, 600) };
}

/** Not by `npm rebuild`: the client's install script falls back to its own way of building, which downloads more sources. */
function fetchPrebuilt() {
  const require = createRequire(join(root, 'packages', 'kafka', 'package.json'));
  const folder = dirname(require.resolve(`${CLIENT}/package.json`));
  const nodePreGyp = createRequire(join(folder, 'package.json')).resolve(
    '@mapbox/node-pre-gyp/bin/node-pre-gyp',
  );
  const options = { cwd: folder, env: cleanEnvironment(), encoding: 'utf8' };
  const { status, stdout } = spawnSync(process.execPath, [nodePreGyp, 'install'], options);
  // Its stderr is a log; the reason is on stdout.
  if (status !== 0) say(stdout.trim());
}

function buildFromSource() {
  if (process.platform !== 'linux') return rebuild({});
  const headers = headersPrefix();
  installSystemPackages(
    headers === undefined && isNodeOfDebian() ? [...BUILD_PACKAGES, 'libnode-dev'] : BUILD_PACKAGES,
  );
  const nodedir = headers ?? headersPrefix();
  return rebuild({
    // The default, static linking, downloads the sources of OpenSSL, curl and others, and has no Kerberos.
    CKJS_LINKING: 'dynamic',
    npm_config_build_from_source: 'true',
    // Else node-gyp downloads Node's headers.
    ...(nodedir === undefined ? {} : { npm_config_nodedir: nodedir }),
  });
}

function rebuild(settings) {
  const env = {
    ...cleanEnvironment(),
    npm_config_ignore_scripts: 'false',
    npm_config_loglevel: 'error',
    ...settings,
  };
  // A parallel make breaks the client's build rules; librdkafka's own build is parallel anyway.
  delete env.JOBS;
  delete env.MAKEFLAGS;
  delete env.npm_config_jobs;
  return npm(['rebuild', CLIENT], { env, quiet: true });
}

/** Where `include/node` of this Node is, if it came with its headers. */
function headersPrefix() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include', 'node', 'node.h')) ? prefix : undefined;
}

/** Debian keeps the headers of its own Node in a package apart. */
function isNodeOfDebian() {
  const { stdout } = spawnSync('dpkg-query', ['-S', process.execPath], { encoding: 'utf8' });
  return stdout?.startsWith('nodejs:') ?? false;
}
