import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { freePorts } from '../../tools/support/free-port.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { callAs, type TinyServer, tinyServer } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';
import { KEYS, startTokenIssuer, type TokenIssuer } from '../support/open-id-server.ts';
import { entry, type SidecarMesh, startSidecarMesh } from '../support/sidecar-mesh.ts';

const document = (kind: string, name: string, spec: object): string =>
  JSON.stringify({
    apiVersion: kind === 'RequestAuthentication' ? 'security.istio.io/v1' : 'networking.istio.io/v1',
    ...{ kind, spec, metadata: { name, namespace: 'default', labels: { of: 'test' } } },
  });

describe('a real Envoy checks tokens with keys that the service fetched', await need('envoy'), () => {
  let [issuer, forger, silent]: readonly (TokenIssuer | undefined)[] = [];
  let [app, admin]: readonly (TinyServer | undefined)[] = [];
  let mesh: SidecarMesh;
  let port: number;

  const policy = (...jwtRules: readonly object[]): string =>
    document('RequestAuthentication', 'tokens', { selector: { matchLabels: { app: 'edge' } }, jwtRules });
  const rule = (more: object = {}): object => ({
    ...{ issuer: issuer?.url, audiences: ['shop'] },
    outputClaimToHeaders: [{ header: 'x-group', claim: 'group' }],
    ...more,
  });
  const documents = (...rules: readonly object[]): readonly string[] => [
    entry({ host: 'app.test', ports: { 80: ['HTTP', app?.port ?? 0] } }),
    entry({ host: 'admin.test', ports: { 80: ['HTTP', admin?.port ?? 0] } }),
    document('Gateway', 'edge', {
      selector: { app: 'edge' },
      servers: [{ port: { number: port, name: 'http', protocol: 'HTTP' }, hosts: ['*'], bind: '127.0.0.1' }],
    }),
    document('VirtualService', 'app', {
      hosts: ['app.test'],
      gateways: ['edge'],
      http: [
        {
          match: [{ headers: { '@request.auth.claims.group': { exact: 'admins' } } }],
          route: [{ destination: { host: 'admin.test' } }],
        },
        { route: [{ destination: { host: 'app.test' } }] },
      ],
    }),
    policy(...rules),
  ];
  /** Status and body of a request with the token, or with none. */
  const ask = async (token?: string): Promise<string> => {
    const { status, body } = await callAs(
      'app.test',
      port,
      token === undefined ? {} : { authorization: `Bearer ${token}` },
    );
    return status === 200 ? body : String(status);
  };
  const waitFor = async (token: string, expected: string): Promise<void> => {
    let seen = '';
    await waitUntil(async () => (seen = await ask(token)) === expected, {
      ...{ what: `the answer is ${expected}`, timeoutMs: 30_000 },
      detail: () => `${seen}\n${mesh.envoy.logs()}`,
    });
  };

  before(async () => {
    [issuer, forger, silent] = await Promise.all([startTokenIssuer(), startTokenIssuer(), startTokenIssuer()]);
    await silent?.stop();
    app = await tinyServer((request, response) => response.end(`app ${String(request.headers['x-group'])}`));
    admin = await tinyServer((_request, response) => response.end('admin'));
    port = await freePorts(1);
    const fetchAllow = [issuer, silent].map((each) => each?.url).join();
    mesh = await startSidecarMesh(documents(), { type: 'router', labels: { app: 'edge' } }, { fetchAllow });
  });
  after(async () => {
    await mesh?.stop();
    for (const server of [issuer, forger, silent, app, admin]) await server?.stop();
  });

  const mint = async (claims: object = {}): Promise<string> => (await issuer?.mintToken({ ...claims })) ?? '';

  test('RA-4, RA-8, JWKS-2: a token of the issuer is taken, a wrong one refused, and none is let through', async () => {
    await mesh.become(documents(rule()));
    await waitFor(await mint(), 'app undefined');
    const past = Math.floor(Date.now() / 1000) - 3600;
    const wrong = {
      expired: await mint({ exp: past }),
      'for somebody else': await mint({ aud: 'bank' }),
      'of another key': (await forger?.mintToken({ iss: issuer?.url })) ?? '',
      'of another issuer': (await forger?.mintToken()) ?? '',
      'no token': 'e30.e30.e30',
    };
    const seen: Record<string, string> = {};
    for (const [what, token] of Object.entries(wrong)) seen[what] = await ask(token);
    assert.deepEqual(seen, {
      ...{ expired: '401', 'for somebody else': '403', 'of another key': '401' },
      ...{ 'of another issuer': '401', 'no token': '401' },
    });
    assert.equal(await ask(), 'app undefined');
  });

  test('CLAIM-1, CLAIM-2, CLAIM-6, RA-6: claims become headers and decide routes', async () => {
    await mesh.become(documents(rule()));
    await waitFor(await mint({ group: 'readers' }), 'app readers');
    assert.deepEqual(
      [await ask(await mint({ group: 'admins' })), await ask(await mint({ group: ['x', 'admins'] })), await ask()],
      ['admin', 'admin', 'app undefined'],
    );
  });

  test('RA-9: a token that is demanded has to come', async () => {
    await mesh.become(documents(rule({ presence: 'REQUIRED' })));
    await waitFor(await mint(), 'app undefined');
    await waitUntil(async () => (await ask()) === '401', { what: 'no token is not enough', timeoutMs: 30_000 });
  });

  test('JWKS-4, JWKS-10: keys that cannot be had shut out the tokens of their issuer, and no others', async () => {
    await mesh.become(documents(rule(), { issuer: silent?.url }));
    await waitFor(await mint(), 'app undefined');
    assert.deepEqual([await ask(await silent?.mintToken()), await ask()], ['401', 'app undefined']);
  });

  test('JWKS-1, RA-3: keys at another address are fetched at once; one that is gone there opens nothing', async () => {
    const before = await mint();
    const first = /"kid":"([^"]+)"/.exec(Buffer.from(before.split('.')[0] ?? '', 'base64url').toString())?.[1] ?? '';
    await issuer?.rotate();
    const at = (version: number): object => rule({ jwksUri: `${issuer?.url}${KEYS}?v=${version}` });
    await mesh.become(documents(at(1)));
    await waitFor(await mint(), 'app undefined');
    assert.equal(await ask(before), 'app undefined');
    issuer?.revoke(first);
    await mesh.become(documents(at(2)));
    await waitFor(before, '401');
    await waitFor(await mint(), 'app undefined');
  });
});
