import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { expect, onTestFinished, test } from 'vitest';

import { describeWithOwnCluster } from '../kafka/kafka-suite.js';

/** A start on a busy machine. */
const TEST_MS = 120_000;
const END_TIMEOUT_MS = 15_000;
const POLL_INTERVAL_MS = 20;

/** `npm run kafka`, compiled as it is there: a process with a broker. */
const MAIN = fileURLToPath(new URL('../dist/kafka/main.js', import.meta.url));

interface Subject {
  readonly owner: ChildProcess;
  readonly address: string;
  /** Where the broker's data lies, and nothing else. */
  readonly folder: string;
}

describeWithOwnCluster('a Kafka that a process has started', () => {
  const setup = async (): Promise<Subject> => {
    const folder = mkdtempSync(join(tmpdir(), 'kafka-end-'));
    const owner = spawn(process.execPath, [MAIN], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => {
      owner.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    });
    const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
    const address = /127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (address === undefined) throw new Error(`no address in: ${line}`);
    expect(await isListening(address)).toBe(true);
    expect(readdirSync(folder)).toHaveLength(1);
    return { owner, address, folder };
  };

  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'ends with that process when it ends by %s, and leaves nothing behind',
    { timeout: TEST_MS },
    async (signal) => {
      const { owner, address, folder } = await setup();
      owner.kill(signal);
      await until('the broker to be gone', async () => !(await isListening(address)));
      await until('its data to be gone', () => Promise.resolve(readdirSync(folder).length === 0));
    },
  );
});

async function isListening(address: string): Promise<boolean> {
  const [host, port] = address.split(':');
  const socket = connect(Number(port), host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + END_TIMEOUT_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline)
      throw new Error(`waited ${String(END_TIMEOUT_MS)} ms in vain for ${what}`);
    await delay(POLL_INTERVAL_MS);
  }
}
