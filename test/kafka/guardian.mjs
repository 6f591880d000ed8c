// @ts-check
// A process of its own that outlives the one that started it by a moment. When that one ends, however it ends (also by kill -9),
// its end of the pipe closes, and every process and folder still entrusted to us is removed.
// Lines on stdin: "watch process 4711", "forget process 4711", "watch folder /tmp/…", "forget folder /tmp/…".
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** @type {Record<string, Set<string>>} */
const entrusted = { process: new Set(), folder: new Set() };

for await (const line of createInterface({ input: process.stdin })) {
  const [, order, kind, subject] = /^(watch|forget) (process|folder) (.+)$/.exec(line) ?? [];
  if (kind === undefined || subject === undefined) continue;
  if (order === 'watch') entrusted[kind]?.add(subject);
  else entrusted[kind]?.delete(subject);
}

for (const pid of entrusted['process'] ?? []) {
  try {
    process.kill(Number(pid), 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
for (const folder of entrusted['folder'] ?? []) {
  // A process killed above may still be writing its last file.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
