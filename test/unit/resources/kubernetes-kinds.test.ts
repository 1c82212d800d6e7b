import { testFindings } from '../../support/findings.ts';

const port = { port: 80 };

testFindings('Service', [
  ['CS-8', {}, 'error spec.ports: a service needs at least one port'],
  ['CS-8', { clusterIP: 'None' }, 'fine'],
  ['CS-8', { ports: [port], selector: { app: 'a' } }, 'fine'],
  [
    'CS-8',
    {
      ports: [
        { name: 'http', port: 80, targetPort: 'web' },
        { name: 'dns', port: 80, protocol: 'UDP' },
      ],
    },
    'fine',
  ],
  ['CS-8', { ports: [port, { port: 81 }] }, 'error spec.ports[0].name: ports have names when there are several'],
  [
    'CS-8',
    {
      ports: [
        { name: 'a', port: 80 },
        { name: 'a', port: 81 },
      ],
    },
    'error spec.ports[1].name: port name "a" is there already',
  ],
  [
    'CS-8',
    {
      ports: [
        { name: 'a', port: 80 },
        { name: 'b', port: 80 },
      ],
    },
    'error spec.ports[1].port: port 80/TCP is there already',
  ],
  ['CS-8', { ports: [{ port: 0 }] }, 'error spec.ports[0].port: port number 0 must be'],
  ['CS-8', { ports: [{ port: 80, targetPort: 'Web!' }] }, 'error spec.ports[0].targetPort: invalid targetPort "Web!"'],
  ['CS-8', { ports: [{ port: 80, targetPort: '80' }] }, 'error spec.ports[0].targetPort: invalid targetPort "80"'],
  ['CS-8', { ports: [port], clusterIP: '1.2' }, 'error spec.clusterIP: 1.2 is not a valid IP'],
  [
    'CS-8',
    { ports: [port], type: 'LoadBalanced' },
    'error spec.type: the text "LoadBalanced" is not a value of this field; use one of ClusterIP',
  ],
  ['CS-8', { type: 'ExternalName' }, 'error spec.externalName: an ExternalName service names its target'],
  [
    'CS-8',
    { type: 'ExternalName', externalName: 'a.b', clusterIP: 'None' },
    'error spec.clusterIP: clusterIP may not be set',
  ],
  ['CS-12', { ports: [port] }, 'error metadata.name: invalid service name "1a"', { name: '1a' }],
]);

const labels = { labels: { 'kubernetes.io/service-name': 'a' } };
const slice = (endpoints: object[], more: object = {}): object => ({ addressType: 'IPv4', endpoints, ...more });

testFindings('EndpointSlice', [
  [
    'CS-8',
    slice([{ addresses: ['1.2.3.4'], conditions: { ready: true } }], { ports: [{ name: 'http', port: 80 }] }),
    'fine',
    labels,
  ],
  ['CS-8', { endpoints: [] }, 'error addressType: addressType is required', labels],
  ['CS-8', slice([{}]), 'error endpoints[0].addresses: an endpoint has 1 to 100 addresses', labels],
  ['CS-8', slice([{ addresses: ['::1'] }]), 'error endpoints[0].addresses[0]: ::1 is not a valid IPv4 address', labels],
  [
    'CS-8',
    { addressType: 'FQDN', endpoints: [{ addresses: ['a b'] }] },
    'error endpoints[0].addresses[0]: a b is not a valid FQDN',
    labels,
  ],
  [
    'CS-8',
    slice([], { ports: [{ port: 1 }, { port: 2 }] }),
    'error ports[1].name: port name "" is there already',
    labels,
  ],
  ['CS-8', slice([], { ports: [{ port: 70_000 }] }), 'error ports[0].port: port number 70000 must be', labels],
  ['CS-8', slice([]), 'warning metadata.labels: the label kubernetes.io/service-name is missing'],
  ['CS-13', { ...slice([]), spec: {} }, 'error spec: unknown field "spec"; known here: addressType', labels],
]);
