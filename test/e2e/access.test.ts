import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type LocalService, startLocal } from '../../functions/local.ts';
import { xdsFunction } from '../../functions/xds.ts';
import { hashBytes } from '../../lib/base/hashing.ts';
import { openGate } from '../../lib/control/http/gate.ts';
import { readAccess } from '../../lib/control/identity/read-access.ts';
import { callerVerifier } from '../../lib/control/identity/verify-caller.ts';
import { fetchedProgram } from '../../tools/fetch/fetch-program.ts';
import { type RunningEnvoy, startEnvoy } from '../../tools/support/start-envoy.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { serviceEntry, testDelivery } from '../support/delivery.ts';
import { httpEvent } from '../support/lambda-events.ts';
import { runProgramWith } from '../support/kubectl.ts';
import { need } from '../support/needs.ts';
import { runCli } from '../support/run-cli.ts';
import { type SecureCall, secureCaller } from '../support/secure-calls.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testAuthority } from '../support/test-certificates.ts';
import { TEST_AUDIENCE, testAccess, testIssuer } from '../support/test-tokens.ts';

const needsEnvoy = await need('envoy');
const needsKubectl = await need('kubectl');
const PATIENCE_MS = 20_000;

const [servers, clients, strangers] = [testAuthority('servers'), testAuthority('clients'), testAuthority('strangers')];
const REVIEWS = 'spiffe://cluster.local/ns/shop/sa/reviews';
const issuer = await testIssuer(Date.now());
const TOKENS = ['admin', 'editor', 'reader', 'edge'] as const;
const tokenOf = (name: (typeof TOKENS)[number]): string => `${name}-token-of-some-length`;

const ACCESS = JSON.stringify({
  issuers: [{ issuer: issuer.name, audiences: [TEST_AUDIENCE], algorithms: ['ES256'], jwks: issuer.keySet }],
  trustDomains: ['cluster.local'],
  tokens: TOKENS.map((name) => ({
    name,
    sha256: hashBytes(tokenOf(name)),
    ...(name === 'edge' && { workload: { namespace: 'edge', serviceAccount: 'gateway' } }),
  })),
  roles: [
    { role: 'admin', match: [{ principal: 'admin' }] },
    { role: 'editor', namespaces: ['shop'], match: [{ principal: 'editor' }] },
    { role: 'reader', match: [{ principal: 'reader' }] },
  ],
});

const node = (namespace: string, name = 'a', metadata: object = {}) => ({
  id: `sidecar~10.0.0.9~${name}.${namespace}~${namespace}.svc.cluster.local`,
  cluster: name,
  metadata: { NAMESPACE: namespace, PILOTLESS_REFRESH: '1s', INTERCEPTION_MODE: 'NONE', ...metadata },
});
const as = (name: (typeof TOKENS)[number]): Pick<SecureCall, 'headers'> => ({
  headers: { authorization: `Bearer ${tokenOf(name)}` },
});

const hiddenIn = (namespace: string): string =>
  serviceEntry(`only-${namespace}.example`, '10.1.1.1')
    .replace(`{ name: only-${namespace} }`, `{ name: only-${namespace}, namespace: ${namespace} }`)
    .replace('spec:', "spec:\n  exportTo: ['.']");

const BINDING = `
apiVersion: pilotless.dev/v1
kind: WorkloadIdentityBinding
metadata: { name: ci, namespace: shop }
spec: { serviceAccount: reviews, match: [{ issuer: '${issuer.name}', principal: reviews }] }
---`;

