import { afterEach, describe, expect, test } from 'vitest';

import { systemProcess } from '../../src/server/process-port.js';

const before = process.exitCode;

afterEach(() => {
  process.exitCode = before;
});

describe('the process of the machine', () => {
  test('keeps the code of a failure when something else ends well', () => {
    process.exitCode = undefined;
    systemProcess.noteExitCode(0);
    expect(process.exitCode).toBe(0);
    systemProcess.noteExitCode(1);
    systemProcess.noteExitCode(0);
    expect(process.exitCode).toBe(1);
    systemProcess.noteExitCode(2);
    expect(process.exitCode).toBe(2);
  });

  test('has signals heard and no longer heard', () => {
    const count = process.listenerCount('SIGTERM');
    const listener = (): void => undefined;
    systemProcess.on('SIGTERM', listener);
    expect(process.listenerCount('SIGTERM')).toBe(count + 1);
    systemProcess.off('SIGTERM', listener);
    expect(process.listenerCount('SIGTERM')).toBe(count);
  });

  test('flushes without anything to write', async () => {
    await systemProcess.flush();
  });
});
