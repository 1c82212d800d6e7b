import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startLocal } from '../../functions/local.ts';
import { runCli } from '../support/run-cli.ts';

test('IDN-2: serve refuses every address but loopback as long as nobody has to prove anything, and says what to do', async () => {
  for (const host of ['0.0.0.0', '::', '192.0.2.1', 'example.com']) {
    const { code, stderr } = await runCli(['serve', '--in-memory', '--port', '0', '--host', host]);
    assert.equal(code, 1);
    assert.match(stderr, /is no loopback address; without --access/);
  }
  const wrong = await runCli([
    'serve',
    '--in-memory',
    '--port',
    '0',
    '--access',
    '{"tokens":[{"name":"a","sha256":"b"}]}',
  ]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /tokens\.0\.sha256: must be the SHA-256/);
});

test('IDN-2: that nobody has to prove anything is said in the log, and to whoever shows the service', async () => {
  const log: string[] = [];
  const logTo = { write: (line: string) => void log.push(line) };
  const local = await startLocal({ host: '127.0.0.1', port: 0, version: 'test', logLevel: 'info', logTo });
  try {
    const about = (await (await fetch(`${local.url}/v1/service`)).json()) as { identity: string };
    assert.equal(about.identity, 'none');
    assert.ok(log.some((line) => line.includes('"identity-off"')));
  } finally {
    await local.stop();
  }
});
