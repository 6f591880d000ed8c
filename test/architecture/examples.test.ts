import { expect, test } from 'vitest';

import { repositoryFiles, textOf } from './repository-files.js';

const files = new Set(repositoryFiles());
const examples = [...files].flatMap((file) => /^(examples\/[^/]+)\/main\.ts$/.exec(file)?.[1] ?? []);

test('there are examples', () => {
  expect(examples.length).toBeGreaterThanOrEqual(7);
});

test('every example has a test', () => {
  expect(examples.filter((example) => !files.has(`${example}/example.test.ts`))).toEqual([]);
});

test('every numbered example is in the list of examples', () => {
  const list = textOf('examples/README.md');

  expect(
    examples.filter((example) => !list.includes(`(${example.replace('examples/', '')}/main.ts)`)),
  ).toEqual([]);
});

test('examples import what users can import', () => {
  const imports = [...files]
    .filter((file) => /^examples\/.*\.ts$/.test(file))
    .flatMap((file) => [...textOf(file).matchAll(/from '(@millrace\/[^']+)'/g)].map(([, name]) => name));

  expect(new Set(imports)).toEqual(new Set(['@millrace/kafka', '@millrace/testing']));
});
