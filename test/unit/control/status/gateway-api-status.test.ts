import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs } from '../../../../lib/base/brand.ts';
import { conditionsIn, type Condition } from '../../../../lib/resources/conditions.ts';
import type { Resource } from '../../../../lib/resources/resource.ts';
import { apiCaller } from '../../../support/api-caller.ts';
import { testDelivery } from '../../../support/delivery.ts';
import { resourcesOf } from '../../../support/documents.ts';

const mesh = (more = '') => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: infra, generation: 3, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' }
spec:
  gatewayClassName: istio
  listeners:
    - { name: tcp, port: 5432, protocol: TCP }
    - { name: http, port: 8080, protocol: HTTP }
${more}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: theirs, namespace: infra, generation: 1, resourceVersion: '1' }
spec:
  gatewayClassName: of-somebody-else
  listeners: [{ name: http, port: 8081, protocol: HTTP }]
`;

const router = (name: string, namespace = 'infra') => ({
  id: `router~10.0.0.5~${name}.${namespace}~${namespace}.svc.cluster.local`,
  cluster: name,
  metadata: { NAMESPACE: namespace, LABELS: { 'gateway.networking.k8s.io/gateway-name': 'edge' } },
});

/** A mesh that is built, and how its objects stand. */
async function built(yaml: string) {
  const delivery = testDelivery();
  delivery.configure(yaml);
  const objects = resourcesOf(yaml);
  const shown = async (): Promise<readonly Resource[]> => delivery.withConditions(objects);
  const poll = async (node: object) => {
    for (const path of ['clusters', 'listeners']) {
      const answer = await delivery.poll(path, { node });
      const { version_info: version = '' } = answer.status === 200 ? ((await answer.json()) as Answer) : {};
      await delivery.poll(path, { node, version });
    }
  };
  return { delivery, shown, poll };
}

interface Answer {
  readonly version_info?: string;
}

const programmed = ([gateway]: readonly Resource[]): Condition | undefined =>
  conditionsIn(gateway?.status).find(({ type }) => type === 'Programmed');

test('GA-9: a Gateway is programmed when a router that says it is its has taken it, and waits until then', async () => {
  const { delivery, shown, poll } = await built(mesh());
  const before = programmed(await shown());
  assert.deepEqual([before?.status, before?.reason, before?.observedGeneration], ['False', 'Pending', 3]);
  await poll(router('stranger', 'elsewhere'));
  assert.equal(programmed(await shown())?.status, 'False');
  await poll(router('edge'));
  const after = programmed(await shown());
  assert.deepEqual([after?.status, after?.reason], ['True', 'Programmed']);
  delivery.clock.advance(durationMs(5_000));
  await poll(router('edge'));
  assert.equal(programmed(await shown())?.lastTransitionTime, after?.lastTransitionTime);
});

test('GA-8, GA-9: listeners have dated conditions of their own in the status; a Gateway of another controller has none', async () => {
  const { shown } = await built(mesh());
  const [own, theirs] = await shown();
  const listeners = own?.status?.['listeners'] as readonly {
    readonly name: string;
    readonly conditions: Condition[];
  }[];
  assert.deepEqual(
    listeners.map(({ name, conditions }) => [name, conditions.map(({ type }) => type)]),
    ['tcp', 'http'].map((name) => [name, ['Accepted', 'Conflicted', 'Programmed', 'ResolvedRefs']]),
  );
  assert.ok(listeners[0]?.conditions.every((each) => each.observedGeneration === 3 && each.lastTransitionTime));
  assert.equal(theirs?.status?.['listeners'], undefined);
});

const OTHER = 'example.com/other';
const policy = (targets: readonly string[]) => `
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: { name: tls, namespace: infra, generation: 2, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' }
spec:
  targetRefs: ${JSON.stringify(targets.map((name) => ({ group: '', kind: 'Service', name })))}
  validation: { hostname: shop.example.com, wellKnownCACertificates: System }
---
apiVersion: v1
kind: Service
metadata: { name: shop, namespace: infra }
spec: { ports: [{ name: http, port: 80 }] }
`;

interface ShownAncestor {
  readonly ancestorRef?: { readonly name?: string };
  readonly controllerName: string;
  readonly conditions: readonly Condition[];
}

/** The ancestors in the status of a policy, which others have written before. */
async function ancestorsOf(before: readonly object[], targets: readonly string[]): Promise<readonly ShownAncestor[]> {
  const delivery = testDelivery();
  const yaml = policy(targets);
  delivery.configure(yaml);
  const written = resourcesOf(yaml).map((each) => ({ ...each, status: { ancestors: before } }));
  const [shown] = await delivery.withConditions(written);
  return (shown?.status?.['ancestors'] ?? []) as readonly ShownAncestor[];
}

test('GA-25: a policy has dated conditions for each object that it is for', async () => {
  const [shop, missing] = await ancestorsOf([], ['shop', 'missing']);
  assert.deepEqual([shop?.ancestorRef?.name, shop?.controllerName], ['shop', 'istio.io/mesh-controller']);
  const accepted = shop?.conditions.find(({ type }) => type === 'Accepted');
  assert.deepEqual([accepted?.status, accepted?.observedGeneration], ['True', 2]);
  assert.ok(accepted?.lastTransitionTime);
  assert.equal(missing?.conditions.find(({ type }) => type === 'Accepted')?.reason, 'TargetNotFound');
});

test('GA-26: what others say of a policy stays, what was said here before is said anew, and there are 16 at most', async () => {
  const said = (controllerName: string) => ({ ancestorRef: { name: 'shop' }, controllerName, conditions: [] });
  const stale = said('istio.io/mesh-controller');
  const names = (ancestors: readonly ShownAncestor[]) => ancestors.map(({ controllerName }) => controllerName);
  const one = await ancestorsOf([stale, said(OTHER), stale], ['shop']);
  assert.deepEqual(names(one), [OTHER, 'istio.io/mesh-controller']);
  assert.equal(one[1]?.conditions.length, 2);
  const full = await ancestorsOf(
    Array.from({ length: 15 }, () => said(OTHER)),
    ['shop', 'missing'],
  );
  assert.deepEqual(names(full).slice(14), [OTHER, 'istio.io/mesh-controller']);
});

test('CS-9, GA-8: a watch of Gateways tells when a listener takes a route, which changes no Gateway', async () => {
  const delivery = testDelivery();
  const route = `
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: shop, namespace: infra }
spec: { parentRefs: [{ name: edge, sectionName: http }], rules: [{}] }
`;
  delivery.configure(mesh());
  let looked = 0;
  const { app, call } = apiCaller(
    {},
    {
      withConditions: async (objects) => {
        looked += 1;
        if (looked === 3) delivery.configure(mesh(route));
        return delivery.withConditions(objects);
      },
    },
  );
  const collection = '/apis/gateway.networking.k8s.io/v1/namespaces/infra/gateways';
  const spec = { gatewayClassName: 'istio', listeners: [{ name: 'http', port: 8080, protocol: 'HTTP' }] };
  await call('POST /v1/apply', [
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: 'edge', namespace: 'infra' },
      spec,
    },
  ]);
  const stream = await app.request(`${collection}?watch=true&timeoutSeconds=9&resourceVersion=1`);
  const events = (await stream.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as GatewayEvent);
  const counts = events.map(({ type, object }) =>
    [type, ...object.status.listeners.map(({ name, attachedRoutes }) => `${name} ${attachedRoutes}`)].join(' '),
  );
  assert.deepEqual(counts, ['MODIFIED tcp 0 http 0', 'MODIFIED tcp 0 http 1']);
});

interface GatewayEvent {
  readonly type: string;
  readonly object: {
    readonly status: { readonly listeners: readonly { readonly name: string; readonly attachedRoutes: number }[] };
  };
}
