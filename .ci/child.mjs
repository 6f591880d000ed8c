import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The repository's own folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Within this time the same signal is one wish: npm passes on a Ctrl-C that the terminal has already sent to everybody. */
const SAME_WISH_MS = 500;
const LAST_LINES = 40;

/** The environment without what `npm run` hands down: a nested npm would take it for its own settings. */
export function cleanEnvironment() {
  const handedDown =
    /^npm_(package|lifecycle)_|^npm_(command|config_local_prefix|config_prefix|config_global_prefix)$|^INIT_CWD$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !handedDown.test(name)));
}

/** Runs an npm command and waits for it, as {@link run} does. */
export function npm(args, options = {}) {
  const npmScript = process.env.npm_execpath;
  if (npmScript?.endsWith('js')) return run(process.execPath, [npmScript, ...args], options);
  return run('npm', args, { ...options, shell: process.platform === 'win32' });
}

/** Runs a command and waits for it: true if it succeeded. Its output goes to stderr; `quiet`: only its last lines, and only if it fails. */
export function run(command, args, options = {}) {
  const { env = cleanEnvironment(), cwd = root, shell = false, quiet = false } = options;
  const stdio = quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 2, 2];
  const result = spawnSync(command, args, { cwd, env, stdio, shell, encoding: 'utf8', maxBuffer: Infinity });
  if (result.status === 0) return true;
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`.trimEnd();
  if (output !== '') process.stderr.write(`${output.split('\n').slice(-LAST_LINES).join('\n')}\n`);
  return false;
}

/**
 * Runs a script of the repository's until it ends; stdout is its own. Resolves with its exit code.
 * It has a process group of its own, so that a signal reaches it once, through here, however many senders there are.
 */
export function runScript(script, args, env = cleanEnvironment()) {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: process.platform !== 'win32',
  });
  const lastAt = new Map();
  for (const signal of FORWARDED) {
    process.on(signal, () => {
      const now = Date.now();
      if (now - (lastAt.get(signal) ?? 0) < SAME_WISH_MS) return;
      lastAt.set(signal, now);
      child.kill(signal);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}
