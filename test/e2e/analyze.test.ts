import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { documents } from '../support/apply.ts';
import { apply, poll, startService } from '../support/local-mesh.ts';
import { runCli } from '../support/run-cli.ts';
import { tempDir } from '../support/temp-dir.ts';

const service = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: shop }
spec: { hosts: [shop.test], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: DNS }`;

const routesTo = (host: string): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: shop }
spec: { hosts: [shop.test], http: [{ route: [{ destination: { host: ${host} } }] }] }`;

const unusedRule = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: chop }
spec: { host: chop.test }`;

const gateway = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge }
spec: { selector: { app: edge }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [shop.test] }] }`;

test('analyze -f reads files alone: three lines a finding, at its file, and 1 when one is an error', async (t) => {
  const dir = tempDir({
    'good.yaml': service,
    'routes.yaml': documents('# nothing', routesTo('chop.test'), unusedRule),
  });
  t.after(dir.remove);
  const file = join(dir.path, 'routes.yaml');
  const { code, stdout, stderr } = await runCli(['analyze', '-f', dir.path]);
  assert.equal(code, 1);
  const [error = '', warning = '', ...others] = stdout.split('\n\n');
  assert.deepEqual(error.split('\n').slice(0, 2), [
    `error DESTINATION_NOT_FOUND VirtualService/default/shop (${file}:1) spec.http[0].route[0].destination.host`,
    '  no service is called chop.test',
  ]);
  assert.match(error, /\n {2}-> correct the host or port/);
  assert.ok(
    warning.startsWith(`warning DESTINATION_RULE_WITHOUT_SERVICE DestinationRule/default/chop (${file}:2) spec.host\n`),
  );
  assert.deepEqual(others, []);
  assert.equal(stderr, '3 objects of files: 1 error, 1 warning, 0 info\n');
});

test('analyze: --fail-on and --suppress say what a script fails on', async () => {
  const input = documents(service, routesTo('shop.test'), unusedRule);
  const run = async (...more: readonly string[]) => (await runCli(['analyze', '-f', '-', ...more], { input })).code;
  assert.equal(await run(), 0, 'a warning alone is no failure');
  assert.equal(await run('--fail-on', 'warning'), 1);
  const code = 'DESTINATION_RULE_WITHOUT_SERVICE';
  assert.equal(await run('--fail-on', 'warning', '--suppress', code), 0);
  assert.equal(await run('--fail-on', 'warning', '--suppress', `${code}=DestinationRule/default/*`), 0);
  assert.equal(await run('--fail-on', 'warning', '--suppress', `${code}=DestinationRule/other/*`), 1);
  assert.equal(await run('--suppress', 'no code'), 2);
});

test('analyze -f: what an apply would refuse is a finding, and the rest is analyzed without it', async () => {
  const input = documents(service, routesTo('shop.test').replace('http: [{', 'http: [{}, {'), unusedRule);
  const { code, stdout } = await runCli(['analyze', '-f', '-', '-o', 'json'], { input });
  assert.equal(code, 1);
  const { objects, findings } = JSON.parse(stdout) as {
    objects: number;
    findings: { code: string; resource: string }[];
  };
  assert.equal(objects, 2);
  assert.deepEqual(
    findings.map(({ resource }) => resource),
    ['VirtualService/default/shop', 'DestinationRule/default/chop'],
  );
});

test('analyze asks the service, which knows the proxies as well', async (t) => {
  const local = await startService();
  t.after(() => local.stop());
  await apply(local.url, documents(service, routesTo('chop.test'), gateway));
  await poll(local.url);
  const { code, stdout, stderr } = await runCli(['analyze'], { url: local.url });
  assert.equal(code, 1);
  assert.match(stdout, /^error DESTINATION_NOT_FOUND VirtualService\/default\/shop spec\.http\[0\]/);
  assert.match(stdout, /\nwarning GATEWAY_WITHOUT_PROXIES Gateway\/default\/edge spec\.selector\n/);
  assert.match(stderr, /^3 objects of revision 1, beside 1 proxy: 1 error, /);
  assert.equal((await fetch(`${local.url}/v1/analysis`, { method: 'POST' })).status, 405);
});
