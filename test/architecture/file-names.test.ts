import { basename } from 'node:path';

import { expect, test } from 'vitest';

import { isCode, repositoryFiles } from './repository-files.js';

/** Names that say nothing of what is inside, so that anything goes in. */
const catchAll = /^(utils?|helpers?|commons?|libs?|types?|interfaces?|misc|shared|constants?|functions?)$/;

const files = repositoryFiles();

test('no file or folder has a name that takes anything in', () => {
  const offending = files.filter((file) => {
    const parts = file.split('/');
    const names = parts.map((part, index) => (index === parts.length - 1 ? part.replace(/\..*$/, '') : part));
    // Type tests, which are about the types that users see.
    return names.some((name) => catchAll.test(name)) && !/^packages\/[^/]+\/test\/types\//.test(file);
  });

  expect(offending).toEqual([]);
});

test('code is named in kebab case', () => {
  const names = files
    .filter(isCode)
    .filter((file) => !/^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)+$/.test(basename(file)));

  expect(names).toEqual([]);
});
