import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { documents, virtualService } from '../support/apply.ts';
import { runCli } from '../support/run-cli.ts';
import { tempDir } from '../support/temp-dir.ts';

const proxy = { id: 'app', type: 'sidecar', namespace: 'default', ips: ['10.0.0.1'] };
const files = (parts: object): Record<string, string> => ({
  'case.json': JSON.stringify({ name: 'small', configs: virtualService('a'), proxy, ...parts }),
});

test('bench build --json prints one line with the time of every stage', async (t) => {
  const dir = tempDir(files({}));
  t.after(dir.remove);
  const file = join(dir.path, 'case.json');
  const { code, stdout, stderr } = await runCli(['bench', 'build', '--case', file, '--iterations', '2', '--json']);
  assert.deepEqual([code, stderr, stdout.trim().split('\n').length], [0, '', 1]);
  const result = JSON.parse(stdout) as Record<'ns' | 'bytes' | 'resources', Record<string, number>> & {
    readonly case: string;
    readonly heapBytes: number;
  };
  assert.deepEqual(Object.keys(result), ['case', 'ns', 'bytes', 'resources', 'heapBytes']);
  assert.equal(result.case, 'small');
  for (const time of Object.values(result.ns)) assert.ok(time > 0);
  assert.ok((result.resources['listeners'] ?? 0) > 0);
});

test('bench build says what it left out, and prints a table for people', async (t) => {
  const dir = tempDir(
    files({ configs: documents(virtualService('a'), 'apiVersion: x.io/v1\nkind: Y\nmetadata: {name: y}') }),
  );
  t.after(dir.remove);
  const { code, stdout, stderr } = await runCli(['bench', 'build', '--case', join(dir.path, 'case.json')]);
  assert.equal(code, 0);
  assert.match(stderr, /^left out: configs 2: Y\/default\/y: kind: unknown kind/);
  assert.match(stdout, /^STAGE +MS +RESOURCES +KB\nworld +\d/);
});

test('bench build refuses a case without a proxy and a file that is none', async (t) => {
  const dir = tempDir({ ...files({ proxy: undefined }), 'no.json': '{' });
  t.after(dir.remove);
  for (const name of ['case.json', 'no.json', 'missing.json']) {
    const { code, stderr } = await runCli(['bench', 'build', '--case', join(dir.path, name)]);
    assert.equal(code, 1, name);
    assert.match(stderr, /^error: /);
  }
  assert.equal((await runCli(['bench', 'build'])).code, 2);
  assert.equal((await runCli(['bench', 'build', '--case', 'x', '--iterations', '0'])).code, 2);
});
