// Who may import whom. Read a row as: files of this folder of lib may import their own folder and these.
// `(types)` means `import type` only. A folder of lib without a row may import nothing: add its row here.
const mayImport = {
  base: [],
  resources: ['base'],
  model: ['base', 'resources (types)'],
  world: ['base', 'resources', 'model'],
  view: ['base', 'resources', 'model', 'world'],
  ir: ['base'],
  compile: ['base', 'resources (types)', 'model', 'view', 'ir'],
  explain: ['base', 'resources', 'model', 'world', 'view', 'ir', 'compile'],
  analyze: ['base', 'resources', 'model', 'world', 'view'],
  envoy: ['base', 'ir'],
  snapshot: ['base', 'envoy'],
  delivery: ['base', 'envoy', 'snapshot'],
  ports: ['base'],
  control: [
    'base',
    'resources',
    'model',
    'world',
    'view',
    'ir',
    'compile',
    'explain',
    'analyze',
    'envoy',
    'snapshot',
    'delivery',
    'ports',
  ],
  adapters: ['base', 'ports'],
  console: [],
  cli: ['base', 'control'],
};
const functionsMayImport = ['base', 'control', 'adapters', 'delivery', 'envoy', 'ports', 'console'];

const typesOnly = (entry) => entry.endsWith(' (types)');
const folderOf = (entry) => entry.replace(' (types)', '');
const anyOf = (folders) => `^lib/(${folders.map(folderOf).join('|')})/`;

const tableRows = Object.entries(mayImport).flatMap(([folder, allowed]) => [
  {
    name: `${folder}-imports-only-its-row`,
    comment: `lib/${folder} may import: ${['itself', ...allowed].join(', ')}`,
    severity: 'error',
    from: { path: `^lib/${folder}/` },
    to: { path: '^lib/', pathNot: anyOf([folder, ...allowed]) },
  },
  ...allowed.filter(typesOnly).map((entry) => ({
    name: `${folder}-imports-${folderOf(entry)}-as-types`,
    comment: `lib/${folder} may import from lib/${folderOf(entry)} with "import type" only`,
    severity: 'error',
    from: { path: `^lib/${folder}/` },
    to: { path: anyOf([entry]), dependencyTypesNot: ['type-only'] },
  })),
]);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...tableRows,
    {
      name: 'every-lib-folder-has-a-row',
      comment: 'a folder of lib that is not in the table may import nothing of lib',
      severity: 'error',
      from: { path: '^lib/', pathNot: anyOf(Object.keys(mayImport)) },
      to: { path: '^lib/' },
    },
    {
      name: 'functions-import-only-their-row',
      comment: `functions may import: ${functionsMayImport.join(', ')}`,
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: '^lib/', pathNot: anyOf(functionsMayImport) },
    },
    {
      name: 'lib-imports-no-function',
      comment: 'only the verb "serve" starts the local composition root',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/cli/serve\\.ts$' },
      to: { path: '^functions/' },
    },
    {
      name: 'serve-starts-only-the-local-root',
      severity: 'error',
      from: { path: '^lib/cli/serve\\.ts$' },
      to: { path: '^functions/', pathNot: '^functions/local\\.ts$' },
    },
    {
      name: 'a-verb-is-loaded-when-it-is-called',
      comment: 'the table of verbs imports them with "import()" only, or every start loads the whole product',
      severity: 'error',
      from: { path: '^lib/cli/(main|verbs)\\.ts$' },
      to: { path: '^lib/', pathNot: '^lib/cli/(verbs|cli-failure|own-version)\\.ts$', dynamic: false },
    },
    {
      name: 'no-node-core-in-the-line',
      comment:
        'a pure stage has no files, sockets or clocks; hashing and reading certificates are the exceptions: functions of bytes alone',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/((adapters|cli)/|base/(hashing|certificates)\\.ts$)' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'cloud-sdk-only-in-adapters',
      severity: 'error',
      from: { pathNot: '^(lib/adapters|test)/' },
      to: { path: '(^|node_modules/)@aws-sdk/' },
    },
    {
      name: 'nothing-imports-test',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'product-imports-no-tools',
      severity: 'error',
      from: { path: '^(lib|functions)/' },
      to: { path: '^tools/' },
    },
    {
      name: 'every-lib-file-is-reachable',
      comment:
        'from a function, the command line, the agent or a test; the page of the console is served, not imported',
      severity: 'error',
      from: { path: '^(functions|test|bin|tools)/|^lib/cli/(agent-)?main\\.ts$' },
      to: { path: '^lib/', pathNot: '^lib/(console|cli/(agent-)?main\\.ts)', reachable: false },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'imports-resolve',
      comment: 'a path with a typo, or a package that is not in package.json',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-packages-in-the-product',
      severity: 'error',
      from: { path: '^(lib|functions)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
