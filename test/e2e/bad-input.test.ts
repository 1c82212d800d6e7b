import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { localConfigApi } from '../../lib/control/config/config-api.ts';
import { documents, virtualService } from '../support/apply.ts';
import { testPorts } from '../support/config-store.ts';
import { runCli } from '../support/run-cli.ts';
import { serveApp, type ServedApp } from '../support/serve-app.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';

/** What the service has while the inputs are tried; none of them may change it. */
const stored = virtualService('stored');

/** Valid, and not carried out yet. */
const notYet = [
  'apiVersion: pilotless.dev/v1',
  'kind: Mesh',
  'metadata: {name: default}',
  "spec: {meshConfig: {configSources: [{address: 'fs:///etc/mesh'}]}}",
].join('\n');

const files = {
  'good.yaml': virtualService('good'),
  'twin.yaml': documents(virtualService('other'), virtualService('good')),
  'later.yaml': documents(virtualService('other'), notYet),
  'wrong.yaml': documents(
    virtualService('a').replace('destination:', 'destinaton:'),
    '# a comment alone is no document',
    `${virtualService('b')}\n  exportTo: [7]`,
    'kind: Service\nmetadata: {name: half}\nspec: {ports: [80',
  ),
  'syntax.yaml': 'kind: VirtualService\nmetadata: {name: x, namespace: shop}\nspec:\n  hosts: "a.com\n',
  'twice.yaml': 'kind: VirtualService\nmetadata: {name: x}\nspec: {}\nspec: {}\n',
  'kind.yaml': 'apiVersion: networking.istio.io/v1\nkind: VirtualServise\nmetadata: {name: x}\nspec: {}',
  'text.yaml': 'just a text',
  'empty.yaml': '',
  'comments.yaml': '# nothing\n---\n# at all\n',
  'latin.yaml': new Uint8Array([0x23, 0xe9, 0x0a]),
  'node.json': '{"id": "a"',
  'nothing/README': 'no document',
};

/** What someone types, and what must be said about it: whole lines of standard error. `@` stands for the files' directory. */
const refused: readonly (readonly [args: string, code: number, ...lines: readonly string[]])[] = [
  [
    'apply -f @/wrong.yaml',
    1,
    '@/wrong.yaml:1: VirtualService/default/a: spec.http[0].route[0].destinaton: unknown field "destinaton"; did you mean destination?',
    '@/wrong.yaml:1: VirtualService/default/a: spec.http[0].route[0]: destination is required',
    '@/wrong.yaml:2: VirtualService/default/b: spec.exportTo[0]: expected a text (put it in quotes), not the number 7',
    '@/wrong.yaml:3: Service/half: line 20: this is no valid YAML, here or just above: Flow sequence in block collection must be sufficiently indented and end with a ]',
    'error: nothing was applied: 4 errors',
  ],
  [
    'apply -f @/good.yaml @/twin.yaml',
    1,
    '@/twin.yaml:2: VirtualService/default/good: is the same object as @/good.yaml:1; keep one of them',
    'error: nothing was applied: 1 error',
  ],
  [
    'apply -f @/later.yaml',
    1,
    '@/later.yaml:2: Mesh/default: spec.meshConfig.configSources: further sources of documents is not supported yet; remove it',
    'error: nothing was applied: 1 error',
  ],
  [
    'apply -f @/syntax.yaml',
    1,
    '@/syntax.yaml:1: VirtualService/shop/x: line 5: this is no valid YAML, here or just above: Missing closing "quote',
    'error: nothing was applied: 1 error',
  ],
  [
    'apply -f @/twice.yaml',
    1,
    '@/twice.yaml:1: VirtualService/x: line 4: the key "spec" is there twice; keep one',
    'error: nothing was applied: 1 error',
  ],
  [
    'apply -f @/text.yaml',
    1,
    '@/text.yaml:1: a document is an object with apiVersion, kind and metadata',
    'error: nothing was applied: 1 error',
  ],
  ['apply -f @/empty.yaml', 1, 'error: there is no document in "@/empty.yaml"'],
  ['validate -f @/comments.yaml', 1, 'error: there is no document in "@/comments.yaml"'],
  ['apply -f -', 1, 'error: there is no document in standard input'],
  ['apply -f @/latin.yaml', 1, 'error: the file "@/latin.yaml" is not UTF-8 text'],
  ['apply -f @/gone.yaml', 1, 'error: the path "@/gone.yaml" does not exist'],
  [
    'apply -f @/nothing',
    1,
    'error: the directory "@/nothing" has no .yaml, .yml or .json file; -R looks into the directories below it too',
  ],
  ['apply -f @/good.yaml --expect-revision 7', 1, 'error: expected revision 7, but the newest is 1'],
  ['apply', 2, "error: required option '-f, --filename <path...>' not specified"],
  ['apply -f @/good.yaml --force', 2, "error: unknown option '--force'"],
  ['aply -f @/good.yaml', 2, "error: unknown command 'aply'", '(Did you mean apply?)'],
  [
    'history -o xml',
    2,
    "error: option '-o, --output <format>' argument 'xml' is invalid. Allowed choices are table, json, yaml.",
  ],
  ['rollback 9', 1, 'error: there is no revision 9; the newest is 1'],
  ['diff --to 9 --from 1', 1, 'error: there is no revision 9; the newest is 1'],
  ['get vs nobody', 1, 'error: virtualservices.networking.istio.io "nobody" not found'],
  [
    'render -f @/good.yaml --node @/node.json',
    1,
    "error: the file \"@/node.json\" is no JSON: Expected ',' or '}' after property value in JSON at position 10 (line 1 column 11)",
  ],
  ['render -f @/good.yaml --node @/nothing', 1, 'error: the path "@/nothing" is a directory; a file is needed here'],
  ['validate --cases @/gone.jsonl', 1, 'error: the path "@/gone.jsonl" does not exist'],
  ['get vs --server nonsense', 2, 'error: --server nonsense is no URL'],
];

