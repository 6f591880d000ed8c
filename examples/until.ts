import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something is so; gives up after 30 seconds. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`waited 30 s for ${what}`);
    await sleep(10);
  }
}
