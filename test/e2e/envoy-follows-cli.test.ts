import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { freePort } from '../../tools/support/free-port.ts';
import { type RunningEnvoy, startEnvoy } from '../../tools/support/start-envoy.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { type Backend, backends, type TestService } from '../support/backends.ts';
import { serviceEntry } from '../support/delivery.ts';
import { backend, bootstrapFor, callAs, type TinyServer } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';
import { type CliRun, runCli } from '../support/run-cli.ts';
import { twoVersions } from '../support/two-versions.ts';

for (const where of backends) {
  const needs = await need('envoy', ...where.programs);
  describe(`what the command line says reaches an Envoy, on ${where.name}`, needs, () => followsCli(where));
}

const PATIENCE_MS = 20_000;

function followsCli({ start }: Backend): void {
  let service: TestService;
  let envoy: RunningEnvoy;
  let versions: readonly [TinyServer, TinyServer];
  let port: number;

  const cli = (args: readonly string[], input = ''): Promise<CliRun> => runCli(args, { url: service.url, input });
  const shifted = (weightOfV2: number): string =>
    twoVersions({ port, v1: versions[0].port, v2: versions[1].port, weightOfV2 });
  const call = async (): Promise<string> => (await callAs('reviews.default.svc.cluster.local', port)).body;
  const answeredBy = (expected: string): Promise<void> =>
    waitUntil(async () => (await call()) === expected, { what: `answers of ${expected}`, timeoutMs: PATIENCE_MS });
  /** Waits until `proxy-status` shows this in the row of the proxy. */
  const shows = async (expected: RegExp): Promise<void> => {
    let seen = '';
    const isShown = async (): Promise<boolean> => {
      seen = (await cli(['proxy-status'])).stdout;
      return expected.test(seen);
    };
    await waitUntil(isShown, { what: String(expected), timeoutMs: PATIENCE_MS, detail: () => seen });
  };

  before(async () => {
    versions = [await backend('v1'), await backend('v2')];
    port = await freePort();
    service = await start();
    const applied = await cli(['apply', '-f', '-'], shifted(0));
    assert.equal(applied.code, 0, applied.stderr);
    envoy = await startEnvoy({ bootstrap: bootstrapFor(service.url) });
    await envoy.ready(PATIENCE_MS);
  });
  after(async () => {
    await envoy?.stop();
    await service?.stop();
    await Promise.all(versions.map((server) => server.stop()));
  });

  test('a canary: both versions answer while the weight is split, and none of the requests fails', async () => {
    const diff = await cli(['diff', '-f', '-'], shifted(50));
    assert.match(diff.stdout, /^-.*weight: 100$/m);
    assert.equal((await cli(['apply', '-f', '-', '-m', 'half'], shifted(50))).code, 0);
    const seen = new Set<string>();
    const sawBoth = async (): Promise<boolean> => {
      seen.add(await call());
      return seen.has('v2');
    };
    await waitUntil(sawBoth, { what: 'answers of v2', timeoutMs: PATIENCE_MS });
    for (let request = 0; request < 100; request += 1) seen.add(await call());
    assert.deepEqual([...seen].sort(), ['v1', 'v2']);
  });

  test('proxy-status tells when the proxy has the newest revision', async () => {
    assert.match((await cli(['apply', '-f', '-', '-m', 'all'], shifted(100))).stdout, /revision 3\n$/);
    await answeredBy('v2');
    await shows(/^client\.default +SYNCED +SYNCED +SYNCED +SYNCED +NOT_SENT +NOT_SENT +3 /m);
  });

  test('a document that is refused changes neither the history nor the traffic', async () => {
    const refused = await cli(['apply', '-f', '-'], shifted(100).replace('weight: 100', 'weight: many'));
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /VirtualService\/default\/reviews: spec\.http\[0\]/);
    const { revisions } = JSON.parse((await cli(['history', '-o', 'json'])).stdout) as {
      revisions: { revision: number; message?: string }[];
    };
    assert.deepEqual(
      revisions.map(({ revision, message = '' }) => [revision, message]),
      [
        [3, 'all'],
        [2, 'half'],
        [1, ''],
      ],
    );
    assert.equal(await call(), 'v2');
  });

  test('a rollback brings the traffic back', async () => {
    const rolledBack = await cli(['rollback', '1']);
    assert.match(rolledBack.stdout, /revision 4\n$/);
    await answeredBy('v1');
    await shows(/^client\.default +SYNCED +SYNCED +SYNCED +SYNCED +NOT_SENT +NOT_SENT +4 /m);
  });

  test('PS-2: what the proxy does not take is shown as rejected, and as synced once it is taken back', async () => {
    // The sidecar would have to listen where another server does.
    const taken = serviceEntry('taken.default.svc.cluster.local', '10.0.0.1').replace(
      'number: 80,',
      `number: ${versions[0].port},`,
    );
    assert.equal((await cli(['apply', '-f', '-'], taken)).code, 0);
    await shows(/^client\.default +SYNCED +REJECTED /m);
    assert.equal(await call(), 'v1');
    assert.equal((await cli(['delete', 'serviceentry', 'taken'])).code, 0);
    await shows(/^client\.default +SYNCED +SYNCED /m);
    assert.equal(await call(), 'v1');
  });
}
