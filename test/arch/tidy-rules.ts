import { homedir } from 'node:os';
import { basename, dirname } from 'node:path';
import { isSuite } from '../../tools/testing/suites.ts';
import { repositoryRoot } from '../../tools/support/repository.ts';
import { moduleState } from './module-state.ts';
import type { SourceFile } from './source-file.ts';

/** What linters cannot say about one file. `sample` breaks the rule, to show that the rule sees it. */
export interface TidyRule {
  readonly name: string;
  readonly appliesTo: (path: string) => boolean;
  /** Answers what is wrong, one entry each. */
  readonly objections: (file: SourceFile) => readonly string[];
  readonly samples: readonly SourceFile[];
}

const isCode = (path: string): boolean => /\.(ts|js|mjs|cjs)$/.test(path);
const isLib = (path: string): boolean => path.startsWith('lib/') && path.endsWith('.ts');
const isPureStage = (path: string): boolean =>
  /^lib\/(base|model|resources|world|view|ir|compile|envoy|snapshot|delivery)\//.test(path) && isCode(path);
const isThisFile = (path: string): boolean => path === 'test/arch/tidy-rules.ts';

const joined = (...parts: readonly string[]): string => parts.join(''); // a sample must not be a finding in this file

export const tidyRules: readonly TidyRule[] = [
  {
    name: 'lib takes random values as arguments',
    appliesTo: isLib,
    objections: linesWith(/\bMath\.random\b/),
    samples: [{ path: 'lib/adapters/a.ts', text: 'export const jitter = () => Math.random();\n' }],
  },
  {
    name: 'no path of a machine',
    appliesTo: (path) => path !== 'LICENSE',
    objections: linesWith(machinePaths()),
    samples: [
      { path: 'docs/a.md', text: `see ${homedir()}/notes.txt\n` },
      { path: 'tools/a.ts', text: `const root = '${repositoryRoot}lib';\n` },
      { path: 'README.md', text: joined('cd /Us', 'ers/someone/src\n') },
    ],
  },
  {
    name: 'no host of a package registry',
    appliesTo: () => true,
    objections: linesWith(
      /\b(registry\.npmjs|pypi|pythonhosted|repo1?\.maven|proxy\.golang|crates)\.(org|io|apache)\b/,
    ),
    samples: [
      { path: 'package-lock.json', text: joined('"resolved": "https://registry.npm', 'js.org/a/-/a-1.0.0.tgz"\n') },
      { path: 'tools/a.ts', text: joined("const index = 'https://py", "pi.org/simple';\n") },
    ],
  },
  {
    name: 'what is left to do names an issue or a decision',
    appliesTo: isCode, // the pattern spells its words with escapes, for this file is code as well
    objections: linesWith(/\b(TO\x44O|FIX\x4dE)\b(?!\s*\(?(#\d+|docs\/decisions\/\d{4}))/),
    samples: [
      { path: 'lib/base/a.ts', text: joined('// TO', 'DO: later\n') },
      { path: 'test/unit/a.test.ts', text: joined('// FIX', 'ME\n') },
    ],
  },
  {
    name: 'comments point at names, not at line numbers',
    appliesTo: isCode,
    objections: linesWith(/(\/\/|^\s*\*).*\b[\w-]+\.(go|ts|cc|h|proto|md):\d+/),
    samples: [{ path: 'lib/base/a.ts', text: joined('// see route.', 'go:120\n') }],
  },
  {
    name: 'a pure stage keeps nothing between two calls',
    appliesTo: isPureStage,
    objections: moduleState,
    samples: [
      { path: 'lib/view/a.ts', text: 'let calls = 0;\nexport const next = () => ++calls;\n' },
      { path: 'lib/view/a.ts', text: 'const seen = new Map<string, number>();\nexport const count = seen;\n' },
      { path: 'lib/view/a.ts', text: 'const memo = new WeakMap<object, string>();\nexport const m = memo;\n' },
      { path: 'lib/view/a.ts', text: 'export const names: string[] = [];\n' },
      { path: 'lib/view/a.ts', text: 'export const kinds = new Set(["a"]);\n' },
      { path: 'lib/view/a.ts', text: 'const cache: Record<string, string> = {};\nexport const c = cache;\n' },
    ],
  },
  {
    name: 'the decisions carry no spelling',
    appliesTo: (path) => path.startsWith('lib/ir/'),
    objections: linesWith(/@type\b|\btyped_?config\b|\bexportTo\b|type\.googleapis/i),
    samples: [{ path: 'lib/ir/a.ts', text: 'export interface A { readonly typedConfig: object }\n' }],
  },
  {
    name: 'names of files say what is in them, in kebab-case',
    appliesTo: (path) => /^(lib|functions|test|tools)\//.test(path) && path.endsWith('.ts'),
    objections: ({ path }) => {
      const name = basename(path).replace(/(\.test|\.contract)?\.ts$/, '');
      if (/^(index|utils?|helpers?|types?|manager|common|misc)$/.test(name)) return [`${name} says nothing`];
      return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) ? [] : [`${name} is not in kebab-case`];
    },
    samples: [
      { path: 'lib/base/utils.ts', text: '' },
      { path: 'lib/base/hostName.ts', text: '' },
    ],
  },
  {
    name: 'a test file stands in a suite that is run',
    appliesTo: (path) => path.endsWith('.test.ts'),
    objections: ({ path }) => {
      const [top, suite = ''] = path.split('/');
      return top === 'test' && isSuite(suite) ? [] : [`npm test runs no suite ${dirname(path)}`];
    },
    samples: [
      { path: 'test/stray/a.test.ts', text: '' },
      { path: 'lib/base/a.test.ts', text: '' },
    ],
  },
  {
    name: 'a test file asserts something',
    appliesTo: (path) => path.endsWith('.test.ts'),
    objections: ({ text }) =>
      /\b(assert|fc|expectTypeOf|check\w+|test[A-Z]\w+|\w+Contract)\b|@ts-expect-error/.test(text)
        ? []
        : ['no assertion'],
    samples: [{ path: 'test/unit/a.test.ts', text: "test('runs', () => void run());\n" }],
  },
  {
    name: 'no test is switched off or run alone',
    appliesTo: (path) => path.startsWith('test/') && isCode(path) && !isThisFile(path),
    objections: linesWith(/\b(test|it|describe|suite)\.(only|skip|todo)\b|\b(only|skip): true\b/),
    samples: [
      { path: 'test/unit/a.test.ts', text: joined('test.on', "ly('a', () => assert.ok(true));\n") },
      { path: 'test/unit/a.test.ts', text: "test('a', { skip: true }, () => assert.ok(true));\n" },
    ],
  },
  {
    name: 'a test waits for an event or asks again, it does not sleep',
    appliesTo: (path) => /^test\/(unit|golden|traffic|property|types|arch)\//.test(path) && !isThisFile(path),
    objections: linesWith(/\bsetTimeout\(|timers\/promises/),
    samples: [{ path: 'test/unit/a.test.ts', text: 'await new Promise((done) => setTimeout(done, 100));\n' }],
  },
];

function linesWith(pattern: RegExp): TidyRule['objections'] {
  return ({ text }) =>
    text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`line ${index + 1}: ${line.trim()}`] : []));
}

/** Home directories, and wherever this clone lies; `/tmp` and `/var` are everywhere and may be named. */
function machinePaths(): RegExp {
  const here = dirname(repositoryRoot);
  const isTelling = !/^\/(tmp|var|usr|srv|opt|home)?(\/[^/]*)?$/.test(here);
  const places = [
    '/Users/[a-z]',
    '/home/[a-z]+/[.a-z]',
    `${escaped(homedir())}/`,
    ...(isTelling ? [`${escaped(here)}/`] : []),
  ];
  return new RegExp(`(^|[\\s'"\`(=:])(file://)?(${[...places, `${escaped(repositoryRoot)}`].join('|')})`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
