import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { KafkaUnavailable } from './kafka-unavailable.js';
import { CommandFailed, runCommand } from './run-command.js';

/** Apache Kafka 4.x does not start on anything older. */
const OLDEST_JAVA = 17;
const VERSION_TIMEOUT_MS = 30_000;
/** Includes waiting for another process's installation, and slow mirrors. */
const INSTALL_TIMEOUT_MS = 600_000;

/** A Java that can run Kafka. */
export interface JavaRuntime {
  /** Name or path of the `java` command. */
  readonly command: string;
  /** All it says about its version: two builds of one release differ here. */
  readonly version: string;
}

/**
 * Java, and Maven if asked for. What is missing is installed where that needs no question (Debian and its kin, as root, with `mayInstall`).
 * @throws {@link KafkaUnavailable} naming the one command to run.
 */
export async function ensureSystemTools(needs: {
  readonly maven: boolean;
  readonly mayInstall: boolean;
}): Promise<JavaRuntime> {
  const packages: string[] = [];
  if ((await findJava()) === undefined) packages.push('default-jre-headless');
  if (needs.maven && !(await hasMaven())) packages.push('maven');
  if (packages.length > 0) await installPackages(packages, needs.mayInstall);

  const java = await findJava();
  if (java === undefined)
    throw new KafkaUnavailable('Apache Kafka needs Java: none is found after its installation');
  const major = /version "(\d+)/.exec(java.version)?.[1];
  if (major === undefined || Number(major) < OLDEST_JAVA) {
    throw new KafkaUnavailable(
      `Apache Kafka needs Java ${String(OLDEST_JAVA)} or newer, ${java.command} is: ${java.version}; point JAVA_HOME to a newer one`,
    );
  }
  return java;
}

async function findJava(): Promise<JavaRuntime | undefined> {
  const home = process.env['JAVA_HOME'];
  const command = home === undefined || home === '' ? 'java' : join(home, 'bin', 'java');
  const version = await outputOf(command, ['-version']);
  if (version !== undefined) return { command, version: version.trim() };
  // Another one would not help: Maven too believes in this variable.
  if (command !== 'java') throw new KafkaUnavailable(`JAVA_HOME is set, but there is no ${command}`);
  return undefined;
}

async function hasMaven(): Promise<boolean> {
  return (await outputOf('mvn', ['--version'])) !== undefined;
}

/** Undefined when there is no such command; one that is there but fails is an error. */
async function outputOf(command: string, commandArguments: readonly string[]): Promise<string | undefined> {
  try {
    return await runCommand(command, commandArguments, { timeoutMs: VERSION_TIMEOUT_MS });
  } catch (error) {
    if (error instanceof CommandFailed && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function installPackages(packages: readonly string[], mayInstall: boolean): Promise<void> {
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  const debian = existsSync('/usr/bin/apt-get');
  if (!mayInstall || !debian || process.getuid?.() !== 0) {
    const wayOut = debian
      ? `sudo apt-get ${install.join(' ')}`
      : `install Java ${String(OLDEST_JAVA)} or newer and Apache Maven, for example: brew install openjdk maven`;
    throw new KafkaUnavailable(`Apache Kafka needs ${packages.join(' and ')}: ${wayOut}`);
  }
  process.stderr.write(`kafka: installing ${packages.join(' and ')} (once)\n`);
  const options = {
    timeoutMs: INSTALL_TIMEOUT_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  const waitForOthers = ['-q', '-o', 'DPkg::Lock::Timeout=300'];
  try {
    await runCommand('apt-get', [...waitForOthers, 'update'], options);
    await runCommand('apt-get', [...waitForOthers, ...install], options);
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw new KafkaUnavailable(
      `Apache Kafka needs ${packages.join(' and ')}, which cannot be installed`,
      error,
    );
  }
}
