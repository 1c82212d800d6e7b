import { testFindings } from '../../support/findings.ts';

const port = { number: 80, name: 'http', protocol: 'HTTP' };
const https = { number: 443, name: 'https', protocol: 'HTTPS' };
const server = (changes: object): object => ({ servers: [{ port, hosts: ['*'], ...changes }] });
const tls = (settings: object): object => server({ port: https, tls: settings });
const at = 'spec.servers[0]';

testFindings('Gateway', [
  ['GW-36', {}, 'error spec.servers: gateway must have at least one server'],
  ['GW-36', server({}), 'error metadata.name: invalid gateway name: "a.b"', { name: 'a.b' }],
  ['GW-36', server({ hosts: [] }), `error ${at}.hosts: server config must contain at least one host`],
  ['GW-36', server({ hosts: ['short'] }), `error ${at}.hosts[0]: short names (non FQDN) are not allowed`],
  ['GW-36', server({ hosts: ['a*.b'] }), `error ${at}.hosts[0]: domain name "a*.b" invalid`],
  ['GW-36', server({ hosts: ['*b.c'] }), `error ${at}.hosts[0]: partial wildcard "*b.c" not allowed`],
  [
    'GW-36',
    server({ hosts: ['/a.b'] }),
    `error ${at}.hosts[0]: config namespace and dnsName in host entry cannot be empty`,
  ],
  ['GW-36', server({ hosts: ['a_b/c.d'] }), `error ${at}.hosts[0]: invalid namespace value "a_b" in gateway`],
  ['GW-36', server({ hosts: ['./a.b', '*/*.c', 'ns/*', '1.2.3.4'] }), 'fine'],
  ['GW-36', { servers: [{ hosts: ['*'] }] }, `error ${at}.port: port is required`],
  ['GW-36', server({ port: { ...port, name: '' } }), `error ${at}.port.name: port name must be set`],
  ['GW-36', server({ port: { ...port, number: 0 } }), `error ${at}.port.number: port number 0 must be in the range`],
  ['GW-36', server({ port: { ...port, protocol: 'QUIC' } }), `error ${at}.port.protocol: invalid protocol "QUIC"`],
  [
    'GW-36',
    server({ port: { ...port, targetPort: 8080 } }),
    `error ${at}.port.targetPort: targetPort has no impact on Gateways`,
  ],
  [
    'GW-36',
    {
      servers: [
        { port, hosts: ['*'] },
        { port: { ...port, number: 81 }, hosts: ['*'] },
      ],
    },
    'error spec.servers[1].port.name: port names in servers must be unique',
  ],
  ['GW-36', server({ bind: 'localhost' }), `error ${at}.bind: localhost is not a valid IP`],
  ['GW-36', server({ bind: 'unix:///s' }), `error ${at}.port.number: port number must be 0 for unix domain socket`],
  ['GW-37', server({ port: https }), `error ${at}.tls: server must have TLS settings for HTTPS/TLS protocols`],
  [
    'GW-37',
    server({ tls: { mode: 'SIMPLE', credentialName: 'c' } }),
    `error ${at}.tls: server cannot have TLS settings for plain text HTTP ports`,
  ],
  ['GW-37', server({ tls: { httpsRedirect: true } }), 'fine'],
  [
    'GW-37',
    server({ port: { ...port, protocol: 'TCP' }, tls: {} }),
    `error ${at}.tls: server cannot have TLS settings for non HTTPS/TLS ports`,
  ],
  [
    'GW-37',
    tls({ httpsRedirect: true, mode: 'SIMPLE', credentialName: 'c' }),
    `warning ${at}.tls.httpsRedirect: tls.httpsRedirect should only be used with http servers`,
  ],
  [
    'GW-38',
    tls({ mode: 'ISTIO_MUTUAL', credentialName: 'c' }),
    `error ${at}.tls.credentialName: ISTIO_MUTUAL TLS cannot have associated credentialName`,
  ],
  [
    'GW-38',
    tls({ mode: 'SIMPLE', credentialName: 'c', credentialNames: ['d'] }),
    `error ${at}.tls: only one of credential_name, credential_names`,
  ],
  ['GW-38', tls({ mode: 'SIMPLE' }), `error ${at}.tls.serverCertificate: SIMPLE TLS requires a server certificate`],
  [
    'GW-38',
    tls({ mode: 'SIMPLE', serverCertificate: 's' }),
    `error ${at}.tls.privateKey: SIMPLE TLS requires a private key`,
  ],
  [
    'GW-38',
    tls({ mode: 'MUTUAL', serverCertificate: 's', privateKey: 'k' }),
    `error ${at}.tls.caCertificates: MUTUAL TLS requires a client CA bundle`,
  ],
  [
    'GW-38',
    tls({ mode: 'SIMPLE', serverCertificate: 's', privateKey: 'k', caCrl: 'c' }),
    `error ${at}.tls.caCrl: CRL is not supported with SIMPLE TLS`,
  ],
  [
    'GW-38',
    tls({ mode: 'SIMPLE', tlsCertificates: [{ privateKey: 'k' }] }),
    `error ${at}.tls.tlsCertificates[0].serverCertificate: SIMPLE TLS requires`,
  ],
  [
    'GW-38',
    tls({ mode: 'PASSTHROUGH', credentialName: 'c' }),
    `warning ${at}.tls: PASSTHROUGH mode does not use certificates`,
  ],
  [
    'GW-38',
    tls({ mode: 'SIMPLE', credentialName: 'c', cipherSuites: ['AES128-SHA', 'AES128-SHA', 'X'] }),
    `warning ${at}.tls.cipherSuites: ignoring invalid cipher suites: [X]`,
  ],
  [
    'GW-38',
    tls({ mode: 'SIMPLE', credentialName: 'c', cipherSuites: ['AES128-SHA', 'AES128-SHA'] }),
    `warning ${at}.tls.cipherSuites: ignoring duplicate cipher suites: [AES128-SHA]`,
  ],
  [
    'GW-38',
    tls({ mode: 'SIMPLE', credentialName: 'c', minProtocolVersion: 'TLSV1_0' }),
    `warning ${at}.tls.minProtocolVersion: TLS version below TLSV1_2`,
  ],
]);