describe('a service that asks who comes', () => {
  const files = tempDir({});
  const at = (name: string): string => join(files.path, name);
  const log: string[] = [];
  let service: LocalService;
  let call: ReturnType<typeof secureCaller>;
  const linesOf = (event: string): Record<string, unknown>[] =>
    log
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => JSON.stringify(line).includes(`"${event}"`));
  const poll = async (polled: object, { headers = {}, certificate }: SecureCall = {}, type = 'clusters') =>
    call(`POST /v3/discovery:${type}`, {
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ node: polled, ...(type === 'secrets' && { resource_names: ['kubernetes://c'] }) }),
      ...(certificate && { certificate }),
    });
  const apply = async (document: string, name: (typeof TOKENS)[number]) =>
    call('POST /v1/apply', { headers: { ...as(name).headers, 'content-type': 'application/yaml' }, body: document });

  before(async () => {
    const own = servers.issue('127.0.0.1');
    writeFileSync(at('server.pem'), own.certificate);
    writeFileSync(at('server.key'), own.key, { mode: 0o600 });
    writeFileSync(at('servers.pem'), servers.certificate);
    writeFileSync(at('clients.pem'), clients.certificate);
    const access = readAccess(ACCESS);
    assert.ok(access.ok);
    service = await startLocal({
      ...{ host: '127.0.0.1', port: 0, version: 'test', logLevel: 'info', access: access.value },
      logTo: { write: (line: string) => void log.push(line) },
      tls: {
        ...{ certificate: at('server.pem'), key: at('server.key'), minVersion: 'TLSv1.2' },
        clientAuthorities: at('clients.pem'),
      },
    });
    call = secureCaller(service.url, servers.certificate);
    const applied = await apply(hiddenIn('shop') + hiddenIn('edge') + BINDING, 'admin');
    assert.equal(applied.status, 200, applied.body);
  });
  after(async () => {
    await service?.stop();
    files.remove();
  });

  test('IDN-1, VIEW-6: a stolen node id does not get what its owner gets', async () => {
    const certificate = clients.issue(REVIEWS);
    const own = await poll(node('shop'), { certificate });
    assert.match(own.body, /only-shop\.example/);
    assert.doesNotMatch(own.body, /only-edge\.example/);
    for (const stolen of [
      node('edge'),
      { ...node('shop'), id: node('edge').id },
      node('shop', 'a', { NAMESPACE: 'edge' }),
      node('shop', 'a', { SERVICE_ACCOUNT: 'admin' }),
    ]) {
      for (const type of ['clusters', 'secrets']) {
        const answer = await poll(stolen, { certificate }, type);
        assert.deepEqual(
          [answer.status, answer.body],
          [403, '{"code":"FORBIDDEN","message":"this poll is not answered"}'],
        );
      }
    }
    assert.ok(linesOf('poll-denied').some((line) => line['claim'] === 'metadata SERVICE_ACCOUNT'));
  });

  test('IDN-1: a bound subject of an issuer polls as its workload', async () => {
    const headers = { authorization: `Bearer ${await issuer.token()}` };
    assert.equal((await poll(node('shop'), { headers })).status, 200);
    assert.equal((await poll(node('edge'), { headers })).status, 403);
  });

  test('IDN-1, SDS-3: whatever proves nothing is answered in the same words', async () => {
    const seconds = Math.floor(Date.now() / 1_000);
    const good = await issuer.token();
    const [head = '', claims = '', signature = ''] = good.split('.');
    const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const confused = `${base64({ alg: 'HS256', kid: 'first' })}.${claims}`;
    const tokens = [
      await issuer.token({ exp: seconds - 60 }),
      await issuer.token({ aud: 'another' }),
      await issuer.token({ iss: 'https://another.example' }),
      await (await testIssuer(Date.now())).token(),
      `${base64({ alg: 'none' })}.${claims}.`,
      `${confused}.${createHmac('sha256', JSON.stringify(issuer.keySet.keys[0])).update(confused).digest('base64url')}`,
      `${head}.${base64({ iss: issuer.name, aud: TEST_AUDIENCE, sub: 'admin', exp: seconds + 60 })}.${signature}`,
      await issuer.token({ filler: 'x'.repeat(9_000) }),
      // Replayed: what was signed for AWS an hour ago.
      `pilotless-aws-v1.${Buffer.from('https://sts.eu-west-1.amazonaws.com/?X-Amz-Date=20200101T000000Z').toString('base64url')}`,
      hashBytes(tokenOf('admin')),
    ];
    const seen = new Set<string>();
    const take = ({ status, body, headers: { date: _date, ...headers } }: Awaited<ReturnType<typeof poll>>): void =>
      void seen.add(JSON.stringify({ status, body, headers }));
    for (const token of tokens) take(await poll(node('shop'), { headers: { authorization: `Bearer ${token}` } }));
    take(await poll(node('shop')));
    take(await poll(node('shop'), { certificate: strangers.issue(REVIEWS) }));
    take(await poll(node('shop'), { certificate: clients.issue('spiffe://another.example/ns/shop/sa/reviews') }));
    take(
      await poll(node('shop'), { certificate: clients.issue(REVIEWS, 'spiffe://cluster.local/ns/edge/sa/gateway') }),
    );
    assert.deepEqual(
      [...seen].map((answer) => (JSON.parse(answer) as { status: number }).status),
      [401],
    );
  });

  test('IDN-3: roles hold for documents, objects, prune and rollback, and the history says who', async () => {
    const secret =
      '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"c","namespace":"shop"},"stringData":{"a":"b"}}';
    for (const [document, name, status] of [
      [hiddenIn('shop').replace('10.1.1.1', '10.1.1.2'), 'editor', 200],
      [hiddenIn('edge'), 'editor', 403],
      [hiddenIn('shop') + hiddenIn('edge'), 'editor', 403],
      [secret, 'editor', 403],
      [BINDING, 'editor', 403],
      [hiddenIn('shop'), 'reader', 403],
      [hiddenIn('shop'), 'edge', 403],
      [secret, 'admin', 200],
    ] as const) {
      assert.equal((await apply(document, name)).status, status, `${name} ${document.slice(0, 80)}`);
    }
    for (const [line, status] of [
      ['DELETE /apis/networking.istio.io/v1/namespaces/edge/serviceentries/only-edge', 403],
      ['DELETE /api/v1/namespaces/shop', 403],
      ['DELETE /api/v1/namespaces/shop/secrets/c', 403],
      ['POST /v1/revisions/1/rollback', 403],
      ['GET /api/v1/namespaces/shop/secrets/c', 200],
    ] as const) {
      assert.equal((await call(line, as('editor'))).status, status, line);
    }
    const { revisions } = JSON.parse((await call('GET /v1/revisions', as('reader'))).body) as {
      revisions: { writer: string }[];
    };
    assert.deepEqual(
      revisions.map(({ writer }) => writer),
      ['token:admin', 'token:editor', 'token:admin'],
    );
    const written = linesOf('apply').find((line) => line['writer'] === 'token:editor' && line['revision'] === 2);
    assert.equal(written?.['from'], '127.0.0.1');
  });

  test('PS-6: a workload looks at proxies of its namespace alone, and of others it is as if there were none', async () => {
    assert.equal((await poll(node('edge', 'gate'), as('edge'))).status, 200);
    assert.equal((await poll(node('shop', 'seen'), { certificate: clients.issue(REVIEWS) })).status, 200);
    const dump = (id: string, who?: (typeof TOKENS)[number]) =>
      call(`GET /v1/proxies/${id}/config-dump`, who ? as(who) : {});
    assert.equal((await dump('gate.edge', 'edge')).status, 200);
    const [foreign, unknown] = [await dump('seen.shop', 'edge'), await dump('none.shop', 'edge')];
    assert.equal(foreign.status, 404);
    assert.equal(foreign.body.replace('seen', 'none'), unknown.body);
    assert.equal((await dump('seen.shop', 'reader')).status, 200);
    assert.equal((await call('GET /debug/configz', as('edge'))).status, 403);
    for (const path of ['/debug/configz', '/v1/proxies', '/metrics', '/debug/push_status']) {
      assert.equal((await call(`GET ${path}`)).status, 401, path);
    }
  });

  test('CPT-3: a new certificate is served without a restart, and one whose key is another is not', async () => {
    const other = servers.issue('127.0.0.1', 'renewed.example');
    writeFileSync(at('server.key'), other.key);
    await waitUntil(() => linesOf('tls-files-unusable').length > 0, { what: 'half of a pair', timeoutMs: PATIENCE_MS });
    assert.equal((await call('GET /healthz')).status, 200);
    writeFileSync(at('server.pem'), other.certificate);
    await waitUntil(() => linesOf('tls-reloaded').length > 0, { what: 'the new pair', timeoutMs: PATIENCE_MS });
    assert.equal((await call('GET /healthz')).status, 200);
  });

  test('CPT-5: further authorities of clients are believed without a restart, and a file without any changes nothing', async () => {
    const ofStranger = async () => (await poll(node('shop'), { certificate: strangers.issue(REVIEWS) })).status;
    const unusable = linesOf('tls-files-unusable').length;
    writeFileSync(at('clients.pem'), '');
    await waitUntil(() => linesOf('tls-files-unusable').length > unusable, { what: 'no PEM', timeoutMs: PATIENCE_MS });
    assert.equal((await poll(node('shop'), { certificate: clients.issue(REVIEWS) })).status, 200);
    assert.equal(await ofStranger(), 401);
    writeFileSync(at('clients.pem'), clients.certificate + strangers.certificate);
    await waitUntil(async () => (await ofStranger()) === 200, { what: 'the new authority', timeoutMs: PATIENCE_MS });
  });

  test(
    'IDN-3: kubectl works with a bearer token, and is told in its own words what it may not do',
    needsKubectl,
    async () => {
      const program = await fetchedProgram('kubectl');
      const home = { PATH: process.env.PATH, HOME: files.path, KUBECONFIG: '/dev/null' };
      const kubectl = (args: readonly string[], token: string, input = '') => {
        const how = ['--server', service.url, '--certificate-authority', at('servers.pem'), '--token', token];
        return runProgramWith(program, [...how, '-n', 'shop', ...args], { env: home, input });
      };
      const listed = await kubectl(['get', 'serviceentries.networking.istio.io', '-o', 'name'], tokenOf('reader'));
      assert.match(listed.stdout, /only-shop/, listed.stderr);
      const denied = await kubectl(['delete', 'serviceentries.networking.istio.io', 'only-shop'], tokenOf('reader'));
      assert.match(denied.stderr, /Forbidden/);
      const unknown = await kubectl(['get', 'serviceentries.networking.istio.io'], 'of-nobody');
      assert.match(unknown.stderr, /You must be logged in to the server|Unauthorized/);
    },
  );

  describe('real Envoys', needsEnvoy, () => {
    const envoys: RunningEnvoy[] = [];
    after(async () => void (await Promise.all(envoys.map((envoy) => envoy.stop()))));
    const start = async (...args: string[]): Promise<RunningEnvoy> => {
      const options = ['--refresh', '1s', '--ip', '10.0.0.9', '--ca-file', at('servers.pem'), ...args];
      const { code, stdout, stderr } = await runCli(['bootstrap', ...options], { url: service.url });
      assert.equal(code, 0, stderr);
      const envoy = await startEnvoy({ bootstrap: JSON.parse(stdout) as object });
      envoys.push(envoy);
      return envoy;
    };
    const has = async (envoy: RunningEnvoy, cluster: string): Promise<void> => {
      await envoy.ready(PATIENCE_MS);
      await waitUntil(async () => (await envoy.admin('/clusters')).includes(cluster), {
        ...{ what: cluster, timeoutMs: PATIENCE_MS, detail: envoy.logs },
      });
    };

    test('IDN-1: one with a client certificate is served what is for its workload', async () => {
      const { certificate, key } = clients.issue(REVIEWS);
      writeFileSync(at('client.pem'), certificate);
      writeFileSync(at('client.key'), key, { mode: 0o600 });
      const proof = ['--auth', 'mtls', '--cert-file', at('client.pem'), '--key-file', at('client.key')];
      await has(await start('--id', 'mtls', '-n', 'shop', '--service-account', 'reviews', ...proof), 'only-shop');
    });

    test('IDN-1: one with a token in a file is served, and takes another token without a restart', async () => {
      const write = (token: string): void => {
        const secret = {
          '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret',
          name: 'pilotless-token',
          genericSecret: { secret: { inlineString: `Bearer ${token}` } },
        };
        writeFileSync(at('token.new'), JSON.stringify({ resources: [secret] }));
        renameSync(at('token.new'), at('token.json'));
      };
      write('expired');
      const envoy = await start('--id', 'token', '-n', 'edge', '--auth', 'token', '--token-file', at('token.json'));
      const failures = async (): Promise<number> =>
        (await envoy.stats('cluster_manager.cds.update_failure'))['cluster_manager.cds.update_failure'] ?? 0;
      await waitUntil(async () => (await failures()) > 0, { what: 'a refusal', timeoutMs: PATIENCE_MS });
      write(tokenOf('edge'));
      await has(envoy, 'only-edge');
    });
  });
});

