import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { startGuarded } from '../../tools/support/guarded-process.ts';
import { repositoryRoot } from '../../tools/support/repository.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { documents, virtualService } from '../support/apply.ts';
import { type Backend, backends } from '../support/backends.ts';
import { tinyServer } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';
import { runCli } from '../support/run-cli.ts';
import { tempDir } from '../support/temp-dir.ts';

for (const backend of backends) {
  const needs = await need(...backend.programs);
  describe(`the command line and a service on ${backend.name}`, needs, () => objectVerbs(backend));
}

const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: reviews}\nspec: {ports: [{port: 80, name: http}]}';

function objectVerbs({ start }: Backend): void {
  /** A service of its own, and files for the command line to read. */
  async function setUp(t: TestContext, files: Readonly<Record<string, string>>) {
    const served = await start();
    const dir = tempDir(files);
    t.after(async () => {
      dir.remove();
      await served.stop();
    });
    const run = (args: readonly string[], input = '') => runCli(args, { url: served.url, input });
    /** Starts a verb that goes on until the test ends; answers what it has printed so far. */
    const follow = (...args: readonly string[]) => {
      const { output, stop } = startGuarded({
        ...{ program: process.execPath, args: [join(repositoryRoot, 'bin/pilotless.mjs'), ...args] },
        env: { PILOTLESS_URL: served.url, NO_COLOR: '1' },
      });
      t.after(stop);
      return output;
    };
    return { run, follow, path: (name: string) => join(dir.path, name) };
  }

  test('apply, get, diff, history, rollback and delete do what their names say', async (t) => {
    const { run, path } = await setUp(t, {
      'mesh/a.yaml': documents(virtualService('reviews'), service),
      'changed.yaml': virtualService('reviews', { host: 'ratings' }),
    });
    const applied = await run(['apply', '-f', path('mesh')]);
    assert.deepEqual(applied, {
      code: 0,
      stdout: 'virtualservice.networking.istio.io/reviews created\nservice/reviews created\nrevision 1\n',
      stderr: '',
    });

    const listed = await run(['get', 'vs,svc', '-o', 'json']);
    const { items } = JSON.parse(listed.stdout) as { items: { kind: string; metadata: { resourceVersion: string } }[] };
    assert.deepEqual(
      items.map(({ kind, metadata }) => [kind, metadata.resourceVersion]),
      [
        ['VirtualService', '1'],
        ['Service', '1'],
      ],
    );
    assert.match(
      (await run(['get', 'vs'])).stdout,
      /^NAME +STATUS +PROXIES +REVISION +AGE\nreviews +[A-Z]\w+ +0\/0 +1 +/,
    );

    const diff = await run(['diff', '-f', path('changed.yaml'), '--exit-code']);
    assert.equal(diff.code, 1);
    assert.match(diff.stdout, /^--- virtualservice\.networking\.istio\.io\/reviews in default \(configured\)\n/);
    assert.match(diff.stdout, /^- {4}- reviews\n\+ {4}- ratings$/m);

    assert.equal((await run(['apply', '-f', path('changed.yaml'), '-m', 'to ratings'])).code, 0);
    const history = (await run(['history'])).stdout.split('\n');
    assert.match(history[1] ?? '', /^2 .* anonymous +0 +1 +0 +2 +to ratings$/);
    assert.match((await run(['rollback', '1'])).stdout, /reviews configured\nrevision 3\n$/);
    assert.equal(
      (await run(['delete', 'vs', 'reviews'])).stdout,
      'virtualservice.networking.istio.io "reviews" deleted\n',
    );
    const gone = await run(['get', 'vs', 'reviews']);
    assert.deepEqual([gone.code, gone.stderr], [1, 'error: virtualservices.networking.istio.io "reviews" not found\n']);
  });

  test('an apply that is refused names every error under its own file, and exits with 1', async (t) => {
    const { run, path } = await setUp(t, {
      'good.yaml': documents(virtualService('a'), virtualService('b')),
      'bad.yaml': documents('kind: [', 'apiVersion: v1\nkind: Servise\nmetadata: {name: x}', virtualService('a')),
    });
    const refused = await run(['apply', '-f', path('good.yaml'), path('bad.yaml')]);
    assert.equal(refused.code, 1);
    const lines = refused.stderr.trim().split('\n');
    assert.equal(lines.length, 4);
    assert.match(lines[0]?.replace(path('bad.yaml'), 'bad.yaml') ?? '', /^bad\.yaml:1: line [12]: /);
    assert.ok(lines[1]?.startsWith(`${path('bad.yaml')}:2: Servise/default/x: kind: `), lines[1]);
    assert.ok(lines[2]?.startsWith(`${path('bad.yaml')}:3: VirtualService/default/a: `), lines[2]);
    assert.equal(lines[3], 'error: nothing was applied: 3 errors');
    assert.equal((await run(['history', '-o', 'json'])).stdout.trim(), '{\n  "revisions": []\n}');
  });

  test('apply reads standard input, dry runs, prunes and expects a revision', async (t) => {
    const { run } = await setUp(t, {});
    const labels = { app: 'shop' };
    const both = documents(virtualService('a', { labels }), virtualService('b', { labels }));
    assert.match((await run(['apply', '-f', '-', '--dry-run'], both)).stdout, /a created \(server dry run\)\n/);
    assert.equal((await run(['apply', '-f', '-', '--expect-revision', '0'], both)).code, 0);
    const late = await run(['apply', '-f', '-', '--expect-revision', '0'], virtualService('c'));
    assert.deepEqual([late.code, late.stderr], [1, 'error: expected revision 0, but the newest is 1\n']);
    const pruned = await run(['apply', '-f', '-', '--prune', 'app=shop'], virtualService('a', { labels }));
    assert.match(pruned.stdout, /a unchanged\n.*b pruned\nrevision 2\n/);
  });

  test('the way back at three in the morning: what changed, since when, and back to what it was', async (t) => {
    const { run } = await setUp(t, {});
    await run(['apply', '-f', '-', '-m', 'first'], documents(virtualService('reviews'), service));
    await run(['apply', '-f', '-', '-m', 'friday\t\u001b[31mevening'], virtualService('reviews', { host: 'ratings' }));

    const [head, ...rows] = (await run(['history'])).stdout.trimEnd().split('\n');
    assert.match(head ?? '', /^REVISION {3}TIME +WRITER +CREATED {3}CONFIGURED {3}PRUNED {3}OBJECTS {3}MESSAGE$/);
    assert.match(rows[0] ?? '', /^2 +2026-\S+Z +anonymous {3}0 +1 +0 +2 +friday {2}\[31mevening$/);
    assert.match(rows[1] ?? '', /^1 +2026-\S+Z +anonymous {3}2 +0 +0 +2 +first$/);
    const column = (head ?? '').indexOf('MESSAGE');
    for (const row of rows) assert.match(row.slice(column), /^(first|friday)/);

    const changed = '--- virtualservice.networking.istio.io/reviews in default (configured)';
    for (const args of [
      ['diff', '--to', '2'],
      ['diff', '--from', '1'],
      ['diff', '--from', '1', '--to', '2'],
    ]) {
      const { code, stdout } = await run(args);
      assert.equal(code, 0);
      assert.equal(stdout.split('\n')[0], changed);
      assert.match(stdout, /^- {4}- reviews\n\+ {4}- ratings$/m);
    }
    const same = await run(['diff', '-f', '-'], virtualService('reviews', { host: 'ratings' }));
    assert.deepEqual(same, { code: 0, stdout: '', stderr: 'No differences.\n' });

    const tried = await run(['rollback', '1', '--dry-run', '-o', 'json']);
    assert.deepEqual(JSON.parse(tried.stdout), {
      revision: 2,
      results: [
        {
          ...{ apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', namespace: 'default', name: 'reviews' },
          ...{ action: 'configured', warnings: [] },
        },
      ],
    });
    assert.match((await run(['rollback', '1'])).stdout, /reviews configured\nrevision 3\n$/);
    const again = await run(['rollback', '1']);
    assert.equal(again.stdout, 'revision 3\n');
    assert.equal(again.stderr, 'Nothing to change: revision 3 has what revision 1 had.\n');
  });

  test('history, diff, rollback and apply print the same as JSON and as YAML', async (t) => {
    const { run } = await setUp(t, {});
    await run(['apply', '-f', '-'], virtualService('a'));
    for (const args of [['history'], ['diff', '--to', '1'], ['rollback', '1'], ['apply', '--dry-run', '-f', '-']]) {
      const [json, yaml] = [await run([...args, '-o', 'json'], service), await run([...args, '-o', 'yaml'], service)];
      assert.deepEqual([json.code, yaml.code], [0, 0]);
      assert.deepEqual(parse(yaml.stdout), JSON.parse(json.stdout));
      assert.ok(Object.keys(JSON.parse(json.stdout) as object).length > 0);
    }
  });

  test('get -w goes on with what changes, as rows under one head or as objects', async (t) => {
    const { run, follow } = await setUp(t, {});
    assert.equal((await run(['apply', '-f', '-'], documents(virtualService('reviews'), service))).code, 0);
    const [rows, objects] = [follow('get', 'vs', '-w'), follow('get', 'vs', 'reviews', '-w', '-o', 'json')];
    // On AWS a client has what a watch tells when it ends, after 20 s.
    const says = (output: () => string, what: RegExp) =>
      waitUntil(() => what.test(output()), { what: String(what), timeoutMs: 90_000, detail: output });
    await Promise.all([says(rows, /^NAME +STATUS .*\nreviews .* 1 +\S+\n/), says(objects, /"resourceVersion": "1"/)]);

    assert.equal((await run(['apply', '-f', '-'], virtualService('reviews', { host: 'ratings' }))).code, 0);
    await Promise.all([says(rows, /^reviews .* 2 +\S+$/m), says(objects, /"host": "ratings"/)]);
    assert.equal((await run(['apply', '-f', '-'], virtualService('other'))).code, 0);
    assert.equal((await run(['delete', 'vs', 'reviews'])).code, 0);
    await Promise.all([says(rows, /^reviews .* 4 +\S+$/m), says(objects, /"resourceVersion": "4"/)]);
    assert.equal(rows().match(/^NAME/gm)?.length, 1);
    assert.match(rows(), /^other .* 3 +\S+$/m);
    assert.doesNotMatch(objects(), /"other"/);
  });

  test('get -w refuses an object that is not there, and several kinds at once', async (t) => {
    const { run } = await setUp(t, {});
    const [missing, several] = [await run(['get', 'vs', 'reviews', '-w']), await run(['get', 'vs,svc', '-w'])];
    assert.deepEqual([missing.code, several.code], [1, 2]);
    assert.match(missing.stderr, /"reviews" not found/);
  });
}

const usage: readonly (readonly [string, readonly string[], number])[] = [
  ['an unknown verb is a usage error', ['teleport'], 2],
  ['a missing argument is a usage error', ['get'], 2],
  ['an unknown kind is a usage error', ['get', 'teapots'], 2],
  ['an option without its value is a usage error', ['apply', '-f'], 2],
  ['help is no error', ['apply', '--help'], 0],
  ['a file that is not there is refused', ['apply', '-f', '/nowhere/x.yaml'], 1],
];
for (const [title, args, code] of usage) {
  test(title, async () => {
    assert.equal((await runCli(args)).code, code);
  });
}

test('a service that is not there is exit code 3 and one line that says which', async () => {
  const gone = await tinyServer((_request, response) => response.end());
  await gone.stop();
  const run = await runCli(['get', 'vs'], { url: gone.url });
  assert.equal(run.code, 3);
  assert.match(run.stderr, new RegExp(`^error: ${gone.url} could not be reached: .*; is the service running\\?\n$`));
});
