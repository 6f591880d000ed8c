import { expect, test } from 'vitest';

import { isCode, repositoryFiles, textOf } from './repository-files.js';

const tests = repositoryFiles().filter((file) => /\.test\.[cm]?[jt]s$/.test(file));

test('every test file lies where a run picks it up', () => {
  const pickedUp = /^(packages\/[^/]+\/test|test|examples)\/.*\.test\.ts$/;

  expect(tests.filter((file) => !pickedUp.test(file))).toEqual([]);
});

test('no test is left out, and none is run alone', () => {
  // Suites that need a Kafka skip themselves aloud where there is none; in CI they fail.
  const maySkip = new Set(['test/kafka/kafka-suite.ts']);
  const offending = repositoryFiles()
    .filter((file) => isCode(file) && (/(^|\/)test\//.test(file) || tests.includes(file)))
    .filter((file) => !maySkip.has(file))
    .filter((file) => /\b(test|it|describe|suite|bench)\s*\.\s*(only|skip|todo)\b/.test(textOf(file)));

  expect(offending).toEqual([]);
});
