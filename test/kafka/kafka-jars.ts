import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

import { harnessFile } from './harness-file.js';
import { KafkaUnavailable } from './kafka-unavailable.js';
import { CommandFailed, runCommand } from './run-command.js';

const POM = harnessFile('pom.xml');
const MAVEN_TIMEOUT_MS = 600_000;

/** Where this version's jars, and what is made from them, are kept: one folder per content of `pom.xml` in the user's cache. */
export function kafkaCacheFolder(): string {
  const caches = process.env['XDG_CACHE_HOME'] ?? '';
  const pom = readFileSync(POM, 'utf8');
  const digest = createHash('sha256').update(pom).digest('hex').slice(0, 8);
  return join(
    caches === '' ? join(homedir(), '.cache') : caches,
    'millrace',
    `kafka-${kafkaVersion(pom)}-${digest}`,
  );
}

/** Whether {@link resolveKafkaJars} has nothing left to do, and so needs neither Maven nor a network. */
export function hasKafkaJars(folder: string): boolean {
  return existsSync(join(folder, 'libs'));
}

/**
 * Lets Maven bring the jars of `pom.xml`. Maven looks into its own local repository first, and a file with a wrong checksum fails.
 * Two processes may do this at once: each fills a folder of its own, the first to rename it wins.
 * @throws {@link KafkaUnavailable} when they cannot be had.
 */
export async function resolveKafkaJars(folder: string): Promise<void> {
  if (hasKafkaJars(folder)) return;
  mkdirSync(folder, { recursive: true });
  process.stderr.write(
    `kafka: resolving Apache Kafka ${kafkaVersion(readFileSync(POM, 'utf8'))} with Maven (once)\n`,
  );
  const draft = mkdtempSync(join(folder, 'draft-'));
  try {
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${draft}`];
    await runCommand('mvn', ['-q', '-B', '--strict-checksums', '-f', POM, ...goal], {
      timeoutMs: MAVEN_TIMEOUT_MS,
    });
    moveUnlessThere(draft, join(folder, 'libs'));
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw new KafkaUnavailable('Apache Kafka cannot be resolved with Maven', error);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Every jar by name and always in the same order: a class data archive is only valid for the class path it was made with. */
export function kafkaClassPath(folder: string): string {
  const libs = join(folder, 'libs');
  return readdirSync(libs)
    .filter((file) => file.endsWith('.jar'))
    .sort()
    .map((file) => join(libs, file))
    .join(delimiter);
}

/** Puts a finished draft in its place in one step; if another process was first, its result stays. */
export function moveUnlessThere(draft: string, target: string): void {
  try {
    renameSync(draft, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
  }
}

function kafkaVersion(pom: string): string {
  const version = /<kafka\.version>([^<]+)</.exec(pom)?.[1];
  if (version === undefined) throw new Error(`${POM} names no kafka.version`);
  return version;
}
