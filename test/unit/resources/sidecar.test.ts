import { testFindings } from '../../support/findings.ts';

const http = { number: 80, name: 'http', protocol: 'HTTP' };
const hosts = ['*/*'];
const egress = (...listeners: readonly object[]): object => ({
  egress: listeners.map((listener) => ({ hosts, ...listener })),
});
const ingress = (...listeners: readonly object[]): object => ({
  ingress: listeners.map((listener) => ({ port: http, ...listener })),
});
const socket = { port: { protocol: 'HTTP' }, bind: 'unix:///run/out' };
const https = { number: 443, name: 'https', protocol: 'HTTPS' };
const files = { serverCertificate: '/c', privateKey: '/k' };
const tls = (settings: object): object => ingress({ port: https, tls: { mode: 'SIMPLE', ...files, ...settings } });
const [out, into] = ['spec.egress', 'spec.ingress[0]'];

testFindings('Sidecar', [
  ['SC-30', {}, 'error spec: sidecar: empty configuration provided'],
  ['SC-30', { inboundConnectionPool: { tcp: { maxConnections: 1 } } }, 'fine'],
  ['SC-30', { inboundConnectionPool: {} }, 'error spec.inboundConnectionPool: connection pool must have at least one'],
  ['SC-30', { egress: [{}] }, `error ${out}[0].hosts: sidecar: egress listener must contain at least one host`],
  [
    'SC-30',
    egress({}, { port: http }),
    `error ${out}[0]: sidecar: the egress listener with empty port should be the last listener`,
  ],
  ['SC-30', egress({ port: http }, {}), 'fine'],
  [
    'SC-30',
    egress({}, {}),
    `error ${out}[0]: sidecar: the egress listener with empty port should be the last listener`,
  ],
  [
    'SC-30',
    egress({ port: http }, { port: { ...http, protocol: 'TCP' } }),
    `error ${out}[1].port.number: sidecar: ports on IP bound listeners must be unique`,
  ],
  ['SC-30', egress(socket, { ...socket, bind: 'unix:///run/other' }), 'fine'],
  ['SC-30', egress(socket, socket), `error ${out}[1].bind: sidecar: unix domain socket values for listeners must be`],
  ['SC-30', egress({ ...socket, bind: '127.0.0.1' }), `error ${out}[0].bind: sidecar: ports with 0 value must have a`],
  ['SC-30', egress({ ...socket, bind: 'unix://a' }), `error ${out}[0].bind: a is not an absolute path`],
  [
    'SC-30',
    egress({ ...socket, captureMode: 'IPTABLES' }),
    `error ${out}[0].captureMode: sidecar: captureMode must be DEFAULT/NONE for unix domain socket listeners`,
  ],
  ['SC-30', egress({ ...socket, captureMode: 'NONE' }), 'fine'],
  ['SC-30', egress({ port: http, bind: 'localhost' }), `error ${out}[0].bind: localhost is not a valid IP`],
  ['SC-30', egress({ port: { ...http, protocol: 'QUIC' } }), `error ${out}[0].port.protocol: unsupported protocol`],
  ['SC-30', egress({ hosts: ['reviews.prod'] }), `error ${out}[0].hosts[0]: host must be of form namespace/dnsName`],
  ['SC-30', egress({ hosts: ['/a.b'] }), `error ${out}[0].hosts[0]: config namespace and dnsName in host entry cannot`],
  ['SC-30', egress({ hosts: ['a_b/a.b'] }), `error ${out}[0].hosts[0]: invalid namespace value "a_b" in sidecar`],
  ['SC-30', egress({ hosts: ['ns/short'] }), `error ${out}[0].hosts[0]: short names (non FQDN) are not allowed`],
  ['SC-30', egress({ hosts: ['ns/*a.b'] }), `error ${out}[0].hosts[0]: partial wildcard "*a.b" not allowed`],
  ['SC-30', egress({ hosts: ['./*', '~/*', 'ns/*.b.c', '~other/a.b'] }), 'fine'],
  ['SC-31', { ingress: [{}] }, `error ${into}.port: sidecar: port is required for ingress listeners`],
  [
    'SC-31',
    ingress({ port: { ...http, targetPort: 8080 } }),
    `error ${into}.port.targetPort: targetPort has no impact on Sidecars`,
  ],
  [
    'SC-31',
    egress({ port: { ...http, targetPort: 8080 } }),
    `error ${out}[0].port.targetPort: targetPort has no impact on Sidecars`,
  ],
  ['SC-31', ingress({ port: { ...http, number: 0 } }), `error ${into}.port.number: port number 0 must be in the range`],
  ['SC-31', ingress({}, {}), 'error spec.ingress[1].port.number: sidecar: ports on IP bound listeners must be unique'],
  ['SC-31', ingress({ bind: 'here' }), `error ${into}.bind: here is not a valid IP`],
  ...['127.0.0.1:81', '0.0.0.0:81', '[::1]:81', '[::]:81', ':81', 'unix:///run/in', 'unix://@in'].map(
    (defaultEndpoint) => ['SC-31', ingress({ defaultEndpoint }), 'fine'] as const,
  ),
  [
    'SC-31',
    ingress({ defaultEndpoint: '10.0.0.1:81' }),
    `error ${into}.defaultEndpoint: sidecar: defaultEndpoint must`,
  ],
  ['SC-31', ingress({ defaultEndpoint: '127.0.0.1' }), `error ${into}.defaultEndpoint: sidecar: defaultEndpoint must`],
  [
    'SC-31',
    ingress({ defaultEndpoint: '127.0.0.1:web' }),
    `error ${into}.defaultEndpoint: sidecar: defaultEndpoint port (web) is not a number`,
  ],
  [
    'SC-31',
    ingress({ defaultEndpoint: '127.0.0.1:70000' }),
    `error ${into}.defaultEndpoint: port number 70000 must be`,
  ],
  ['SC-31', ingress({ defaultEndpoint: 'unix:///' }), `error ${into}.defaultEndpoint: / is not an absolute path`],
  ['SC-31', tls({}), 'fine'],
  ['SC-31', tls({ subjectAltNames: ['a'] }), `error ${into}.tls.subjectAltNames: sidecar: subjectAltNames is not supp`],
  ['SC-31', tls({ httpsRedirect: true }), `error ${into}.tls.httpsRedirect: sidecar: httpsRedirect is not supported`],
  ['SC-31', tls({ credentialName: 'c' }), `error ${into}.tls.credentialName: sidecar: credentialName is not currently`],
  [
    'SC-31',
    tls({ credentialNames: ['c'] }),
    `error ${into}.tls.credentialNames: sidecar: credentialNames is not currently supported`,
  ],
  ['SC-31', tls({ mode: 'ISTIO_MUTUAL' }), `error ${into}.tls.mode: configuration is invalid: cannot set mode to`],
  [
    'SC-31',
    ingress({ tls: { mode: 'SIMPLE', ...files } }),
    `error ${into}.tls: server cannot have TLS settings for non HTTPS/TLS ports`,
  ],
  [
    'SC-31',
    ingress({ port: { ...http, protocol: 'TCP' }, connectionPool: { http: { maxRetries: 1 } } }),
    `warning ${into}.connectionPool.http: sidecar: HTTP connection pool settings are configured for port 80`,
  ],
  [
    'SC-32',
    { outboundTrafficPolicy: { mode: 'ALLOW_ANY_DYNAMIC_DNS' } },
    'error spec.outboundTrafficPolicy.mode: sidecar: ALLOW_ANY_DYNAMIC_DNS mode is only supported in MeshConfig',
  ],
  [
    'SC-32',
    { outboundTrafficPolicy: { egressProxy: { host: 'a.b', port: { number: 1 } } } },
    'error spec.outboundTrafficPolicy.egressProxy: sidecar: egress_proxy must be set only with ALLOW_ANY',
  ],
  [
    'SC-32',
    { outboundTrafficPolicy: { mode: 'ALLOW_ANY', egressProxy: { host: 'a.b' } } },
    'error spec.outboundTrafficPolicy.egressProxy.port: sidecar: egress_proxy port must be non-nil',
  ],
  [
    'SC-32',
    { outboundTrafficPolicy: { mode: 'ALLOW_ANY', egressProxy: { host: 'a_b', port: { number: 1 } } } },
    'error spec.outboundTrafficPolicy.egressProxy.host: domain name "a_b" invalid',
  ],
  [
    'SC-32',
    { outboundTrafficPolicy: { mode: 'ALLOW_ANY', egressProxy: { host: 'a.b', port: { number: 1 } } } },
    'fine',
  ],
  [
    'SC-32',
    { ...egress({}), workloadSelector: {} },
    'warning spec.workloadSelector: sidecar: workload selector specified without labels, will be applied to all',
  ],
  [
    'SC-32',
    { ...egress({}), workloadSelector: { labels: { app: 'a*' } } },
    'error spec.workloadSelector.labels.app: wildcard is not supported in selector: "app=a*"',
  ],
  ['SC-32', egress({ hosts: ['ns/*', './a.b'] }), `warning ${out}[0].hosts[1]: duplicated egress host: ./a.b`],
  ['SC-32', egress({ hosts: ['x/a.b', 'x/*'] }), `warning ${out}[0].hosts[1]: duplicated egress host: x/*`],
  ['SC-32', egress({ hosts: ['*/*', 'x/a.b'] }), `warning ${out}[0].hosts: \`*/*\` host select all resources`],
]);
