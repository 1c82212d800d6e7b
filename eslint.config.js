import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const timeAndChance = [
  { name: 'Date', message: 'Take a Clock (lib/ports/clock.ts) as an argument.' },
  { name: 'performance', message: 'Take a Clock (lib/ports/clock.ts) as an argument.' },
  { name: 'setTimeout', message: 'Take a Clock and call its sleep.' },
  { name: 'setInterval', message: 'Take a Clock and call its sleep.' },
  { name: 'setImmediate', message: 'Take a Clock and call its sleep.' },
  { name: 'fetch', message: 'Declare a port and let an adapter fetch.' },
  { name: 'crypto', message: 'Take random values as arguments; hash with lib/base/hashing.ts.' },
];
const surroundings = [
  {
    name: 'process',
    message: 'Only functions, lib/cli and tools read their surroundings; take the value as an argument.',
  },
  { name: 'console', message: 'Only functions, lib/cli and tools print; take a Log (lib/ports/log.ts).' },
];
const noRandom = { object: 'Math', property: 'random', message: 'Take the random value as an argument.' };
const noEnv = {
  object: 'process',
  property: 'env',
  message: 'Only functions, lib/cli and tools read the environment.',
};

const browserGlobals = Object.fromEntries(
  [
    ...['document', 'window', 'location', 'history', 'addEventListener', 'fetch', 'performance'],
    ...['setTimeout', 'clearTimeout', 'AbortSignal', 'HTMLElement', 'Text'],
  ].map((name) => [name, 'readonly']),
);

const noEnum = { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' };
const noDefault = { selector: 'ExportDefaultDeclaration', message: 'Export by name.' };
const noBarrel = { selector: 'ExportAllDeclaration', message: 'Import from the file that declares it; no barrels.' };

// node:test registers what these return; nobody has to await them.
const testRegistrations = { from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite'] };

export default tseslint.config(
  { ignores: ['node_modules', 'dist', '.cache', 'coverage', '.pilotless', 'data'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts', 'lib/console/*.js'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-restricted-syntax': ['error', noEnum, noDefault, noBarrel],
      'no-restricted-properties': ['error', noRandom],
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': 'off',
      '@typescript-eslint/max-params': ['error', { max: 3 }],
      'prefer-const': 'error',
      'no-var': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: [testRegistrations] }],
      // A missing member is an error even beside a default: every switch over a union ends in `unreachable`.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: false, allowDefaultCaseForExhaustiveSwitch: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // An adapter without I/O implements an async port without awaiting anything.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['lib/**/*.ts'],
    ignores: ['lib/adapters/**', 'lib/cli/**', 'lib/console/**'],
    rules: { 'no-restricted-globals': ['error', ...timeAndChance, ...surroundings] },
  },
  {
    files: ['lib/adapters/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...surroundings.filter(({ name }) => name === 'console')],
      'no-restricted-properties': ['error', noEnv],
    },
  },
  { files: ['lib/cli/**/*.ts', 'functions/**/*.ts', 'tools/**/*.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-console': 'error',
      'max-lines-per-function': 'off',
    },
  },
  {
    // These run in a browser, as they stand.
    files: ['lib/console/*.js'],
    languageOptions: { globals: browserGlobals },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    ignores: ['lib/console/*.js'],
    languageOptions: {
      globals: { console: 'readonly', process: 'readonly', URL: 'readonly', module: 'writable', require: 'readonly' },
    },
  },
);
