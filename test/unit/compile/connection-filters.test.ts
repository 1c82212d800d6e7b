import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf } from '../../support/line.ts';

const documents = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: proxy }
spec: { hosts: [proxy.com], addresses: [10.1.0.1], resolution: DNS, ports: [{ number: 9, name: tcp, protocol: TCP }] }
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: far }
spec: { hosts: [far.com], addresses: [10.1.0.2], resolution: DNS, ports: [{ number: 9, name: tcp, protocol: TCP }] }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: proxy }
spec:
  host: proxy.com
  trafficPolicy: { tunnel: { targetHost: far.com, targetPort: 443 } }
  subsets:
    - { name: plain }
    - { name: post, trafficPolicy: { tunnel: { protocol: POST, targetHost: "2001:db8::1", targetPort: 80 } } }
`;

const route = (destination: string): string => `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: far }
spec: { hosts: [far.com], tcp: [{ route: [${destination}] }] }
`;

test('TR-10: connections go through the tunnel of the policy of whom they are sent to', () => {
  const tunnels = (text: string): unknown => {
    const { ir } = lineOf(text);
    const filters = ir.listeners.find(({ name }) => name === '10.1.0.2_9')?.chains.flatMap((chain) => chain.filters);
    return filters?.map((filter) => filter.type === 'tcp-proxy' && filter.tunnel);
  };
  const to = (more = ''): string => `{ destination: { host: proxy.com, port: { number: 9 }${more} } }`;
  assert.deepEqual(tunnels(documents), [undefined]);
  assert.deepEqual(tunnels(documents + route(to())), [{ target: 'far.com:443', usesPost: false }]);
  assert.deepEqual(tunnels(documents + route(to(', subset: post'))), [{ target: '[2001:db8::1]:80', usesPost: true }]);
  assert.deepEqual(tunnels(documents + route(to(', subset: plain'))), [undefined]);
  const drawn = `${to().slice(0, -1)}, weight: 1 }, { destination: { host: far.com }, weight: 1 }`;
  assert.deepEqual(tunnels(documents + route(drawn)), [{ target: 'far.com:443', usesPost: false }]);
});
