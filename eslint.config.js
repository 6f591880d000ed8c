import js from '@eslint/js';
import comments from '@eslint-community/eslint-plugin-eslint-comments/configs';
import { defineConfig } from 'eslint/config';
import sortImports from 'eslint-plugin-simple-import-sort';
import unicorn from 'eslint-plugin-unicorn';
import tseslint from 'typescript-eslint';

const noSynchronousCommit = ['commitCb', 'commitSync', 'commitMessageSync'].map((property) => ({
  property,
  message: 'Blocks the process or returns before the broker has answered: use commit() and offset_commit_cb.',
}));
const noEnvironment = {
  object: 'process',
  property: 'env',
  message: 'A library does not read the environment: take an option.',
};
const noEnvironmentImport = { name: 'node:process', importNames: ['env'], message: noEnvironment.message };

const clockOnly = 'Use the Clock: time is a port, so that tests and the simulation own it.';
const noTimers = ['setTimeout', 'setInterval', 'Date'].map((name) => ({
  name,
  message: clockOnly,
}));
const noTimerImports = ['node:timers', 'node:timers/promises'].map((name) => ({ name, message: clockOnly }));

const synchronous = 'The engine is synchronous and deterministic: no promise, no clock, no chance, no I/O.';
const noImpurity = [
  ':function[async=true]',
  'AwaitExpression',
  'ForOfStatement[await=true]',
  'Identifier[name="Promise"]',
  'MemberExpression[object.name="Math"][property.name="random"]',
].map((selector) => ({ selector, message: synchronous }));
const noImpureGlobals = ['performance', 'setImmediate', 'queueMicrotask', 'process', 'crypto', 'fetch'].map(
  (name) => ({
    name,
    message: synchronous,
  }),
);

const noMocks = ['mock', 'doMock', 'useFakeTimers', 'stubGlobal', 'stubEnv'].map((property) => ({
  object: 'vi',
  property,
  message: 'Tests hand fakes to ports and own the clock; modules and globals stay as they are.',
}));

export default defineConfig(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '.cache/**',
      '.turbo/**',
      'coverage/**',
      'docs/reference/**',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  comments.recommended,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'simple-import-sort': sortImports, unicorn },
    rules: {
      '@eslint-community/eslint-comments/require-description': 'error',
      // Pairs of disable and enable around a region say where it ends.
      '@eslint-community/eslint-comments/disable-enable-pair': ['error', { allowWholeFile: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // `const { data, ...rest }` leaves a member out.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // A number in a text is what is meant; objects and undefined are the mistakes.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `() => notify()` says all there is to say.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-exports': [
        'error',
        {
          restrictDefaultExports: {
            direct: true,
            named: true,
            defaultFrom: true,
            namedFrom: true,
            namespaceFrom: true,
          },
        },
      ],
      'no-restricted-properties': ['error', ...noSynchronousCommit],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'] }],
      'simple-import-sort/imports': 'error',
      'unicorn/filename-case': ['error', { case: 'kebabCase' }],
      'max-lines': ['error', { max: 400, skipComments: true, skipBlankLines: true }],
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    // The command line is where the environment is read and handed on as options.
    files: ['packages/*/src/**'],
    ignores: ['packages/cli/**'],
    rules: {
      'no-restricted-properties': ['error', ...noSynchronousCommit, noEnvironment],
      'no-restricted-imports': ['error', { paths: [noEnvironmentImport] }],
    },
  },
  {
    files: ['packages/core/src/**'],
    // The port's real side: the one place that asks the machine for the time.
    ignores: ['packages/core/src/time/clock.ts'],
    rules: {
      'no-restricted-globals': ['error', ...noTimers],
      'no-restricted-imports': ['error', { paths: [noEnvironmentImport, ...noTimerImports] }],
    },
  },
  {
    files: ['packages/core/src/{engine,ordering,offsets,settlement}/**'],
    rules: {
      'no-restricted-globals': ['error', ...noTimers, ...noImpureGlobals],
      'no-restricted-syntax': ['error', ...noImpurity],
      'no-restricted-imports': ['error', { patterns: [{ group: ['node:*'], message: synchronous }] }],
    },
  },
  {
    files: ['**/test/**', 'test/**'],
    rules: {
      // A describe block holds all its tests.
      'max-lines-per-function': 'off',
      // A type test names an expression and drops it.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      'no-restricted-properties': ['error', ...noSynchronousCommit, ...noMocks],
    },
  },
  {
    // Scripts and configurations of the repository: plain JavaScript, in no TypeScript project.
    files: ['**/*.{js,mjs,cjs}', '*.config.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      parserOptions: { projectService: false },
      globals: {
        process: 'readonly',
        URL: 'readonly',
        module: 'writable',
        setTimeout: 'readonly',
        console: 'readonly',
      },
    },
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
  // The form these tools ask for.
  { files: ['*.config.{js,ts}'], rules: { 'no-restricted-exports': 'off' } },
);
