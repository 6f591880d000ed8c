import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { moveUnlessThere } from './kafka-jars.js';
import { nodeProperties } from './node-properties.js';
import { runCommand } from './run-command.js';

const FORMAT_TIMEOUT_MS = 60_000;
/** Kafka's feature levels as its first records; the same for every node and cluster of one version. */
const BOOTSTRAP_RECORDS = 'bootstrap.checkpoint';

/** A random id as Kafka prints them: 16 bytes in base64url, and no leading dash, which a command line would take for an option. */
export function kafkaUuid(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}

/**
 * Formats one storage folder with Kafka's own tool, once a version, beside the jars. That is a start of Java (0.7 to 1.4 s);
 * {@link formatStorage} then only copies what it made.
 * @returns the formatted folder
 */
export async function formattedTemplate(
  folder: string,
  java: string,
  javaArguments: readonly string[],
): Promise<string> {
  const template = join(folder, 'formatted');
  if (existsSync(template)) return template;
  const draft = mkdtempSync(join(folder, 'draft-'));
  try {
    const storage = join(draft, 'storage');
    const settings = join(draft, 'node.properties');
    // The ports are never opened.
    const place = { id: 1, port: 1, controllerPort: 2 };
    writeFileSync(settings, nodeProperties(place, [place], storage));
    const format = ['kafka.tools.StorageTool', 'format', '--cluster-id', kafkaUuid(), '--config', settings];
    await runCommand(java, [...javaArguments, ...format], { timeoutMs: FORMAT_TIMEOUT_MS });
    moveUnlessThere(storage, template);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return template;
}

/** Makes the storage folder of one node: the template's records under ids of its own. */
export function formatStorage(
  template: string,
  storage: string,
  ids: { readonly node: number; readonly cluster: string },
): void {
  mkdirSync(storage, { recursive: true });
  copyFileSync(join(template, BOOTSTRAP_RECORDS), join(storage, BOOTSTRAP_RECORDS));
  const identity = [
    'version=1',
    `node.id=${String(ids.node)}`,
    `cluster.id=${ids.cluster}`,
    `directory.id=${kafkaUuid()}`,
  ];
  writeFileSync(join(storage, 'meta.properties'), `${identity.join('\n')}\n`);
}
