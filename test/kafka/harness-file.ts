import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Path of a file of this folder that is not compiled; also when the asking one is, and runs from `test/dist/kafka`. */
export function harnessFile(name: string): string {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const sources = here.endsWith(`dist${sep}kafka${sep}`) ? '../../kafka/' : './';
  return fileURLToPath(new URL(`${sources}${name}`, import.meta.url));
}
