import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

import { harnessFile } from './harness-file.js';

let orders: Socket | undefined;

/** From now on the process is killed with -9 when this one ends, in whatever way. */
export function watchProcess(pid: number): void {
  send(`watch process ${String(pid)}`);
}

/** The process has ended: its id may soon be another's. */
export function forgetProcess(pid: number): void {
  send(`forget process ${String(pid)}`);
}

/** From now on the folder is removed when this process ends, in whatever way. */
export function watchFolder(path: string): void {
  send(`watch folder ${path}`);
}

/** The folder is removed already. */
export function forgetFolder(path: string): void {
  send(`forget folder ${path}`);
}

function send(line: string): void {
  orders ??= startGuardian();
  orders.write(`${line}\n`);
}

function startGuardian(): Socket {
  const script = harnessFile('guardian.mjs');
  // Detached: a Ctrl-C in the terminal goes to the whole process group, and this one must still be there afterwards.
  const guardian = spawn(process.execPath, [script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  // Neither the guardian nor the pipe to it keeps this process alive.
  guardian.unref();
  const pipe = guardian.stdin;
  if (!(pipe instanceof Socket)) throw new Error('the guardian of the brokers has no pipe');
  pipe.unref();
  pipe.on('error', (error) => {
    process.stderr.write(`kafka: the guardian of this process's brokers is gone: ${error.message}\n`);
  });
  return pipe;
}
