import { isMainThread } from 'node:worker_threads';

import { MillraceError } from '@millrace/core';

const packageName = '@confluentinc/kafka-javascript';
const rebuild = `npm rebuild ${packageName}`;
const fromSource = `build it from source: ${rebuild} --build-from-source, with a C++ compiler, make, python3 and the headers of OpenSSL, zlib, zstd, SASL and curl installed`;

const mainThreadOnly =
  'it works only in the main thread of a process. Keep Kafka there and hand worker threads plain data; with vitest use pool: forks';

interface Explanation {
  readonly sign: RegExp;
  readonly advice: string | ((found: RegExpExecArray) => string);
}

/**
 * The loader has one code for all its failures (ERR_DLOPEN_FAILED), or none, so here the text is all there is to go by.
 * Most special first.
 */
const explanations: readonly Explanation[] = [
  { sign: /did not self-register/i, advice: mainThreadOnly },
  {
    sign: /(ld-linux-[\w.-]+|ld-musl-[\w.-]+).*no such file|Error relocating/i,
    advice: `its binary was made for another C library (glibc or musl, as in Alpine): ${fromSource}`,
  },
  {
    sign: /(\S+\.(?:so[\d.]*|dylib)): cannot open shared object file|Library not loaded: (\S+)/i,
    advice: (found) =>
      `the system library ${found[1] ?? found[2] ?? ''} is missing: install the package that has it, or ${fromSource}`,
  },
  {
    sign: /(GLIBC(?:XX)?_[\d.]+).*not found/i,
    advice: (found) => `its binary needs a newer system (${found[1] ?? 'glibc'}): ${fromSource}`,
  },
  {
    sign: /NODE_MODULE_VERSION|compiled against a different Node/i,
    advice: `its binary was made for another version of Node: ${rebuild}`,
  },
  {
    sign: /invalid ELF header|wrong architecture|not a valid Win32|Exec format/i,
    advice: `its binary is for another system or processor, as after copying node_modules: ${rebuild}`,
  },
  {
    sign: /Could not locate the bindings file/i,
    advice:
      'its binary is not there. Its install script downloads or builds it, and did not run or did not succeed: ' +
      'npm may be told to run no scripts (ignore-scripts), or to ask first (npm install-scripts approve); ' +
      `then ${rebuild}. Without access to the release page ${fromSource}`,
  },
  {
    sign: new RegExp(`Cannot find (?:module|package) '${packageName}'`),
    advice: `it is not installed: npm install ${packageName}`,
  },
];

/**
 * In a worker thread the addon may even load, if it is the first to do so; but its callbacks come in the main thread's loop,
 * which ends the process sooner or later.
 */
export function refuseWorkerThread(): void {
  if (!isMainThread) throw unavailable(mainThreadOnly);
}

/** CLIENT_UNAVAILABLE with what to do about it. The loader's error is the cause; of the environment nothing is told. */
export function nativeLoadError(error: unknown): MillraceError {
  const text = error instanceof Error ? error.message : '';
  return unavailable(adviceFor(text), { cause: error });
}

function unavailable(advice: string, options?: ErrorOptions): MillraceError {
  return new MillraceError('CLIENT_UNAVAILABLE', `${packageName} cannot be loaded: ${advice}.`, options);
}

function adviceFor(text: string): string {
  for (const { sign, advice } of explanations) {
    const found = sign.exec(text);
    if (found !== null) return typeof advice === 'string' ? advice : advice(found);
  }
  return `try ${rebuild}; the cause says more`;
}
