import { fileURLToPath } from 'node:url';

/** Runs an example's `main` when node was started with its file, and not when a test has imported it. */
export async function runExample(moduleUrl: string, main: () => Promise<unknown>): Promise<void> {
  if (process.argv[1] === fileURLToPath(moduleUrl)) await main();
}
