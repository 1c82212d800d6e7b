import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verbs } from '../../lib/cli/verbs.ts';
import { runCli } from '../support/run-cli.ts';

test('help lists the verbs, and says of one verb the same in both ways', async () => {
  const { code, stdout } = await runCli(['--help']);
  assert.equal(code, 0);
  for (const { name } of verbs) assert.match(stdout, new RegExp(`^  ${name} `, 'm'));
  const [one, other] = await Promise.all([runCli(['help', 'get']), runCli(['get', '--help'])]);
  assert.match(one.stdout, /--all-namespaces/);
  assert.deepEqual(one, other);
});

test('a version is printed, and an unknown verb is a mistake in usage', async () => {
  const { code, stdout } = await runCli(['--version']);
  assert.equal(code, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  assert.equal((await runCli(['gett'])).code, 2);
});