let served: ServedApp;
let dir: TempDir;

before(async () => {
  served = await serveApp(localConfigApi(testPorts()));
  dir = tempDir(files);
  assert.equal((await runCli(['apply', '-f', '-'], { url: served.url, input: stored })).code, 0);
});
after(async () => {
  dir.remove();
  await served.close();
});

const run = (words: string, input = '') =>
  runCli(
    words.split(' ').map((word) => word.replace('@', dir.path)),
    { url: served.url, input },
  );

for (const [words, code, ...lines] of refused) {
  test(`${words} is refused with the place and the remedy`, async () => {
    const done = await run(words);
    const said = done.stderr.replaceAll(dir.path, '@').split('\n').slice(0, -1);
    assert.deepEqual(
      said.filter((line) => line !== '(pilotless --help lists the verbs)'),
      lines,
    );
    assert.deepEqual([done.code, done.stdout], [code, '']);
  });
}

test('an unknown kind is named with what it may have been meant', async () => {
  const { code, stderr } = await run('apply -f @/kind.yaml');
  assert.equal(code, 1);
  assert.match(stderr, /kind\.yaml:1: VirtualServise\/default\/x: kind: unknown kind .* did you mean VirtualService\?/);
});

test('a service that cannot be reached is a case of its own, with the address and a question', async () => {
  const done = await runCli(['apply', '-f', '-'], { url: 'http://127.0.0.1:9', input: stored });
  assert.equal(done.code, 3);
  assert.match(done.stderr, /^error: http:\/\/127\.0\.0\.1:9 could not be reached: .*; is the service running\?\n$/);
});

for (const name of ['wrong.yaml', 'later.yaml', 'twice.yaml']) {
  test(`validate says of ${name} what apply says, without a service`, async () => {
    const [applied, validated] = [await run(`apply -f @/${name}`), await run(`validate -f @/${name}`)];
    const said = applied.stderr.split('\n').filter((line) => line.startsWith(dir.path));
    assert.deepEqual(validated.stdout.split('\n').slice(0, -1), said);
    assert.ok(said.length > 0);
    assert.equal(validated.code, 1);
  });
}

test('nothing of all that changed anything', async () => {
  assert.match((await run('history')).stdout, /^REVISION.*\n1 .*\n$/);
});
