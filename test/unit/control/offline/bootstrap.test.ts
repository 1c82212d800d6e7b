import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs } from '../../../../lib/base/brand.ts';
import { NOWHERE, parseLocality } from '../../../../lib/base/locality.ts';
import { bootstrap, type BootstrapRequest } from '../../../../lib/control/offline/bootstrap.ts';
import { awsHost, type BearerToken } from '../../../../lib/control/offline/poll-proof.ts';
import { XDS_CLUSTER } from '../../../../lib/envoy/config-source.ts';
import { readNode } from '../../../../lib/view/read-node.ts';

const request: BootstrapRequest = {
  id: 'reviews-1',
  type: 'sidecar',
  namespace: 'shop',
  ip: '10.0.0.7',
  labels: { app: 'reviews', version: 'v1' },
  serviceAccount: 'reviews',
  identityDirectory: '/var/lib/identity',
  locality: parseLocality('eu-west-1/eu-west-1a/rack7'),
  network: 'vpc-1',
  clusterId: 'ecs-1',
  interception: 'none',
  adminPort: 15000,
  refresh: durationMs(5000),
  metadata: {},
  server: new URL('http://127.0.0.1:8080'),
  caFile: '/etc/ssl/certs/ca-certificates.crt',
};

interface Written {
  readonly node: { readonly id: string; readonly cluster: string; readonly metadata: Record<string, unknown> };
  readonly admin: unknown;
  readonly dynamicResources: Record<string, { initialFetchTimeout: string; apiConfigSource: Record<string, unknown> }>;
  readonly staticResources: { readonly clusters: readonly [Record<string, unknown>] };
}

function written(changes: Partial<BootstrapRequest> = {}): Written {
  const made = bootstrap({ ...request, ...changes });
  return made.ok ? (made.value as unknown as Written) : assert.fail(JSON.stringify(made.issues));
}

test('PX-1: what a bootstrap says of a proxy is read back as it was meant', () => {
  const { node } = written();
  assert.equal(node.id, 'sidecar~10.0.0.7~reviews-1.shop~shop.svc.cluster.local');
  assert.equal(node.cluster, 'reviews.shop');
  const facts = readNode(node);
  assert.ok(facts.ok);
  const { type, namespace, ips, serviceAccount, network, clusterId, interception, refresh, reservedPorts } =
    facts.value;
  assert.deepEqual(
    { type, namespace, ips, serviceAccount, network, clusterId, interception, refresh, reservedPorts },
    {
      type: 'sidecar',
      namespace: 'shop',
      ips: ['10.0.0.7'],
      serviceAccount: 'reviews',
      network: 'vpc-1',
      clusterId: 'ecs-1',
      interception: 'none',
      refresh: 5000,
      reservedPorts: [15000],
    },
  );
  assert.equal(facts.value.labels['version'], 'v1');
  assert.deepEqual(facts.value.locality, { region: 'eu-west-1', zone: 'eu-west-1a', subzone: 'rack7' });
});

test('PX-1: a name with its namespace and a whole node id stay as they are', () => {
  assert.equal(written({ id: 'web.shop' }).node.id, 'sidecar~10.0.0.7~web.shop~shop.svc.cluster.local');
  const whole = 'router~10.1.1.1~edge.infra~infra.svc.cluster.local';
  assert.equal(written({ id: whole }).node.id, whole);
});

test('PX-8: metadata that is given is laid over what follows from the rest', () => {
  const { metadata } = written({ metadata: { HTTP_PROXY_PORT: '15007', NETWORK: 'other' } }).node;
  assert.equal(metadata['HTTP_PROXY_PORT'], '15007');
  assert.equal(metadata['NETWORK'], 'other');
});

test('what is not known about a proxy is not said', () => {
  const { node } = written({
    labels: {},
    serviceAccount: '',
    identityDirectory: '',
    locality: NOWHERE,
    network: '',
    clusterId: '',
  });
  assert.deepEqual(Object.keys(node.metadata).sort(), [
    'INSTANCE_IPS',
    'INTERCEPTION_MODE',
    'NAMESPACE',
    'PILOTLESS_REFRESH',
    'PILOTLESS_RESERVED_PORTS',
  ]);
  assert.ok(!('locality' in node));
});

test('DLV-11: clusters and listeners are polled over REST and waited for without end', () => {
  for (const source of Object.values(written().dynamicResources)) {
    assert.equal(source.initialFetchTimeout, '0s');
    assert.equal(source.apiConfigSource['apiType'], 'REST');
    assert.equal(source.apiConfigSource['refreshDelay'], '5s');
    assert.deepEqual(source.apiConfigSource['clusterNames'], [XDS_CLUSTER]);
  }
});

