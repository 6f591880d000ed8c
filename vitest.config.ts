import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;
const packages = readdirSync(join(root, 'packages')).filter((name) =>
  existsSync(join(root, 'packages', name, 'package.json')),
);

/** Every entry point of our packages is its source: no build, no stale dist. */
const alias = packages.flatMap((name) => {
  const { exports } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as {
    exports: Record<string, { default: string }>;
  };
  return Object.entries(exports).map(([entry, target]) => ({
    find: new RegExp(`^@millrace/${name}${entry.slice(1)}$`),
    replacement: join(
      root,
      'packages',
      name,
      target.default.replace('./dist/', './src/').replace(/\.js$/, '.ts'),
    ),
  }));
});

export default defineConfig({
  resolve: { alias },
  test: {
    // The native client is not for worker threads.
    pool: 'forks',
    sequence: { shuffle: true },
    allowOnly: false,
    coverage: { provider: 'v8', include: ['packages/*/src/**/*.ts'], reportsDirectory: '.cache/coverage' },
    projects: [
      ...packages.map((name) => ({
        extends: true as const,
        test: {
          name: `@millrace/${name}`,
          root: `packages/${name}`,
          include: ['test/**/*.test.ts'],
          testTimeout: 10_000,
        },
      })),
      // What the sources and the docs say of each other; needs no server.
      {
        extends: true as const,
        test: {
          name: 'architecture',
          root: 'test/architecture',
          include: ['**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      // Brokers, several processes, kills: one file at a time, or they measure each other.
      ...[
        { name: 'test', globalSetup: [join(root, 'test/kafka/shared-cluster.ts')], groupOrder: 1 },
        { name: 'examples', globalSetup: [], groupOrder: 2 },
      ].map(({ name, globalSetup, groupOrder }) => ({
        extends: true as const,
        test: {
          name,
          root: name,
          include: ['**/*.test.ts'],
          exclude: ['**/dist/**', '**/node_modules/**', 'architecture/**'],
          globalSetup,
          maxWorkers: 1,
          sequence: { shuffle: true, groupOrder },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      })),
    ],
  },
});
