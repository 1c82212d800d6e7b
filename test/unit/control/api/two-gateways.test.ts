import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindCalled, objectPath, resourceWord } from '../../../../lib/control/config/kind-names.ts';
import { kindOfDocument } from '../../../../lib/resources/kinds.ts';
import { apiCaller } from '../../../support/api-caller.ts';

const ISTIO = '/apis/networking.istio.io/v1/namespaces/default/gateways';
const GATEWAY_API = '/apis/gateway.networking.k8s.io/v1/namespaces/default/gateways';

const istioGateway = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { name: 'edge' },
  spec: {
    selector: { istio: 'edge' },
    servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
  },
};

const apiGateway = {
  apiVersion: 'gateway.networking.k8s.io/v1beta1',
  kind: 'Gateway',
  metadata: { name: 'edge' },
  spec: { gatewayClassName: 'istio', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
};

async function both() {
  const { call } = apiCaller();
  const applied = await call('POST /v1/apply', [istioGateway, apiGateway]);
  return { call, applied: applied.body as unknown as { readonly results: readonly Record<string, unknown>[] } };
}

test('two kinds of one name in two groups are applied side by side', async () => {
  const { applied } = await both();
  assert.deepEqual(
    applied.results.map(({ apiVersion, kind, name, action }) => [apiVersion, kind, name, action]),
    [
      ['networking.istio.io/v1', 'Gateway', 'edge', 'created'],
      ['gateway.networking.k8s.io/v1', 'Gateway', 'edge', 'created'],
    ],
  );
});

test('each is read, listed, changed and deleted apart from the other', async () => {
  const { call } = await both();
  for (const [path, member] of [
    [ISTIO, 'servers'],
    [GATEWAY_API, 'listeners'],
  ] as const) {
    const { kind, spec } = (await call(`GET ${path}/edge`)).body as unknown as { kind: string; spec: object };
    assert.equal(kind, 'Gateway');
    assert.ok(member in spec);
    const list = await call(`GET ${path}`);
    assert.deepEqual([list.body.kind, list.body.items?.length], ['GatewayList', 1]);
  }
  const listeners = [{ name: 'other', port: 81, protocol: 'HTTP' }];
  const patched = await call(
    `PATCH ${GATEWAY_API}/edge`,
    { spec: { listeners } },
    { 'content-type': 'application/merge-patch+json' },
  );
  assert.equal(patched.status, 200);
  const istio = await call(`GET ${ISTIO}/edge`);
  assert.deepEqual((istio.body as { readonly spec?: unknown }).spec, istioGateway.spec);
  assert.equal(istio.body.metadata?.['generation'], 1);

  assert.equal((await call(`DELETE ${GATEWAY_API}/edge`)).status, 200);
  assert.equal((await call(`GET ${GATEWAY_API}/edge`)).status, 404);
  assert.equal((await call(`GET ${ISTIO}/edge`)).status, 200);
});

test('a document of the one is refused at the path of the other, and errors say which is meant', async () => {
  const { call } = await both();
  const wrong = await call(`PUT ${ISTIO}/edge`, apiGateway);
  assert.equal(wrong.status, 400);
  const broken = await call('POST /v1/apply', [{ ...apiGateway, spec: { listeners: apiGateway.spec.listeners } }]);
  const { errors } = broken.body as unknown as { readonly errors: readonly { readonly kind: string }[] };
  assert.deepEqual(
    errors.map(({ kind }) => kind),
    ['Gateway.gateway.networking.k8s.io'],
  );
});

test('clients find both by their groups', async () => {
  const { call } = await both();
  for (const group of ['networking.istio.io', 'gateway.networking.k8s.io']) {
    const { resources } = (await call(`GET /apis/${group}/v1`)).body as unknown as {
      readonly resources: readonly { readonly name: string; readonly kind: string }[];
    };
    assert.equal(resources.find(({ name }) => name === 'gateways')?.kind, 'Gateway');
  }
});

test('words name the kind as they do for kubectl: the group that comes first has the bare name', () => {
  const kinds = ['gateway', 'gtw', 'gw', 'gateways.networking.istio.io', 'gateway.gateway.networking.k8s.io'].map(
    (word) => kindCalled(word)?.group,
  );
  const [api, istio] = ['gateway.networking.k8s.io', 'networking.istio.io'];
  assert.deepEqual(kinds, [api, api, istio, istio, api]);
  assert.equal(resourceWord(apiGateway), 'gateway.gateway.networking.k8s.io');
  assert.equal(kindOfDocument('gateway.networking.k8s.io/v1', 'Gateway'), 'Gateway.gateway.networking.k8s.io');
  assert.equal(objectPath('Gateway.gateway.networking.k8s.io', { namespace: 'default' }), GATEWAY_API);
});
