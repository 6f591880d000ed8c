import { expect, test } from 'vitest';

import { errorCodes } from '../../packages/core/src/errors.js';
import { metricCatalogue } from '../../packages/core/src/telemetry/catalogue.js';
import { eventCatalogue } from '../../packages/core/src/telemetry/events.js';
import { eventMeanings } from './event-meanings.js';
import { isSource, repositoryFiles, textOf } from './repository-files.js';

const sources = repositoryFiles().filter(isSource);
const codeWithout = (...catalogues: readonly string[]): string =>
  sources
    .filter((file) => !catalogues.includes(file))
    .map(textOf)
    .join('\n');

test('every error code is used', () => {
  const code = codeWithout('packages/core/src/errors.ts');

  expect(Object.keys(errorCodes).filter((name) => !code.includes(`'${name}'`))).toEqual([]);
});

test('every event is emitted', () => {
  const code = codeWithout('packages/core/src/telemetry/events.ts');

  expect(Object.keys(eventCatalogue).filter((name) => !code.includes(`'${name}'`))).toEqual([]);
});

test('every event has a meaning of its own', () => {
  const meanings = eventMeanings();

  expect(Object.keys(eventCatalogue).filter((name) => !meanings.has(name))).toEqual([]);
  expect(new Set(meanings.values()).size).toBe(meanings.size);
});

test('every metric is recorded', () => {
  const code = codeWithout('packages/core/src/telemetry/catalogue.ts');

  expect(Object.keys(metricCatalogue).filter((name) => !code.includes(`'${name}'`))).toEqual([]);
});
