import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { renderCase, renderText, type RenderedResources } from '../../../../lib/control/offline/render-case.ts';
import { documents } from '../../../support/apply.ts';

const options = { profile: 'istio-proxy', showsSecrets: false } as const;
const router = { type: 'router', id: 'gw.edge', namespace: 'edge', ips: ['1.1.1.1'], labels: { app: 'gw' } };

const gateway = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: gw, namespace: edge }
spec:
  selector: { app: gw }
  servers:
    - { hosts: ["*"], port: { number: 80, name: http, protocol: HTTP } }`;

const table = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: v, namespace: shop }
spec:
  hosts: [shop.example.com]
  gateways: [edge/gw]
  http:
    - route: [{ destination: { host: reviews } }]`;

const service = `
apiVersion: v1
kind: Service
metadata: { name: reviews, namespace: shop }
spec: { clusterIP: None, ports: [{ name: http, port: 80, targetPort: 0 }] }`;

function render(parts: object): RenderedResources {
  const { resources, errors } = renderCase({ name: 'case', ...parts }, options);
  assert.deepEqual(errors, undefined);
  assert.ok(resources !== undefined);
  return resources;
}

const text = (resources: RenderedResources): string => JSON.stringify(resources);

describe('names in a case', () => {
  test('HN-7: short names of a case have no domain, while Services keep the mesh domain', () => {
    const rendered = render({ configs: documents(gateway, table), kube: service, proxy: router });
    assert.match(text(rendered), /"cluster":"outbound\|80\|\|reviews\.shop"/);
    assert.match(text(rendered), /"name":"outbound\|80\|\|reviews\.shop\.svc\.cluster\.local"/);
  });

  test('HN-7: short names of uploaded documents have the mesh domain', () => {
    const how = { ...options, node: router, defaultNamespace: 'default' };
    const rendered = renderText(documents(gateway, table), how);
    assert.ok(rendered.outcome === 'rendered');
    assert.match(text(rendered.resources), /"cluster":"outbound\|80\|\|reviews\.shop\.svc\.cluster\.local"/);
  });
});

describe('documents of a case that apply would refuse', () => {
  const slice = `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: reviews, namespace: shop, labels: { kubernetes.io/service-name: reviews } }
addressType: ""
endpoints: [{ addresses: [10.0.0.9], conditions: {} }]
ports: [{ name: http, port: 80 }]`;
  const rule = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: shop }
spec:
  host: reviews.shop.svc.cluster.local
  trafficPolicy:
    loadBalancer: { consistentHash: { httpHeaderName: who, minimumRingSize: "4096" } }
    connectionPool: { tcp: { connectTimeout: 500us } }`;

  test('a slice without an address type has IP addresses', () => {
    const rendered = render({ kube: documents(service, slice), proxy: router });
    assert.match(text(rendered), /"address":"10\.0\.0\.9"/);
  });

  test('a 64-bit number may stand as text', () => {
    const rendered = render({ configs: rule, kube: service, proxy: router });
    assert.match(text(rendered), /"minimumRingSize":"?4096/);
  });

  test('GW-2: a Gateway may be tied to services by the annotation that only a control plane writes', () => {
    const tied = gateway
      .replace('namespace: edge', 'namespace: edge, annotations: { internal.istio.io/gateway-service: gw.edge.com }')
      .replace('  selector: { app: gw }\n', '');
    const own = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: gw, namespace: edge }
spec:
  hosts: [gw.edge.com]
  ports: [{ number: 80, name: http, protocol: HTTP, targetPort: 8080 }]
  resolution: STATIC
  endpoints: [{ address: 1.1.1.1 }]`;
    const { listeners } = render({ configs: documents(tied, own), proxy: router });
    assert.deepEqual(
      listeners?.map((listener) => (listener as { name: string }).name),
      ['0.0.0.0_8080'],
    );
  });
});
