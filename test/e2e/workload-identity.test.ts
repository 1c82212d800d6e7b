import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startLocal } from '../../functions/local.ts';
import { durationMs } from '../../lib/base/brand.ts';
import { AUTHORITY_DEFAULTS } from '../../lib/control/authority/authority-settings.ts';
import { readWorkloadFiles } from '../../lib/cli/identity-files.ts';
import { freePort } from '../../tools/support/free-port.ts';
import { type GuardedProcess, startGuarded } from '../../tools/support/guarded-process.ts';
import { startEnvoy } from '../../tools/support/start-envoy.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { need } from '../support/needs.ts';
import { runCli } from '../support/run-cli.ts';
import { steadyLoad } from '../support/steady-load.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Certificates that live for seconds: they are renewed several times while the test runs. */
const settings = {
  ...AUTHORITY_DEFAULTS,
  defaultTtl: durationMs(6_000),
  maxTtl: durationMs(6_000),
  rotationCheck: durationMs(300),
};

const program = fileURLToPath(new URL('../../bin/pilotless.mjs', import.meta.url));

interface Agent {
  readonly directory: string;
  readonly process: GuardedProcess;
  /** How often it has written a certificate. */
  readonly written: () => number;
  readonly leaf: () => X509Certificate;
  readonly roots: () => number;
}

/** A workload with an agent of its own, as it would run beside an Envoy. */
async function startAgent(url: string, parent: string, account: string): Promise<Agent> {
  const made = await runCli(['join-token', '-n', 'shop', '--service-account', account], { url });
  assert.equal(made.code, 0, made.stderr);
  const directory = join(parent, account);
  const args = [program, 'agent', 'identity', '--attest', 'join', '--dir', directory, '--server', url];
  const env = { PILOTLESS_JOIN_TOKEN: made.stdout.trim() };
  const agent = startGuarded({ program: process.execPath, args, env });
  const written = (): number => agent.output().split('"identity-written"').length - 1;
  await waitUntil(() => written() > 0, { what: `the files of ${account}`, timeoutMs: 30_000, detail: agent.output });
  return {
    ...{ directory, process: agent, written },
    leaf: () => new X509Certificate(readWorkloadFiles(directory)?.certificate ?? ''),
    roots: () => (readWorkloadFiles(directory)?.roots.match(/BEGIN CERTIFICATE/g) ?? []).length,
  };
}

/** Both ends show their own certificate, and want one of a workload that is named. */
function tls(type: string, { directory, peer }: { directory: string; peer: string }) {
  const secret = (name: string) => ({
    name,
    sdsConfig: { pathConfigSource: { path: join(directory, `${name}.json`) } },
  });
  const identity = { sanType: 'URI', matcher: { exact: `spiffe://cluster.local/ns/shop/sa/${peer}` } };
  return {
    name: 'tls',
    typedConfig: {
      '@type': `type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.${type}`,
      ...(type === 'DownstreamTlsContext' && { requireClientCertificate: true }),
      commonTlsContext: {
        tlsCertificateSdsSecretConfigs: [secret('default')],
        combinedValidationContext: {
          defaultValidationContext: { matchTypedSubjectAltNames: [identity] },
          validationContextSdsSecretConfig: secret('ROOTCA'),
        },
      },
    },
  };
}

function listener(port: number, route: object, transportSocket?: object) {
  const typedConfig = {
    '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    statPrefix: 'in',
    httpFilters: [
      {
        name: 'router',
        typedConfig: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
      },
    ],
    routeConfig: { virtualHosts: [{ name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, ...route }] }] },
  };
  const filters = [{ name: 'http', typedConfig }];
  return {
    name: 'in',
    address: { socketAddress: { address: '127.0.0.1', portValue: port } },
    filterChains: [{ filters, ...(transportSocket && { transportSocket }) }],
  };
}

function callee(port: number, directory: string): object {
  const socket = tls('DownstreamTlsContext', { directory, peer: 'caller' });
  const answer = { directResponse: { status: 200, body: { inlineString: 'hello' } } };
  return { node: { id: 'callee', cluster: 'x' }, staticResources: { listeners: [listener(port, answer, socket)] } };
}

