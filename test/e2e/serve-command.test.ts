import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { startGuarded } from '../../tools/support/guarded-process.ts';
import { repositoryRoot } from '../../tools/support/repository.ts';
import { runProgram } from '../../tools/support/run-program.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { serviceEntry } from '../support/delivery.ts';
import { apply, poll } from '../support/local-mesh.ts';
import { tempDir } from '../support/temp-dir.ts';

const cli = join(repositoryRoot, 'bin/pilotless.mjs');
const running = new Set<ChildProcess>();

interface Served {
  readonly url: string;
  /** Asks it to end and answers its exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `pilotless serve` and waits for its `ready` line. */
async function serve(...args: readonly string[]): Promise<Served> {
  const child = spawn(process.execPath, [cli, 'serve', '--port', '0', '--log-level', 'error', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null);
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', resolve);
    void ended.then((code) => reject(new Error(`serve ended with ${code}`)));
  });
  const [, url] = /^ready (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(line) ?? [];
  assert.ok(url, line);
  return {
    url,
    end: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}

const pilotless = (...args: readonly string[]) => runProgram(process.execPath, [cli, ...args]);

describe('pilotless serve', () => {
  const directory = tempDir();
  after(() => {
    for (const child of running) child.kill('SIGKILL');
    directory.remove();
  });

  test('a second process on the same data is refused in one line', async () => {
    const first = await serve('--data', directory.path);
    const second = await pilotless('serve', '--port', '0', '--data', directory.path);
    assert.equal(second.code, 1);
    assert.match(second.output, /^error: data directory .* is in use by process \d+; .*\n$/);
    assert.equal(await first.end(), 0);
  });

  test('a port that is taken is refused in one line', async () => {
    const first = await serve('--in-memory');
    const second = await pilotless('serve', '--in-memory', '--port', new URL(first.url).port);
    assert.equal(second.code, 1);
    assert.match(second.output, /^error: port \d+ on 127\.0\.0\.1 is in use; .*\n$/);
    assert.equal(await first.end('SIGINT'), 0);
  });

  test('a watch that is open ends with the service instead of holding it up', async () => {
    const served = await serve('--in-memory');
    const watch = await fetch(`${served.url}/apis/networking.istio.io/v1/virtualservices?watch=true`, {
      signal: AbortSignal.timeout(10_000),
    });
    const begun = performance.now();
    const [code, events] = await Promise.all([served.end(), watch.text()]);
    assert.deepEqual([code, events], [0, '']);
    assert.ok(performance.now() - begun < 5_000, 'it waited until the watch was cut');
  });

  test('IDN-2: another address than loopback is refused while proxies prove nothing', async () => {
    const refused = await pilotless('serve', '--in-memory', '--port', '0', '--host', '0.0.0.0');
    assert.equal(refused.code, 1);
    assert.match(refused.output, /loopback/);
  });

  test('data that is damaged or no directory is refused in one line', async () => {
    const { path, remove } = tempDir({ file: 'x' });
    writeFileSync(join(path, 'store.db'), 'this is no database, and long enough to be told from one '.repeat(40));
    for (const data of [path, join(path, 'file')]) {
      const refused = await pilotless('serve', '--port', '0', '--data', data);
      assert.equal(refused.code, 1, refused.output);
      assert.equal(refused.output.trimEnd().split('\n').length, 1, refused.output);
    }
    remove();
  });

  test('a database whose pages are damaged is refused in one line before anything is served', async () => {
    const { path, remove } = tempDir();
    const whole = await serve('--data', path);
    await apply(whole.url, serviceEntry('reviews.default.svc.cluster.local', '10.0.0.1'));
    assert.equal(await whole.end(), 0);
    const file = join(path, 'store.db');
    const bytes = readFileSync(file);
    // The first page says what the file is; what was stored comes behind it.
    for (let at = 4_096; at < bytes.length; at += 97) bytes.writeUInt8(bytes.readUInt8(at) ^ 0x5a, at);
    writeFileSync(file, bytes);
    const { code, output } = await pilotless('serve', '--port', '0', '--data', path);
    assert.equal(code, 1);
    assert.match(output, /^error: data directory .* is damaged \(.*\); restore it from a backup, or choose .*\n$/);
    remove();
  });

  test('the log has one line of JSON per apply, build, publish and first poll', async () => {
    const child = startGuarded({ program: process.execPath, args: [cli, 'serve', '--port', '0', '--in-memory'] });
    const has = (what: RegExp) =>
      waitUntil(() => what.test(child.output()), { what: String(what), timeoutMs: 20_000, detail: child.output });
    await has(/^ready /m);
    const [, url = ''] = /^ready (\S+)$/m.exec(child.output()) ?? [];
    await apply(url, serviceEntry('reviews.default.svc.cluster.local', '10.0.0.1'));
    assert.equal((await poll(url)).status, 200);
    await has(/"event":"first-poll"/);
    await child.stop();
    const lines = child
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    const events = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    const one = (event: string) => events.findLast((line) => line['event'] === event) ?? assert.fail(event);
    const members = (event: string, ...names: string[]) => names.map((name) => [name, typeof one(event)[name]]);
    assert.deepEqual([one('apply')['revision'], one('apply')['created'], one('build')['revision']], [1, 1, 1]);
    assert.equal(one('publish')['view'], one('first-poll')['view']);
    for (const event of ['apply', 'build', 'publish', 'first-poll']) {
      assert.deepEqual(members(event, 'time', 'level', 'ms'), [
        ['time', 'string'],
        ['level', 'string'],
        ['ms', 'number'],
      ]);
    }
    assert.deepEqual(
      members('publish', 'clusters', 'listeners', 'endpoints', 'routes').map(([, type]) => type),
      Array(4).fill('number'),
    );
  });

  test('STO-5: a kill loses nothing that was acknowledged', async () => {
    const { path, remove } = tempDir();
    const before = await serve('--data', path);
    await apply(before.url, serviceEntry('reviews.default.svc.cluster.local', '10.0.0.1'));
    await before.end('SIGKILL');
    const again = await serve('--data', path);
    const { resources } = (await (await poll(again.url)).json()) as { resources: { name: string }[] };
    assert.ok(resources.some(({ name }) => name === 'outbound|80||reviews.default.svc.cluster.local'));
    assert.equal(await again.end(), 0);
    assert.equal((await pilotless('proxy-status', '--server', again.url)).code, 3);
    remove();
  });
});

describe('pilotless bootstrap', () => {
  test('it prints a bootstrap for the server and says on the side what it costs', async () => {
    const args = ['bootstrap', '--id', 'web-1', '-n', 'shop', '--server', 'http://127.0.0.1:9', '--ip', '10.0.0.1'];
    const { code, output } = await pilotless(...args, '--label', 'app=web', '--label', 'version=v1');
    assert.equal(code, 0);
    assert.match(output, /"id": "sidecar~10\.0\.0\.1~web-1\.shop~shop\.svc\.cluster\.local"/);
    assert.match(output, /"app": "web",\s+"version": "v1"/);
    assert.match(output, /polls every 5 to 10 s in 2 loops/);
  });

  test('DLV-11: a refresh under one second is a mistake of usage', async () => {
    const { code, output } = await pilotless('bootstrap', '--id', 'x', '--refresh', '900ms');
    assert.equal(code, 2);
    assert.match(output, /at least 1s/);
  });
});