for (const [title, changes, path] of [
  ['DLV-11: a refresh under one second', { refresh: durationMs(999) }, 'refresh'],
  ['a refresh of days', { refresh: durationMs(48 * 3_600_000) }, 'refresh'],
  ['a server that is no web address', { server: new URL('ftp://example.com') }, 'server'],
  ['an address that is none', { ip: 'localhost' }, 'ip'],
  ['an empty id', { id: '' }, 'id'],
  ['PX-1: a node id with three parts', { id: 'a~b~c' }, 'id'],
] as const) {
  test(`${title} is refused`, () => {
    const made = bootstrap({ ...request, ...changes });
    assert.deepEqual([made.ok, made.issues.map((issue) => issue.path)], [false, [path]]);
  });
}

test('a server with a name is looked up, one with an address is not', () => {
  const [named] = written({ server: new URL('https://xds.example.com/prod/') }).staticResources.clusters;
  assert.equal(named['type'], 'STRICT_DNS');
  assert.match(JSON.stringify(named['loadAssignment']), /"address":"xds.example.com","portValue":443/);
  assert.match(JSON.stringify(named['transportSocket']), /"sni":"xds.example.com"/);
  const script = JSON.stringify(named['typedExtensionProtocolOptions']);
  assert.ok(script.includes(':authority\\\\\\", \\\\\\"xds.example.com') || script.includes('xds.example.com'));
  assert.ok(script.includes('/prod'));
  const [plain] = written().staticResources.clusters;
  assert.equal(plain['type'], 'STATIC');
  assert.equal(plain['transportSocket'], undefined);
});

test('a token is written into the file, or left to the environment of the Envoy', () => {
  const filters = (token: BearerToken): string =>
    JSON.stringify(
      written({ proof: { by: 'token', token } }).staticResources.clusters[0]['typedExtensionProtocolOptions'],
    );
  assert.match(filters({ from: 'text', text: 'a%b' }), /Bearer a%%b/);
  assert.match(
    filters({ from: 'environment', variable: 'PILOTLESS_TOKEN' }),
    /Bearer %ENVIRONMENT\(PILOTLESS_TOKEN\)%/,
  );
});

test('LAB-12: polls are signed last, without the headers that a front door changes, by credentials that are there at the start', () => {
  const server = new URL('https://abc123.lambda-url.eu-west-1.on.aws');
  const filtersFor = (credentialsFile?: string) => {
    const proof = {
      by: 'iam',
      region: 'eu-west-1',
      service: 'lambda',
      ...(credentialsFile && { credentialsFile }),
    } as const;
    const options = written({ server, proof }).staticResources.clusters[0]['typedExtensionProtocolOptions'];
    const [{ httpFilters }] = Object.values(options as object) as [
      { httpFilters: { name: string; typedConfig: object }[] },
    ];
    return httpFilters;
  };
  const filters = filtersFor();
  assert.deepEqual(
    filters.map(({ name }) => name.split('.').at(-1)),
    ['lua', 'aws_request_signing', 'upstream_codec'],
  );
  const { credentialProvider, region } = filters[1]?.typedConfig as Record<string, unknown>;
  assert.deepEqual(credentialProvider, { customCredentialProviderChain: true, environmentCredentialProvider: {} });
  assert.equal(region, 'eu-west-1');
  assert.match(JSON.stringify(filtersFor('/run/aws/credentials')), /"watchedDirectory":\{"path":"\/run\/aws"\}/);
});

test('the region and the service of a front door of AWS are in its name', () => {
  assert.deepEqual(awsHost('abc123.lambda-url.eu-west-1.on.aws'), { region: 'eu-west-1', service: 'lambda' });
  assert.deepEqual(awsHost('a1.execute-api.us-east-1.amazonaws.com'), { region: 'us-east-1', service: 'execute-api' });
  assert.equal(awsHost('pilotless.example.com'), undefined);
});

test('IDN-1: a client certificate is shown within TLS only', () => {
  const proof = { by: 'certificate', certificate: '/c.pem', key: '/k.pem' } as const;
  const made = bootstrap({ ...request, server: new URL('http://xds:8080'), proof });
  assert.ok(!made.ok && made.issues.some(({ path }) => path === 'server'));
  const tls = JSON.stringify(written({ server: new URL('https://xds:8443'), proof }));
  assert.match(tls, /"tlsCertificates":\[\{"certificateChain":\{"filename":"\/c.pem"\}/);
  const directory = JSON.stringify(
    written({ server: new URL('https://xds'), proof: { by: 'identity-directory', directory: '/id' } }),
  );
  assert.match(directory, /"name":"default".*"path":"\/id\/default.json","watchedDirectory":\{"path":"\/id"\}/);
});
