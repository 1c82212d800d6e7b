import { testFindings, type FindingRow } from '../../support/findings.ts';

const rule = (spec: object): object => ({ host: 'a.b', ...spec });
const policy = (trafficPolicy: object): object => rule({ trafficPolicy });
const balancer = (loadBalancer: object): object => policy({ loadBalancer });
const pool = (connectionPool: object): object => policy({ connectionPool });
const outlier = (outlierDetection: object): object => policy({ outlierDetection });
const tls = (settings: object): object => policy({ tls: settings });
const lb = 'spec.trafficPolicy.loadBalancer';

testFindings('DestinationRule', [
  ['DR-37', {}, 'error spec.host: empty domain name not allowed'],
  ['DR-37', { host: 'a b' }, 'error spec.host: domain name "a b" invalid'],
  ['DR-37', { host: '*.a.b' }, 'fine'],
  ['DR-37', { host: 'short' }, 'fine'],
  [
    'DR-37',
    rule({ subsets: [{ name: 'v' }, { name: 'v' }] }),
    'error spec.subsets[1].name: duplicate subset names: "v"',
  ],
  ['DR-37', rule({ subsets: [{}] }), 'error spec.subsets[0].name: subset name cannot be empty'],
  ['DR-37', rule({ subsets: [{ name: 'a.b' }] }), 'error spec.subsets[0].name: subset name is invalid: a.b'],
  [
    'DR-37',
    rule({ subsets: [{ name: 'v', labels: { '@': '' } }] }),
    'error spec.subsets[0].labels["@"]: invalid tag key',
  ],
  ['DR-38', policy({}), 'error spec.trafficPolicy: traffic policy must have at least one field'],
  ['DR-38', policy({ portLevelSettings: [] }), 'error spec.trafficPolicy: traffic policy must have at least one field'],
  [
    'DR-38',
    rule({ subsets: [{ name: 'v', trafficPolicy: {} }] }),
    'error spec.subsets[0].trafficPolicy: traffic policy must',
  ],
  [
    'DR-38',
    policy({ tunnel: { targetHost: 'a', targetPort: 1 }, proxyProtocol: {} }),
    'error spec.trafficPolicy: tunnel and proxyProtocol must not be set together',
  ],
  [
    'DR-38',
    policy({ tunnel: { protocol: 'GET', targetHost: 'a', targetPort: 1 } }),
    'error spec.trafficPolicy.tunnel.protocol: tunnel protocol must be',
  ],
  [
    'DR-38',
    policy({ tunnel: { targetHost: '*', targetPort: 1 } }),
    'error spec.trafficPolicy.tunnel.targetHost: tunnel target host must be valid FQDN',
  ],
  [
    'DR-38',
    policy({ tunnel: { targetHost: '1.2.3.4' } }),
    'error spec.trafficPolicy.tunnel.targetPort: port number 0 must be',
  ],
  [
    'DR-38',
    policy({ retryBudget: { percent: 101 } }),
    'error spec.trafficPolicy.retryBudget.percent: percentage 101 is not in range',
  ],
  ['DR-39', pool({}), 'error spec.trafficPolicy.connectionPool: connection pool must have at least one field'],
  [
    'DR-39',
    pool({ http: { maxRetries: -1 } }),
    'error spec.trafficPolicy.connectionPool.http.maxRetries: max retries must be non-negative',
  ],
  [
    'DR-39',
    pool({ tcp: { maxConnections: -1 } }),
    'error spec.trafficPolicy.connectionPool.tcp.maxConnections: max connections must',
  ],
  [
    'DR-39',
    pool({ tcp: { connectTimeout: '0.5ms' } }),
    'error spec.trafficPolicy.connectionPool.tcp.connectTimeout: duration must be greater than 1ms',
  ],
  [
    'DR-39',
    pool({ tcp: { connectTimeout: '1.5ms' } }),
    'error spec.trafficPolicy.connectionPool.tcp.connectTimeout: only durations to ms precision',
  ],
  [
    'DR-39',
    pool({ tcp: { connectTimeout: 'soon' } }),
    'error spec.trafficPolicy.connectionPool.tcp.connectTimeout: must be a duration',
  ],
  ['DR-39', pool({ tcp: { idleTimeout: '0s' } }), 'fine'],
  [
    'DR-39',
    pool({ http: { h2UpgradePolicy: 'UPGRADE', useClientProtocol: true } }),
    'error spec.trafficPolicy.connectionPool.http: use client protocol must not be true when H2UpgradePolicy is UPGRADE',
  ],
  [
    'DR-39',
    pool({ http: { http2KeepAlive: { timeout: '1s' } } }),
    'error spec.trafficPolicy.connectionPool.http.http2KeepAlive.interval: http2 keepalive interval is required',
  ],
  [
    'DR-39',
    outlier({ maxEjectionPercent: 101 }),
    'error spec.trafficPolicy.outlierDetection.maxEjectionPercent: percentage 101 is not',
  ],
  [
    'DR-39',
    outlier({ consecutiveErrors: 5 }),
    'warning spec.trafficPolicy.outlierDetection.consecutiveErrors: outlier detection consecutive errors is deprecated',
  ],
  [
    'DR-39',
    outlier({ consecutiveLocalOriginFailures: 5 }),
    'error spec.trafficPolicy.outlierDetection.consecutiveLocalOriginFailures: outlier detection consecutive local origin',
  ],
  ['DR-39', outlier({ consecutiveLocalOriginFailures: 5, splitExternalLocalOriginErrors: true }), 'fine'],
  [
    'DR-39',
    policy({ portLevelSettings: [{ tls: {} }] }),
    'error spec.trafficPolicy.portLevelSettings[0]: portTrafficPolicy must have valid port',
  ],
  [
    'DR-39',
    policy({ portLevelSettings: [{ port: {}, tls: {} }] }),
    'error spec.trafficPolicy.portLevelSettings[0].port.number: port number 0',
  ],
  [
    'DR-39',
    policy({ portLevelSettings: [{ port: { number: 80 } }] }),
    'error spec.trafficPolicy.portLevelSettings[0]: port traffic policy must have',
  ],
  [
    'DR-39',
    policy({
      portLevelSettings: [
        { port: { number: 80 }, tls: {} },
        { port: { number: 80 }, tls: {} },
      ],
    }),
    'warning spec.trafficPolicy.portLevelSettings[1].port.number: port 80 has settings already',
  ],
  [
    'DR-40',
    tls({ mode: 'MUTUAL' }),
    'error spec.trafficPolicy.tls.clientCertificate: client certificate required for mutual tls',
  ],
  [
    'DR-40',
    tls({ mode: 'MUTUAL', clientCertificate: 'c' }),
    'error spec.trafficPolicy.tls.privateKey: private key required',
  ],
  ['DR-40', tls({ mode: 'MUTUAL', clientCertificate: 'c', privateKey: 'k' }), 'fine'],
  [
    'DR-40',
    tls({ mode: 'SIMPLE', credentialName: 'c', caCertificates: 'f' }),
    'error spec.trafficPolicy.tls: cannot specify client certificates or CA certificate',
  ],
  [
    'DR-40',
    tls({ mode: 'SIMPLE', insecureSkipVerify: true, subjectAltNames: ['s'] }),
    'error spec.trafficPolicy.tls.insecureSkipVerify: cannot specify CaCertificates or CredentialName',
  ],
  [
    'DR-40',
    tls({ mode: 'SIMPLE', credentialName: 'configmap://other/c' }),
    'error spec.trafficPolicy.tls.credentialName: invalid configmap:// credentialName: namespace must match',
  ],
  ['DR-40', tls({ mode: 'SIMPLE', credentialName: 'configmap://ns/c' }), 'fine'],
  [
    'DR-41',
    rule({ workloadSelector: { matchLabels: { a: 'b' } }, exportTo: ['*'] }),
    'error spec.exportTo: destination rule with workload selector cannot have exportTo beyond current namespace',
  ],
  [
    'DR-41',
    rule({ workloadSelector: { matchLabels: { a: 'b' } }, exportTo: ['.', 'x'] }),
    'error spec.exportTo: destination rule with workload selector cannot have multiple entries',
  ],
  ['DR-41', rule({ workloadSelector: { matchLabels: { a: 'b' } }, exportTo: ['ns'] }), 'fine'],
  [
    'DR-41',
    rule({ workloadSelector: {} }),
    'warning spec.workloadSelector: workload selector specified without labels',
  ],
  ['SE-32', rule({ exportTo: ['~'] }), 'error spec.exportTo[0]: exportTo ~ (none) is not allowed'],
]);

