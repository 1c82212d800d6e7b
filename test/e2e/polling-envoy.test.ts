import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type RunningEnvoy, startEnvoy } from '../../tools/support/start-envoy.ts';
import { freePort } from '../../tools/support/free-port.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { backends, type TestService } from '../support/backends.ts';
import { apply, backend, bootstrapFor, callAs, type TinyServer, tinyServer } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';
import { twoVersions } from '../support/two-versions.ts';

/** Stands between Envoy and the service: notes the polls, and answers with something else while it is told to. */
interface Interposed extends TinyServer {
  readonly polls: { readonly path: string; readonly bytes: number; readonly status: number }[];
  stray: string | undefined;
}

async function interposed(target: string): Promise<Interposed> {
  const polls: Interposed['polls'] = [];
  const state = { stray: undefined as string | undefined };
  const server = await tinyServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const path = request.url ?? '';
      const forward = async (): Promise<void> => {
        if (state.stray !== undefined) {
          polls.push({ path, bytes: body.length, status: 200 });
          response.writeHead(200, { 'content-type': 'application/json' }).end(state.stray);
          return;
        }
        const answer = await fetch(`${target}${path}`, { method: 'POST', body });
        polls.push({ path, bytes: body.length, status: answer.status });
        const marker = answer.headers.get('x-pilotless');
        response.writeHead(answer.status, marker === null ? {} : { 'x-pilotless': marker });
        response.end(Buffer.from(await answer.arrayBuffer()));
      };
      forward().catch(() => response.destroy());
    });
  });
  return Object.assign(state, { ...server, polls });
}

interface ProxyRow {
  readonly id: string;
  readonly status: string;
  readonly snapshotRevision: number;
  readonly pollLoops: number;
  readonly types: Readonly<Record<string, { readonly status: string }>>;
}

for (const { name, programs, hearsAllPolls, start } of backends) {
  const needs = await need('envoy', ...programs);
  describe(`a stock Envoy polls the service on ${name}`, needs, () => {
    let service: TestService;
    let between: Interposed;
    let envoy: RunningEnvoy;
    let versions: readonly [TinyServer, TinyServer];
    let port: number;

    const call = async (): Promise<string> => {
      const { status, body } = await callAs('reviews.default.svc.cluster.local', port);
      return status === 200 ? body : `status ${status}: ${body}`;
    };
    const proxy = async (): Promise<ProxyRow> => {
      const answer = await fetch(`${service.url}/v1/proxies/client.default`);
      return (await answer.json()) as ProxyRow;
    };
    const configure = (weightOfV2: number): Promise<number> =>
      apply(service.url, twoVersions({ port, v1: versions[0].port, v2: versions[1].port, weightOfV2 }));

    before(async () => {
      versions = [await backend('v1'), await backend('v2')];
      port = await freePort();
      service = await start();
      between = await interposed(service.url);
      await configure(0);
      envoy = await startEnvoy({ bootstrap: bootstrapFor(between.url) });
      await envoy.ready(20_000);
    });
    after(async () => {
      await envoy?.stop();
      await between?.stop();
      await service?.stop();
      await Promise.all(versions.map((server) => server.stop()));
    });

    test('it gets listeners, routes, clusters and endpoints, and carries traffic', async () => {
      assert.equal(await call(), 'v1');
      const rejected = await envoy.stats('update_rejected$');
      assert.deepEqual(
        Object.entries(rejected).filter(([, count]) => count > 0),
        [],
      );
    });

    test('DLV-12: its polls are stripped of the list of its extensions', () => {
      assert.ok(between.polls.length > 3);
      for (const { path, bytes } of between.polls) assert.ok(bytes < 2_048, `${path} has ${bytes} bytes`);
    });

    test('a changed weight arrives, and the proxy is shown as synced at the new revision', async () => {
      const revision = await configure(100);
      await waitUntil(async () => (await call()) === 'v2', { what: 'traffic moves to v2', timeoutMs: 10_000 });
      // Who tells it may have looked at the head a second ago.
      const hasSettled = async (): Promise<boolean> => {
        const { status, snapshotRevision } = await proxy();
        return status === 'SYNCED' && snapshotRevision === revision;
      };
      await waitUntil(hasSettled, { what: `SYNCED at ${revision}`, timeoutMs: 10_000 });
      const { types } = await proxy();
      for (const short of ['CDS', 'LDS', 'RDS', 'EDS']) assert.equal(types[short]?.status, 'SYNCED', short);
    });

    test('DLV-1: polls that change nothing are answered with 304', async () => {
      const seen = between.polls.length;
      const enough = async (): Promise<boolean> => between.polls.length >= seen + 8;
      await waitUntil(enough, { what: 'a few more polls', timeoutMs: 15_000 });
      assert.deepEqual(new Set(between.polls.slice(seen).map(({ status }) => status)), new Set([304]));
    });

    for (const stray of ['{}', '{"message":"Internal Server Error"}']) {
      test(`DLV-10: a stray 200 with ${stray} does not take the traffic down`, async () => {
        const seen = between.polls.length;
        between.stray = stray;
        const hitBoth = async (): Promise<boolean> => {
          const paths = between.polls.slice(seen).map(({ path }) => path);
          return ['clusters', 'listeners'].every((type) => paths.filter((path) => path.endsWith(type)).length >= 2);
        };
        await waitUntil(hitBoth, { what: 'two stray answers for clusters and listeners', timeoutMs: 15_000 });
        assert.equal(await call(), 'v2');
        const { 'cluster_manager.cds.update_failure': failures = 0 } = await envoy.stats('cds.update_failure');
        assert.ok(failures >= 2);
        between.stray = undefined;
      });
    }

    // Who hears only now and then that a proxy is there misses it a minute later, which is too long to wait for here.
    if (hearsAllPolls)
      test('PS-3: a proxy that stops polling is disconnected', async () => {
        await waitUntil(async () => (await proxy()).status === 'SYNCED', { what: 'SYNCED again', timeoutMs: 10_000 });
        await envoy.stop();
        await waitUntil(async () => (await proxy()).status === 'DISCONNECTED', {
          what: 'DISCONNECTED',
          timeoutMs: 10_000,
        });
      });
  });
}
