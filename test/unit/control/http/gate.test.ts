import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hashBytes } from '../../../../lib/base/hashing.ts';
import { guardedGate } from '../../../../lib/control/http/gate.ts';
import type { GrantedRole } from '../../../../lib/control/identity/access.ts';
import { type Actor, authorOf } from '../../../../lib/control/identity/rights.ts';
import { callerVerifier } from '../../../../lib/control/identity/verify-caller.ts';
import { recordingLog } from '../../../support/recording-log.ts';
import { testAccess } from '../../../support/test-tokens.ts';

const WORKLOAD = { namespace: 'shop', serviceAccount: 'reviews' };
const NAMES = ['reader', 'editor', 'keeper', 'admin', 'nobody', 'proxy'] as const;

const role = (name: GrantedRole['role'], principal: string, more: Partial<GrantedRole> = {}): GrantedRole => ({
  role: name,
  namespaces: [],
  mayWriteSecrets: name === 'admin',
  match: [{ principal }],
  ...more,
});

function guarding() {
  const log = recordingLog();
  const access = testAccess({
    tokens: NAMES.map((name) => ({
      name,
      sha256: hashBytes(`token-${name}`),
      ...(name === 'proxy' && { workload: WORKLOAD }),
    })),
    roles: [
      role('reader', 'reader'),
      role('editor', 'editor', { namespaces: ['shop'] }),
      role('editor', 'keeper', { namespaces: ['shop'], mayWriteSecrets: true }),
      role('admin', 'admin'),
    ],
  });
  const ports = { keysOf: async () => undefined, askSts: async () => ({}), clock: { now: () => 0 as never } };
  const actors: Actor[] = [];
  const handler = guardedGate({ access, verifyCaller: callerVerifier(access, ports), log })(async (_request, actor) => {
    actors.push(actor);
    return new Response('passed');
  });
  const ask = (line: string, name?: string): Promise<Response> => {
    const [method = 'GET', path = '/'] = line.split(' ');
    const headers = name === undefined ? {} : { authorization: `Bearer token-${name}` };
    return handler(new Request(`http://x${path}`, { method, headers }), { address: '192.0.2.7' });
  };
  return { ask, actors, log };
}

test('IDN-3: each role may do what it is for', async () => {
  const { ask } = guarding();
  for (const [line, allowed] of [
    ['GET /api/v1/services', ['reader', 'editor', 'keeper', 'admin']],
    ['GET /v1/proxies', ['reader', 'editor', 'keeper', 'admin']],
    ['POST /v1/proxies/a.shop/explain', ['reader', 'editor', 'keeper', 'admin']],
    ['GET /metrics', ['reader', 'editor', 'keeper', 'admin']],
    ['POST /v1/apply', ['editor', 'keeper', 'admin']],
    ['DELETE /api/v1/namespaces/shop/services/a', ['editor', 'keeper', 'admin']],
    ['POST /v1/revisions/1/rollback', ['editor', 'keeper', 'admin']],
    ['GET /v1/proxies/a.shop/config-dump', ['reader', 'editor', 'keeper', 'admin', 'proxy']],
    ['GET /debug/configz', ['reader', 'editor', 'keeper', 'admin']],
  ] as const) {
    for (const name of NAMES) {
      const { status } = await ask(line, name);
      assert.equal(status, (allowed as readonly string[]).includes(name) ? 200 : 403, `${line} by ${name}`);
    }
    assert.equal((await ask(line)).status, 401, line);
  }
  for (const open of ['GET /healthz', 'GET /readyz', 'GET /', 'GET /console/page.js', 'GET /v1/service']) {
    assert.equal((await ask(open)).status, 200, open);
  }
});

describe('IDN-3: what may be written', () => {
  test('is asked of each object: editors write in their namespaces, and Secrets only with the permission for them', async () => {
    const { ask, actors } = guarding();
    for (const name of ['editor', 'keeper', 'admin']) await ask('POST /v1/apply', name);
    const may = (kind: 'Service' | 'Secret' | 'SecretGrant' | 'WorkloadIdentityBinding' | 'Mesh', namespace: string) =>
      actors.map((actor) => authorOf(actor).refuseWrite({ kind, namespace }) === undefined);
    assert.deepEqual(may('Service', 'shop'), [true, true, true]);
    assert.deepEqual(may('Service', 'edge'), [false, false, true]);
    assert.deepEqual(may('Mesh', ''), [false, false, true]);
    for (const kind of ['Secret', 'SecretGrant', 'WorkloadIdentityBinding'] as const) {
      assert.deepEqual(may(kind, 'shop'), [false, true, true], kind);
    }
    assert.deepEqual(may('Secret', 'edge'), [false, false, true]);
  });
});

test('IDN-3: kubectl is told so in its own words', async () => {
  const { ask } = guarding();
  const [unknown, denied] = await Promise.all([ask('GET /api/v1/services'), ask('POST /api/v1/services', 'reader')]);
  assert.equal(unknown.headers.get('www-authenticate'), 'Bearer realm="pilotless"');
  const bodies = [await unknown.json(), await denied.json()] as Record<string, unknown>[];
  assert.deepEqual(
    bodies.map(({ kind, reason, code }) => [kind, reason, code]),
    [
      ['Status', 'Unauthorized', 401],
      ['Status', 'Forbidden', 403],
    ],
  );
});

test('IDN-3: who was denied what is in the log, and no proof of it', async () => {
  const { ask, log } = guarding();
  await ask('POST /v1/apply', 'reader');
  await ask('GET /v1/proxies', 'stolen');
  const [denied, unknown] = log.fieldsOf('denied');
  assert.deepEqual([denied?.['who'], denied?.['from'], denied?.['path']], ['token:reader', '192.0.2.7', '/v1/apply']);
  assert.equal(unknown?.['from'], '192.0.2.7');
  assert.doesNotMatch(JSON.stringify(log.lines), /token-/);
});
