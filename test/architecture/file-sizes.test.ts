import { expect, test } from 'vitest';

import { codeLines } from './code-lines.js';
import { isCode, isSource, repositoryFiles, textOf } from './repository-files.js';

const MOST_LINES = 400;
const MEDIAN_OF_SOURCES = 90;

const sizes = new Map(
  repositoryFiles()
    .filter(isCode)
    .map((file) => [file, codeLines(textOf(file))]),
);

test(`no file has more than ${MOST_LINES} lines of code`, () => {
  expect([...sizes].filter(([, lines]) => lines > MOST_LINES)).toEqual([]);
});

test(`half of the source files have at most ${MEDIAN_OF_SOURCES} lines of code`, () => {
  const sorted = [...sizes].flatMap(([file, lines]) => (isSource(file) ? [lines] : [])).sort((a, b) => a - b);

  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(MEDIAN_OF_SOURCES);
});

test('comments and empty lines are no code', () => {
  expect(codeLines('// a\n\n/* b\n   c */\nconst d = 1; // e\n\nconst f = `\n`;\n')).toBe(3);
});