/**
 * AWS verifies signatures before it calls a function, which nobody else can: a stand-in takes its place that looks at the form of the
 * signature and, like AWS, hands the function the ARN of the key's owner. The function behind it is the real one.
 */
describe('polls that a stock Envoy signs', needsEnvoy, () => {
  test('LAB-12, IDN-1: reach the function with the ARN of the role, and get what is bound to it', async () => {
    const files = tempDir({
      credentials: '[default]\naws_access_key_id = EXAMPLEKEYID\naws_secret_access_key = not-a-real-key\n',
    });
    const access = testAccess({ iam: { accounts: ['123456789012'], regions: [], audience: '' } });
    const delivery = testDelivery({
      believesNodes: false,
      verifyCaller: callerVerifier(access, {
        keysOf: async () => undefined,
        askSts: async () => assert.fail('AWS is not asked'),
        clock: { now: () => delivery.clock.now() },
      }),
    });
    const match = '[{ principal: arn:aws:iam::123456789012:role/reviews }]';
    delivery.configure(hiddenIn('shop') + hiddenIn('edge') + BINDING.replace(/match: .*\]/, `match: ${match}`));
    await delivery.builder.build('config');
    const xds = xdsFunction({ delivery, gate: openGate, log: delivery.log });
    const signatures: string[] = [];
    const answer = async (message: IncomingMessage) => {
      const body = await text(message);
      const { authorization = '', 'x-amz-content-sha256': hash } = message.headers;
      signatures.push(authorization);
      const isSigned = SIGNATURE.test(authorization) && hash === hashBytes(body);
      if (!isSigned) return { statusCode: 403, headers: {}, body: '' };
      const event = httpEvent({ path: message.url ?? '/', body });
      const iam = { userArn: 'arn:aws:sts::123456789012:assumed-role/reviews/i-0abc' };
      return xds({ ...event, requestContext: { ...event.requestContext, authorizer: { iam } } } as typeof event, {});
    };
    const front = createServer((message, response) => {
      void answer(message).then(({ statusCode = 500, headers, body }) => {
        response.writeHead(statusCode, headers as Record<string, string>).end(body);
      });
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
    const proof = ['--auth', 'iam', '--aws-region', 'eu-west-1', '--aws-service', 'lambda'];
    const credentials = ['--aws-credentials-file', join(files.path, 'credentials')];
    const node = ['--id', 'iam', '-n', 'shop', '--service-account', 'reviews', '--refresh', '1s', '--ip', '10.0.0.9'];
    const { stdout } = await runCli(['bootstrap', ...node, ...proof, ...credentials], { url });
    const envoy = await startEnvoy({ bootstrap: JSON.parse(stdout) as object });
    try {
      await envoy.ready(PATIENCE_MS);
      const clusters = await envoy.admin('/clusters');
      assert.match(clusters, /only-shop/);
      assert.doesNotMatch(clusters, /only-edge/);
      assert.ok(
        signatures.every((signature) => SIGNATURE.test(signature)),
        signatures[0],
      );
    } finally {
      await envoy.stop();
      front.close();
      files.remove();
    }
  });
});

const SIGNATURE =
  /^AWS4-HMAC-SHA256 Credential=EXAMPLEKEYID\/\d{8}\/eu-west-1\/lambda\/aws4_request, SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}$/;