const locality = (localityLbSetting: object): object =>
  policy({ loadBalancer: { localityLbSetting }, outlierDetection: {} });
const to = (shares: object): object => locality({ distribute: [{ from: 'a', to: shares }] });
const failover = { from: 'a', to: 'b' };

const localityRows: readonly FindingRow[] = [
  [
    'LB-18',
    locality({ distribute: [{ from: 'a', to: { b: 100 } }], failover: [failover] }),
    `error ${lb}.localityLbSetting: can not simultaneously specify 'distribute' and 'failover'`,
  ],
  [
    'LB-18',
    to({ a: 0, b: 100 }),
    `error ${lb}.localityLbSetting.distribute[0].to.a: locality weight must be in range [1, 100]`,
  ],
  ['LB-18', to({ a: 50, b: 49 }), `error ${lb}.localityLbSetting.distribute[0].to: total locality weight 99 != 100`],
  [
    'LB-18',
    to({ 'a/*': 50, 'a/b/*': 50 }),
    `error ${lb}.localityLbSetting.distribute[0].to: locality a/b/* overlap with previous`,
  ],
  [
    'LB-18',
    to({ 'a/b/*': 50, 'a/*': 50 }),
    `error ${lb}.localityLbSetting.distribute[0].to: locality a/b/* overlap with previous`,
  ],
  [
    'LB-18',
    to({ 'a/*/c': 100 }),
    `error ${lb}.localityLbSetting.distribute[0].to: locality a/*/c wildcard '*' number can not exceed 1`,
  ],
  [
    'LB-18',
    to({ 'a//c': 100 }),
    `error ${lb}.localityLbSetting.distribute[0].to: locality a//c must not contain empty`,
  ],
  ['LB-18', to({ 'a/b/c': 40, 'a/b/d': 40, 'e/*': 20 }), 'fine'],
  [
    'LB-18',
    locality({
      distribute: [
        { from: 'a/b', to: { x: 100 } },
        { from: '*', to: { y: 100 } },
      ],
    }),
    'fine',
  ],
  [
    'LB-18',
    locality({
      distribute: [
        { from: '*', to: { x: 100 } },
        { from: 'a', to: { y: 100 } },
      ],
    }),
    `error ${lb}.localityLbSetting.distribute: locality a overlap with previous specified ones`,
  ],
  [
    'LB-18',
    locality({ failover: [failover], failoverPriority: ['topology.kubernetes.io/region'] }),
    `error ${lb}.localityLbSetting.failoverPriority: can not simultaneously set 'failover' and topology label`,
  ],
  [
    'LB-18',
    locality({ failover: [{ from: 'a', to: 'a' }] }),
    `error ${lb}.localityLbSetting.failover[0]: locality lb failover settings must specify different regions`,
  ],
  [
    'LB-18',
    locality({ failover: [{ from: 'a/b', to: 'c' }] }),
    `error ${lb}.localityLbSetting.failover[0]: locality lb failover only specify region`,
  ],
  [
    'LB-18',
    locality({ failover: [{ from: '*', to: 'c' }] }),
    `error ${lb}.localityLbSetting.failover[0]: locality lb failover region should not contain '*'`,
  ],
  [
    'LB-18',
    balancer({ localityLbSetting: { failover: [failover] } }),
    `warning ${lb}.localityLbSetting: outlier detection policy must be provided for failover`,
  ],
  [
    'LB-19',
    balancer({ localityLbSetting: {}, zoneAwareLbSetting: {} }),
    `error ${lb}: only one of localityLbSetting and zoneAwareLbSetting can be set`,
  ],
  [
    'LB-19',
    balancer({ zoneAwareLbSetting: { failoverPriority: ['topology.kubernetes.io/zone'] } }),
    `error ${lb}.zoneAwareLbSetting.failoverPriority: 'failover_priority' for zone aware lb`,
  ],
];
testFindings('DestinationRule', localityRows);

