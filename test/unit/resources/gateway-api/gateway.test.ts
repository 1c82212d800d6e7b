import { testFindings } from '../../../support/findings.ts';

const http = { name: 'http', port: 80, protocol: 'HTTP' };
const gateway = (...listeners: object[]) => ({ gatewayClassName: 'istio', listeners });
const certificateRefs = [{ name: 'cert' }];

testFindings('Gateway.gateway.networking.k8s.io', [
  ['CS-8', gateway(http), 'fine'],
  ['CS-8', { listeners: [http] }, 'error spec.gatewayClassName: must be set'],
  ['CS-8', { gatewayClassName: 'istio' }, 'error spec.listeners: must have at least one item'],
  ['CS-8', gateway(http, { ...http, port: 81 }), 'error spec.listeners[1].name: Listener name must be unique'],
  [
    'CS-8',
    gateway(http, { ...http, name: 'b' }),
    'error spec.listeners[1]: Combination of port, protocol and hostname',
  ],
  ['CS-8', gateway(http, { ...http, name: 'b', hostname: 'a.example.com' }), 'fine'],
  ['CS-8', gateway({ ...http, name: 'Http' }), 'error spec.listeners[0].name: "Http" is no name'],
  ['CS-8', gateway({ ...http, hostname: '*.*.com' }), 'error spec.listeners[0].hostname: "*.*.com" is no host name'],
  ['CS-8', gateway({ ...http, port: 0 }), 'error spec.listeners[0].port: port 0 is not from 1 to 65535'],
  ['CS-8', gateway({ ...http, tls: { certificateRefs } }), 'error spec.listeners[0].tls: tls must not be specified'],
  [
    'CS-8',
    gateway({ ...http, protocol: 'HTTPS', tls: { mode: 'Passthrough' } }),
    'error spec.listeners[0].tls.mode: tls mode must be Terminate for protocol HTTPS',
  ],
  ['CS-8', gateway({ ...http, protocol: 'TLS' }), 'error spec.listeners[0].tls: tls mode must be set for protocol TLS'],
  ['CS-8', gateway({ ...http, protocol: 'TLS', tls: { mode: 'Passthrough' } }), 'fine'],
  ['CS-8', gateway({ ...http, protocol: 'HTTPS', tls: {} }), 'error spec.listeners[0].tls: certificateRefs or options'],
  ['CS-8', gateway({ ...http, protocol: 'HTTPS', tls: { certificateRefs } }), 'fine'],
  ['CS-8', gateway({ ...http, protocol: 'http' }), 'fine'],
  ['CS-8', gateway({ ...http, protocol: 'a b' }), 'error spec.listeners[0].protocol: "a b" is no protocol'],
  [
    'CS-8',
    gateway({ name: 'tcp', port: 1, protocol: 'TCP', hostname: 'a.example.com' }),
    "error spec.listeners[0].hostname: hostname must not be specified for protocols ['TCP', 'UDP']",
  ],
  [
    'CS-8',
    gateway({ ...http, allowedRoutes: { kinds: [{}] } }),
    'error spec.listeners[0].allowedRoutes.kinds[0].kind: must be set',
  ],
  [
    'CS-8',
    { ...gateway(http), addresses: [{ type: 'Hostname', value: 'a_b' }] },
    'error spec.addresses[0].value: "a_b" is no host name',
  ],
  [
    'CS-8',
    { ...gateway(http), addresses: [{ value: '1.2.3.4' }, { type: 'IPAddress', value: '1.2.3.4' }] },
    'error spec.addresses[1].value: IPAddress values must be unique',
  ],
  [
    'CS-8',
    { ...gateway(http), tls: { frontend: { perPort: [] } } },
    'error spec.tls.frontend.default: must be set, be it empty',
  ],
]);
