import { makeClassDataArchive } from './class-data-archive.js';
import type { KafkaInstallation } from './kafka-installation.js';
import { hasKafkaJars, kafkaCacheFolder, kafkaClassPath, resolveKafkaJars } from './kafka-jars.js';
import { formattedTemplate } from './kafka-storage.js';
import { ensureSystemTools } from './system-tools.js';

let installation: Promise<KafkaInstallation> | undefined;

/**
 * Finds or makes the installation; within one process at most once.
 * @param options - `mayInstall: false` never installs system packages
 * @throws KafkaUnavailable, naming the one command to run
 */
export function installKafka(options: { readonly mayInstall?: boolean } = {}): Promise<KafkaInstallation> {
  installation ??= install(options.mayInstall ?? true);
  return installation;
}

async function install(mayInstall: boolean): Promise<KafkaInstallation> {
  const folder = kafkaCacheFolder();
  const java = await ensureSystemTools({ maven: !hasKafkaJars(folder), mayInstall });
  await resolveKafkaJars(folder);
  const classPath = kafkaClassPath(folder);
  const formatted = await formattedTemplate(folder, java.command, ['-cp', classPath]);
  const bare = { java: java.command, classPath, formatted };
  const classDataArchive = await makeClassDataArchive(bare, folder, java.version);
  return classDataArchive === undefined ? bare : { ...bare, classDataArchive };
}
