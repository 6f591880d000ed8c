// Runs after the build: imports of one package from another resolve to its dist.

/** Core's layers, lowest first, as in docs/architecture.md: each may import only from those before it and from itself. */
const layers = [
  '(errors|internal|time|naming)',
  'message',
  '(options|telemetry|inspection)',
  'service',
  'source',
  'delivery',
  '(ordering|offsets|failure|handler)',
  'settlement',
  'engine',
  'strategy',
  '(queue|pump)',
  'health',
  'server',
  'index',
];
const inLayer = (layer) => `^packages/core/(src|dist)/${layer}(/|\\.(d\\.)?ts$)`;
const notAbove = layers.slice(0, -1).map((layer, index) => ({
  name: `core-layer-${index}`,
  comment: `${layer} imports nothing of the layers above it`,
  severity: 'error',
  from: { path: inLayer(layer) },
  to: { path: layers.slice(index + 1).map(inLayer) },
}));
const isTest = '(^|/)test/';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-deprecated-builtins',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['core'], path: '^(punycode|domain|constants|sys)$' },
    },
    {
      name: 'core-imports-nothing-of-ours',
      comment: 'core knows no transport',
      severity: 'error',
      from: { path: '^packages/core/src' },
      to: { path: '^packages/(?!core/)' },
    },
    {
      name: 'src-never-imports-test',
      severity: 'error',
      from: { path: '^packages/[^/]+/src' },
      to: { path: isTest },
    },
    {
      name: 'packages-never-import-examples',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(examples|test)/' },
    },
    {
      name: 'only-cli-imports-testing',
      comment: 'what a service process imports is without the test kit; tests of every package may use it',
      severity: 'error',
      from: { path: '^packages/(?!cli/|testing/)[^/]+/src' },
      to: { path: '^packages/testing' },
    },
    {
      name: 'single-native-client',
      comment: 'the native client is loaded lazily, in one file',
      severity: 'error',
      from: { pathNot: ['^packages/kafka/src/client/native-client\\.ts$', isTest] },
      to: { path: '@confluentinc/kafka-javascript' },
    },
    {
      name: 'only-telemetry-imports-otel',
      severity: 'error',
      from: { path: '^packages/core/src/(?!telemetry/)' },
      to: { path: '@opentelemetry/api' },
    },
    {
      name: 'single-reflect-metadata',
      severity: 'error',
      from: { pathNot: ['^packages/inversify/src/metadata\\.ts$', isTest] },
      to: { path: 'reflect-metadata' },
    },
    {
      name: 'internal-is-not-exported',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/index\\.ts$' },
      to: { path: '^packages/[^/]+/src/internal/' },
    },
    ...notAbove,
  ],
  options: {
    doNotFollow: { path: ['node_modules', '(^|/)dist/'] },
    exclude: { path: '^(test|examples|packages/[^/]+/test)/dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.d.ts'],
    },
  },
};
