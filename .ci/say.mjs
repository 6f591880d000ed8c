import process from 'node:process';

const started = Date.now();

/** One line about what is being done; on stderr, because stdout belongs to the task. */
export function say(message) {
  process.stderr.write(`[setup +${((Date.now() - started) / 1000).toFixed(1)} s] ${message}\n`);
}

/** Preparing cannot go on. The message says what to do about it. */
export class SetupError extends Error {
  name = 'SetupError';
}
