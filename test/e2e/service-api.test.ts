import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { type Backend, backends, type TestService } from '../support/backends.ts';
import { type DiscoveryAnswer, sentIn, serviceEntry } from '../support/delivery.ts';
import { apply, poll } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';
import { runCli } from '../support/run-cli.ts';

for (const backend of backends) {
  const needs = await need(...backend.programs);
  describe(`the service on ${backend.name}`, needs, () => serviceApi(backend));
}

const reviews = serviceEntry('reviews.default.svc.cluster.local', '10.0.0.1');
const ratings = serviceEntry('ratings.default.svc.cluster.local', '10.0.0.2');
const namesIn = ({ resources }: DiscoveryAnswer): readonly string[] => resources.map(({ name = '' }) => name);

function serviceApi({ start }: Backend): void {
  async function started(t: TestContext): Promise<TestService> {
    const service = await start();
    t.after(() => service.stop());
    return service;
  }

  test('STO-5: a restart finds what was applied, what was published and who polled', async (t) => {
    const service = await started(t);
    await apply(service.url, reviews);
    const { version_info } = await sentIn(await poll(service.url));
    assert.equal((await poll(service.url, version_info)).status, 304);

    await service.restart();
    assert.equal((await poll(service.url, version_info)).status, 304);
    const { stdout, code } = await runCli(['proxy-status'], { url: service.url });
    assert.equal(code, 0);
    assert.match(stdout, /^PROXY +CDS +LDS .*\nclient\.default +SYNCED +NOT_SENT /);
    const one = await runCli(['proxy-status', 'client.default', '-o', 'json'], { url: service.url });
    assert.equal((JSON.parse(one.stdout) as { snapshotRevision: number }).snapshotRevision, 1);
    const scope = await runCli(['scope', 'client.default', '--host', '*.cluster.local'], { url: service.url });
    assert.match(scope.stdout, /\nNAMESPACE +HOST .*\ndefault +reviews\.default\.svc\.cluster\.local +80\/HTTP +0 /);
    assert.equal((await runCli(['proxy-status', 'nobody.default'], { url: service.url })).code, 1);
  });

  test('BLD-1: a revision is built for the proxies that polled, without another poll', async (t) => {
    const { url } = await started(t);
    await apply(url, reviews);
    await sentIn(await poll(url));
    const revision = await apply(url, ratings);
    const isBuilt = async (): Promise<boolean> => {
      const proxy = await fetch(`${url}/v1/proxies/client.default`);
      return ((await proxy.json()) as { snapshotRevision: number }).snapshotRevision === revision;
    };
    await waitUntil(isBuilt, { what: `a head of revision ${revision}`, timeoutMs: 30_000 });
    assert.ok(namesIn(await sentIn(await poll(url))).includes('outbound|80||ratings.default.svc.cluster.local'));
  });

  test('STO-9: a Secret goes in, comes out masked, and is the same after a restart', async (t) => {
    const service = await started(t);
    const secret = (values: object) =>
      JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, stringData: values });
    const revision = await apply(service.url, secret({ password: 'marker' }));
    const shown = await (await fetch(`${service.url}/api/v1/namespaces/default/secrets/login`)).text();
    assert.match(shown, /"password":"W21hc2tlZF0="/);
    await service.restart();
    assert.equal(await apply(service.url, secret({ password: 'marker' })), revision);
    assert.equal(await apply(service.url, secret({ password: 'another' })), revision + 1);
  });

  test('an object goes in, is changed and comes out by its own address, as Kubernetes clients have it', async (t) => {
    const { url } = await started(t);
    const objects = `${url}/apis/networking.istio.io/v1/namespaces/default/serviceentries`;
    const spec = {
      hosts: ['a.example.com'],
      resolution: 'DNS',
      ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
    };
    const metadata = { name: 'a', labels: { team: 'x' } };
    const object = { apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', metadata, spec };
    assert.equal((await send(objects, 'POST', { ...object, spec: {} })).status, 422);
    assert.equal((await send(objects, 'POST', object)).status, 201);
    assert.equal((await send(objects, 'POST', object)).status, 409);
    const patched = await fetch(`${objects}/a`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/merge-patch+json' },
      body: JSON.stringify({ metadata: { annotations: { note: 'größer' } } }),
    });
    assert.equal(patched.status, 200, await patched.clone().text());
    const listed = await fetch(`${objects}?labelSelector=team%20in%20(x,y)&limit=1`);
    const { items } = (await listed.json()) as { items: { metadata: { name: string; annotations?: object } }[] };
    assert.deepEqual(
      items.map(({ metadata }) => [metadata.name, metadata.annotations]),
      [['a', { note: 'größer' }]],
    );
    assert.equal((await fetch(`${objects}/a`, { method: 'DELETE' })).status, 200);
    assert.equal((await fetch(`${objects}/a`)).status, 404);
  });

  test('it tells that it is alive and ready, and what it counted', async (t) => {
    const { url } = await started(t);
    for (const path of ['/healthz', '/readyz']) assert.equal((await fetch(url + path)).status, 200, path);
    const metrics = await fetch(`${url}/metrics`);
    assert.match(metrics.headers.get('content-type') ?? '', /^text\/plain/);
    assert.match(await metrics.text(), /^# TYPE pilotless_/m);
    const schema = (await (await fetch(`${url}/openapi/v3`)).json()) as { paths: object };
    assert.ok(Object.keys(schema.paths).length > 3);
    assert.equal((await fetch(`${url}/nothing/here`)).status, 404);
  });
}

function send(url: string, method: string, body: object): Promise<Response> {
  return fetch(url, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}
