import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { freePorts } from './free-ports.js';
import type { KafkaInstallation } from './kafka-installation.js';
import { moveUnlessThere } from './kafka-jars.js';
import { kafkaUuid } from './kafka-storage.js';
import { createNode } from './node-folder.js';
import { createTopic } from './topic-admin.js';

/**
 * Java's archive of the classes that a broker loads, in the form they have in memory: with it a broker starts in half the time.
 * Java writes it when a process that ran with `-XX:ArchiveClassesAtExit` ends cleanly, so one broker is started and stopped for it.
 * It is valid for one build of Java and one class path, which its name stands for.
 * @returns the file, or undefined when it could not be made: then brokers start more slowly, that is all
 */
export async function makeClassDataArchive(
  installation: KafkaInstallation,
  folder: string,
  javaVersion: string,
): Promise<string | undefined> {
  const digest = createHash('sha256')
    .update(javaVersion)
    .update(installation.classPath)
    .digest('hex')
    .slice(0, 8);
  const archive = join(folder, `classes-${digest}.jsa`);
  if (existsSync(archive)) return archive;

  process.stderr.write('kafka: making the class data archive (once)\n');
  const draft = mkdtempSync(join(folder, 'draft-'));
  try {
    const written = join(draft, 'classes.jsa');
    await runOnce(installation, draft, written);
    moveUnlessThere(written, archive);
    return archive;
  } catch (error) {
    process.stderr.write(`kafka: no class data archive, brokers start more slowly: ${String(error)}\n`);
    return undefined;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function runOnce(installation: KafkaInstallation, folder: string, archive: string): Promise<void> {
  const [port = 0, controllerPort = 0] = await freePorts(2);
  const place = { id: 1, port, controllerPort };
  const node = createNode({
    installation,
    clusterId: kafkaUuid(),
    clusterFolder: folder,
    place,
    cluster: [place],
    properties: {},
    javaArguments: ['-XX:TieredStopAtLevel=1', `-XX:ArchiveClassesAtExit=${archive}`],
  });
  try {
    await node.start();
    // Brings in what only the first topic needs.
    await createTopic(node.address, 'warm-up');
    await node.stop();
  } finally {
    await node.kill9();
  }
}
