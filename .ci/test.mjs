import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { root, runScript } from './child.mjs';
import { say } from './say.mjs';

const REPORT = join(root, '.cache', 'test-report.json');

/** Runs every test once, or those that the arguments choose, and closes with the line that counts them. Resolves with the exit code. */
export async function test(args) {
  rmSync(REPORT, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
  const exitCode = await runScript(join(root, 'node_modules', 'vitest', 'vitest.mjs'), [
    'run',
    ...reporters,
    ...args,
  ]);
  const count = countOf(exitCode);
  closingLine(count);
  return count.failed > 0 || (isInCi() && count.skipped > 0) ? 1 : 0;
}

/** The last line of `npm test`, also when there is nothing to count: `N passed, N failed, N skipped`. */
export function closingLine({ passed, failed, skipped }) {
  if (isInCi() && skipped > 0) say('in CI a skipped test is a failure');
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
}

function countOf(exitCode) {
  if (!existsSync(REPORT)) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(readFileSync(REPORT, 'utf8'));
  // A file that fails as a whole (it does not load, a hook throws) need not have a failed test.
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
  );
  const failed = report.numFailedTests + brokenFiles.length;
  return {
    passed: report.numPassedTests,
    // An error outside every test fails the run and is in no count.
    failed: exitCode === 0 ? failed : Math.max(failed, 1),
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function isInCi() {
  const { CI } = process.env;
  return CI !== undefined && CI !== '' && CI !== 'false' && CI !== '0';
}
