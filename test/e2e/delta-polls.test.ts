import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { discoveryType } from '../../lib/delivery/discovery-types.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { type Backend, backends, type TestService } from '../support/backends.ts';
import { sentIn, serviceEntry, sidecarNode } from '../support/delivery.ts';
import { deltaClient, type DeltaClient } from '../support/delta-client.ts';
import { apply } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';
import { runCli } from '../support/run-cli.ts';

for (const backend of backends) {
  const needs = await need(...backend.programs);
  describe(`delta polls on ${backend.name}`, needs, () => deltaPolls(backend));
}

const typeUrl = (path: string): string => discoveryType(path)?.typeUrl ?? assert.fail(path);
const TYPES = ['clusters', 'endpoints', 'listeners', 'routes'].map(typeUrl);
const host = (index: number): string => `s-${index}.default.svc.cluster.local`;
const mesh = (...indexes: readonly number[]): string =>
  indexes.map((index) => serviceEntry(host(index), '10.0.0.1')).join('');

interface Change {
  readonly yaml: string;
  /** Whether the client has it. */
  readonly has: () => boolean;
}

function deltaPolls({ start }: Backend): void {
  async function started(t: TestContext): Promise<TestService> {
    const service = await start();
    t.after(() => service.stop());
    return service;
  }
  /** Applies, and polls until the client has it. */
  async function follows(client: DeltaClient, url: string, { yaml, has }: Change): Promise<void> {
    await apply(url, yaml);
    const poll = async (): Promise<boolean> => {
      await client.poll();
      return has();
    };
    await waitUntil(poll, { what: 'the client has the change', timeoutMs: 30_000 });
  }

  test('DLV-3: a client that applies deltas has what a client has that is sent everything', async (t) => {
    const service = await started(t);
    const client = deltaClient(() => service.url, TYPES);
    await apply(service.url, mesh(1, 2, 3));
    assert.equal(await client.poll(), 200);
    assert.equal(await client.poll(), 304);

    const clusters = client.resources(typeUrl('clusters'));
    const endpoints = client.resources(typeUrl('endpoints'));
    await follows(client, service.url, { yaml: mesh(4), has: () => clusters.has(`outbound|80||${host(4)}`) });
    const hasMoved = (): boolean => JSON.stringify(endpoints.get(`outbound|80||${host(2)}`)).includes('10.0.0.2');
    await follows(client, service.url, { yaml: serviceEntry(host(2), '10.0.0.2'), has: hasMoved });
    assert.equal(client.lastCarried(), 1, 'one endpoint set changed, and nothing else was sent');
    const gone = await runCli(['delete', 'serviceentry', 's-3'], { url: service.url });
    assert.equal(gone.code, 0, gone.stderr);
    await follows(client, service.url, { yaml: mesh(1), has: () => !clusters.has(`outbound|80||${host(3)}`) });
    assert.equal(client.restarts(), 0);

    for (const path of ['clusters', 'listeners'] as const) {
      const body = JSON.stringify({ node: sidecarNode });
      const full = await sentIn(await fetch(`${service.url}/v3/discovery:${path}`, { method: 'POST', body }));
      const held = client.resources(typeUrl(path));
      assert.deepEqual(new Map(full.resources.map((one) => [one.name, one])), new Map(held));
    }
  });

  test('PX-18: a client that polls by deltas stands in proxy-status like others', async (t) => {
    const service = await started(t);
    const client = deltaClient(() => service.url, TYPES);
    await apply(service.url, mesh(1));
    await client.poll();
    await client.poll();
    const { stdout, code } = await runCli(['proxy-status', '-o', 'json'], { url: service.url });
    assert.equal(code, 0);
    const [proxy] = (JSON.parse(stdout) as { proxies: readonly { status: string; pollLoops: number }[] }).proxies;
    assert.deepEqual([proxy?.status, proxy?.pollLoops], ['SYNCED', 1]);
  });

  test('DLV-3: after a restart of the service the nonces that it gave are known', async (t) => {
    const service = await started(t);
    const client = deltaClient(() => service.url, TYPES);
    await apply(service.url, mesh(1));
    await client.poll();
    await service.restart();
    assert.equal(await client.poll(), 304);
    assert.equal(client.restarts(), 0);
  });

  test('DLV-4: br and gzip for those who ask, plain text for Envoy', async (t) => {
    const service = await started(t);
    await apply(service.url, mesh(...Array.from({ length: 40 }, (_, index) => index)));
    const body = JSON.stringify({ node: sidecarNode });
    const texts: string[] = [];
    for (const encoding of ['br', 'gzip', 'identity']) {
      const headers = { 'accept-encoding': encoding };
      const answer = await fetch(`${service.url}/v3/delta:clusters`, { method: 'POST', body, headers });
      assert.equal(answer.headers.get('content-encoding') ?? 'identity', encoding);
      assert.equal(answer.headers.get('x-pilotless'), '1');
      texts.push(await answer.text());
    }
    assert.equal(new Set(texts).size, 1);
  });
}