const hash = (consistentHash: object): object => balancer({ consistentHash });

testFindings('DestinationRule', [
  ['LB-19', hash({ maglev: {} }), `error ${lb}.consistentHash.maglev.tableSize: tableSize must be set for maglev`],
  [
    'LB-19',
    hash({ maglev: { tableSize: 5_000_011 } }),
    `error ${lb}.consistentHash.maglev.tableSize: tableSize must be less than 5000011`,
  ],
  [
    'LB-19',
    hash({ maglev: { tableSize: 9 } }),
    `error ${lb}.consistentHash.maglev.tableSize: tableSize must be a prime number`,
  ],
  ['LB-19', hash({ maglev: { tableSize: 65_537 } }), 'fine'],
  [
    'LB-19',
    hash({ minimumRingSize: 5, ringHash: {} }),
    `error ${lb}.consistentHash.minimumRingSize: only one of MinimumRingSize or Maglev/Ringhash`,
  ],
  [
    'LB-19',
    hash({ minimumRingSize: 5 }),
    `warning ${lb}.consistentHash.minimumRingSize: consistent hash MinimumRingSize is deprecated`,
  ],
  ['LB-19', hash({ httpCookie: {} }), `error ${lb}.consistentHash.httpCookie.name: name required for HttpCookie`],
  [
    'LB-19',
    hash({ httpCookie: { name: 'c', attributes: [{ name: 'a' }, { name: 'a' }] } }),
    `error ${lb}.consistentHash.httpCookie.attributes[1].name: duplicate cookie attribute name: a`,
  ],
  [
    'LB-19',
    hash({ useSourceIp: true, httpHeaderName: 'x' }),
    `error ${lb}.consistentHash: only one hash key may be set`,
  ],
  ['LB-19', balancer({ simple: 'RANDOM', consistentHash: {} }), `error ${lb}: only one of simple and consistentHash`],
  ['LB-19', balancer({ warmup: {} }), `error ${lb}.warmup.duration: duration is required`],
  [
    'LB-19',
    balancer({ warmup: { duration: '1s', minimumPercent: 101 } }),
    `error ${lb}.warmup.minimumPercent: minimumPercent value should be less than or equal to 100`,
  ],
  [
    'LB-19',
    balancer({ warmup: { duration: '1s', aggression: 0 } }),
    `error ${lb}.warmup.aggression: aggression should be greater than 0`,
  ],
  [
    'LB-19',
    balancer({ warmup: { duration: '1s' }, warmupDurationSecs: '1s' }),
    `error ${lb}: only one of warmupDurationSecs or warmup can be set`,
  ],
]);
