import { dirname, join, normalize } from 'node:path';

import { describe, expect, test } from 'vitest';

import { unmarkedBlocks, withSnippets } from './doc-snippets.js';
import { referencePages } from './reference-pages.js';
import { repositoryFiles, root, textOf } from './repository-files.js';

const files = repositoryFiles();
const documents = files.filter(
  (file) =>
    file.endsWith('.md') && !file.startsWith('.changeset/') && !/\.api\.md$|CHANGELOG\.md$/.test(file),
);

// `npx vitest run -u test/architecture` writes both kinds of generated text anew.
describe('generated pages are those that the code makes', () => {
  test.for(referencePages())('%s', async ([page, text]) => {
    await expect(text).toMatchFileSnapshot(join(root, page));
  });
});

describe('code in documents is that of the examples', () => {
  test.for(documents.filter((file) => textOf(file).includes('<!-- from ')))('%s', async (file) => {
    await expect(withSnippets(textOf(file), textOf)).toMatchFileSnapshot(join(root, file));
  });
});

test('no document holds TypeScript of its own', () => {
  expect(documents.filter((file) => unmarkedBlocks(textOf(file)) > 0)).toEqual([]);
});

test('every relative link leads to a file, and every anchor to a heading', () => {
  const broken = documents.flatMap((file) =>
    linksOf(textOf(file))
      .filter((link) => !leadsSomewhere(file, link))
      .map((link) => `${file}: ${link}`),
  );

  expect(broken).toEqual([]);
});

test('every guide is in the index of the documentation', () => {
  const index = textOf('docs/README.md');
  const guides = documents.filter((file) => /^docs\/[^/]+\.md$/.test(file) && file !== 'docs/README.md');

  expect(guides.filter((file) => !index.includes(`(${file.replace('docs/', '')})`))).toEqual([]);
});

function linksOf(text: string): readonly string[] {
  const withoutCode = text.replaceAll(/```[^]*?```/g, '').replaceAll(/`[^`]*`/g, '');
  const links = [...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere(from: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? from : normalize(join(dirname(from), path)).replace(/\/$/, '');
  if (anchor !== undefined) return files.includes(target) && anchorsOf(textOf(target)).has(anchor);
  return files.some((file) => file === target || file.startsWith(`${target}/`));
}

/** As GitHub makes them from headings. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.replaceAll(/```[^]*?```/g, '').matchAll(/^#+ (.*)$/gm)];
  return new Set(
    headings.map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
