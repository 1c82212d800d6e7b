import { testFindings } from '../../support/findings.ts';

const name = { name: 'default' };
const mesh = (meshConfig: object): object => ({ meshConfig });
const at = 'spec.meshConfig';

const byHttp = (provider: object, named = 'by-http'): object =>
  mesh({ extensionProviders: [{ name: named, envoyExtAuthzHttp: { service: 'a.test', port: 80, ...provider } }] });
const provider = `error ${at}.extensionProviders[0]: invalid extension provider`;

testFindings('Mesh', [
  ['XAZ-7', byHttp({}), 'fine', name],
  ['XAZ-7', byHttp({}, 'a.b'), `${provider} a.b: provider name "a.b" must be 1 to 63`, name],
  ['XAZ-7', byHttp({}, '-a'), `${provider} -a: provider name "-a" must be 1 to 63`, name],
  ['XAZ-7', byHttp({}, 'a'.repeat(64)), `${provider} ${'a'.repeat(64)}: provider name`, name],
  ['XAZ-9', byHttp({ pathPrefix: 'check' }), `${provider} by-http: pathPrefix should begin with "/"`, name],
  ['XAZ-9', byHttp({ port: 65536 }), `${provider} by-http: port 65536 must be in the range 1..65535`, name],
  ['XAZ-9', byHttp({ statusOnError: '999' }), `${provider} by-http: unsupported statusOnError value 999`, name],
  ['TD-7', mesh({ trustDomain: 'a.b.' }), 'fine', name],
  ['TD-7', mesh({ trustDomain: 'a_b' }), `error ${at}.trustDomain: trustDomain: trust domain name "a_b" invalid`, name],
  ['G-7', {}, 'fine', name],
  ['G-7', {}, 'error metadata.name: a Mesh called "test" would have no effect'],
  ['G-7', mesh({ outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' }, trustDomain: 'td' }), 'fine', name],
  ['G-7', mesh({ connectTimeout: '2h' }), `error ${at}.connectTimeout: invalid connect timeout: time 2h must be`, name],
  ['G-7', mesh({ proxyListenPort: 0 }), `error ${at}.proxyListenPort: invalid proxy listen port: port number 0`, name],
  [
    'G-7',
    mesh({ protocolDetectionTimeout: '1us' }),
    `error ${at}.protocolDetectionTimeout: invalid protocol detection timeout`,
    name,
  ],
  ['G-7', mesh({ protocolDetectionTimeout: '0s' }), 'fine', name],
  ['G-7', mesh({ trustDomain: '' }), `error ${at}.trustDomain: trustDomain: empty domain name not allowed`, name],
  [
    'G-7',
    mesh({ trustDomainAliases: ['a/b'] }),
    `error ${at}.trustDomainAliases[0]: trustDomainAliases[0], domain \`a/b\``,
    name,
  ],
  [
    'G-7',
    mesh({ serviceSettings: [{ hosts: ['a b'] }] }),
    `error ${at}.serviceSettings[0].hosts[0]: serviceSettings[0], host \`a b\``,
    name,
  ],
  [
    'G-7',
    mesh({ defaultConfig: { statusPort: 0 } }),
    `error ${at}.defaultConfig.statusPort: invalid status port: port number 0`,
    name,
  ],
  [
    'G-7',
    mesh({ defaultConfig: { discoveryAddress: 'a' } }),
    `error ${at}.defaultConfig.discoveryAddress: invalid discovery address: unable to split "a"`,
    name,
  ],
  [
    'G-7',
    mesh({ defaultConfig: { discoveryAddress: '2001:db8::1:80' } }),
    `error ${at}.defaultConfig.discoveryAddress: invalid discovery address: unable to split "2001:db8::1:80"`,
    name,
  ],
  [
    'G-7',
    mesh({ defaultConfig: { drainDuration: '1500ms' } }),
    `error ${at}.defaultConfig.drainDuration: invalid drain duration: drain time only supports`,
    name,
  ],
  [
    'G-7',
    mesh({ defaultConfig: { connectionSettings: { http2InitialStreamWindowSize: 1 } } }),
    `error ${at}.defaultConfig.connectionSettings.http2InitialStreamWindowSize: invalid connection settings`,
    name,
  ],
  [
    'LB-18',
    mesh({ localityLbSetting: { failover: [{ from: 'a', to: 'a' }] } }),
    `error ${at}.localityLbSetting.failover[0]: locality lb failover`,
    name,
  ],
  ['LB-19', mesh({ localityLbSetting: {}, zoneAwareLbSetting: {} }), 'fine', name],
  [
    'VS-27',
    mesh({ defaultHttpRetryPolicy: { attempts: 1, retryOn: 'soon' } }),
    `error ${at}.defaultHttpRetryPolicy.retryOn: "soon" is not`,
    name,
  ],
  [
    'CS-13',
    mesh({ trustdomain: 'x' }),
    `error ${at}.trustdomain: unknown field "trustdomain"; did you mean trustDomain?`,
    name,
  ],
  [
    'G-7',
    {
      meshNetworks: { networks: { n1: { endpoints: [{ fromRegistry: 'a.b' }], gateways: [{ address: '1.2.3.4' }] } } },
    },
    'error spec.meshNetworks.networks.n1.endpoints[0].fromRegistry: invalid network n1: invalid registry name: a.b',
    name,
  ],
  [
    'G-7',
    { meshNetworks: { networks: { n1: { gateways: [{ address: '1.2.3.4' }] } } } },
    'error spec.meshNetworks.networks.n1.gateways[0].port: port number 0 must be in the range',
    name,
  ],
]);
