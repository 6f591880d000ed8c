/**
 * The program behind `npm start`: an in-order and a fast consumer over a stream of order events, and a look at what
 * happens. `npm start -- --help` tells its options; reading begins at demo-run.ts.
 */
import process from 'node:process';

import { type DemoOptions, parseDemoOptions, usage, UsageError } from './demo-options.js';
import { runDemo } from './demo-run.js';
import { demoScreen } from './demo-screen.js';
import type { Summary } from './demo-summary.js';

const FAILED = 1;
const FORCED = 2;

async function main(args: readonly string[]): Promise<number> {
  let options: DemoOptions | 'help';
  try {
    options = parseDemoOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}`);
    return FAILED;
  }
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  return await show(options);
}

/** Standard output is for the summary alone; everything else goes to standard error. */
async function show(options: DemoOptions): Promise<number> {
  const screen = demoScreen(process.stderr);
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) {
      screen.close();
      process.exit(FORCED);
    }
    stop.abort();
    screen.draining();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const summary = await runDemo(options, screen, stop.signal);
    if (options.exit) process.stdout.write(`${JSON.stringify(summary)}\n`);
    else screen.say(inWords(summary));
    return summary.ok ? 0 : FAILED;
  } finally {
    screen.close();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

function inWords({ consumers, problems }: Summary): string {
  const lines = consumers.map(
    ({ name, handled, committed, duplicates, outOfOrder }) =>
      `${name}: ${handled} handled, ${committed} committed, ${duplicates} duplicates, ${outOfOrder} out of order`,
  );
  return [...lines, problems.length === 0 ? 'Nothing was lost.' : problems.join('\n')].join('\n');
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(
    `The demo failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = FAILED;
}
