import { setTimeout as delay } from 'node:timers/promises';

const POLL_INTERVAL_MS = 25;

/** Waits for something that announces itself to nobody: a broker's view, another process's ledger. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`waited ${String(timeoutMs)} ms in vain for ${what}`);
    await delay(POLL_INTERVAL_MS);
  }
}