/** A new connection for every few calls, so that there are handshakes all the time. */
function caller({ port, to, directory }: { port: number; to: number; directory: string }): object {
  const address = { socketAddress: { address: '127.0.0.1', portValue: to } };
  const http = 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  const cluster = {
    name: 'callee',
    type: 'STATIC',
    connectTimeout: '5s',
    loadAssignment: { clusterName: 'callee', endpoints: [{ lbEndpoints: [{ endpoint: { address } }] }] },
    transportSocket: tls('UpstreamTlsContext', { directory, peer: 'callee' }),
    typedExtensionProtocolOptions: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': http,
        commonHttpProtocolOptions: { maxRequestsPerConnection: 3 },
        explicitHttpConfig: { httpProtocolOptions: {} },
      },
    },
  };
  const listeners = [listener(port, { route: { cluster: 'callee' } })];
  return { node: { id: 'caller', cluster: 'x' }, staticResources: { clusters: [cluster], listeners } };
}

test(
  'workloads join with a token, renew under load and follow a new root, and no request is lost',
  await need('envoy'),
  async (t) => {
    const home = tempDir();
    t.after(home.remove);
    const service = await startLocal({
      ...{ host: '127.0.0.1', port: 0, version: 'test', authority: settings },
      ...{ dataDirectory: join(home.path, 'data'), logTo: process.stderr, logLevel: 'silent' },
    });
    t.after(() => service.stop());
    const agents = await Promise.all(['caller', 'callee'].map((name) => startAgent(service.url, home.path, name)));
    t.after(() => Promise.all(agents.map(({ process: agent }) => agent.stop())));
    const [one, other] = agents as [Agent, Agent];
    for (const file of ['default.json', 'ROOTCA.json']) {
      assert.equal(statSync(join(one.directory, file)).mode & 0o777, 0o600);
    }
    assert.equal(one.leaf().subjectAltName, 'URI:spiffe://cluster.local/ns/shop/sa/caller');
    assert.ok(!readFileSync(join(one.directory, 'ROOTCA.json'), 'utf8').includes('PRIVATE KEY'));

    const [entry, inner] = [await freePort(), await freePort()];
    const envoys = await Promise.all([
      startEnvoy({ bootstrap: caller({ port: entry, to: inner, directory: one.directory }) }),
      startEnvoy({ bootstrap: callee(inner, other.directory) }),
    ]);
    t.after(() => Promise.all(envoys.map((envoy) => envoy.stop())));
    await Promise.all(envoys.map((envoy) => envoy.ready()));
    const load = steadyLoad({ host: 'callee', port: entry, perSecond: 40 });
    t.after(() => load.stop());

    // Renewal: each agent has written its first certificate and two more.
    await waitUntil(() => agents.every(({ written }) => written() >= 3), { what: 'two renewals', timeoutMs: 30_000 });
    const before = one.leaf().issuer;

    // A new root is told to both before it signs for either.
    const rotated = await runCli(['authority', 'rotate'], { url: service.url });
    assert.match(rotated.stdout, /signs[\s\S]*next/, rotated.stderr);
    await waitUntil(() => agents.every(({ roots }) => roots() === 2), {
      what: 'both believe both roots',
      timeoutMs: 30_000,
    });
    assert.ok(
      agents.every(({ leaf }) => leaf().issuer === before),
      'the new root signs nothing yet',
    );
    await waitUntil(() => agents.every(({ leaf }) => leaf().issuer !== before), {
      what: 'both are signed by the new root',
      timeoutMs: 30_000,
    });
    const settled = load.finished() + 40;
    await waitUntil(() => load.finished() >= settled, { what: 'calls with the new certificates', timeoutMs: 30_000 });

    await load.stop();
    assert.deepEqual([...load.failures()], []);
    const stats = await envoys[1].stats('ssl.handshake');
    const handshakes = Object.values(stats).reduce((sum, count) => sum + count, 0);
    assert.ok(handshakes > 50, `${handshakes} handshakes`);
  },
);
