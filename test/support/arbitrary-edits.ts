import fc from 'fast-check';
import { keySetName } from '../../lib/resources/key-set-name.ts';
import { keyOf, type Resource } from '../../lib/resources/resource.ts';
import { arbitraryAuthorizationPolicy, arbitraryAuthorizers } from './arbitrary-authorization.ts';
import { arbitraryDocuments, arbitraryNode } from './arbitrary-documents.ts';
import { arbitraryGateways } from './arbitrary-gateways.ts';
import { arbitrarySidecar } from './arbitrary-sidecars.ts';
import { arbitraryVirtualServices } from './arbitrary-routes.ts';
import { arbitraryGatewayApi } from './arbitrary-gateway-api.ts';
import { contestedSockets, listeningNode } from './arbitrary-sockets.ts';
import type { Profile } from '../../lib/view/proxy-facts.ts';
import { unadmittedResourcesOf } from './documents.ts';
import { testAuthority } from './test-certificates.ts';
import type { TestNode } from './proxy-facts.ts';

/** One change of a set of documents: some are put, then some go, counted from the first. */
interface Edit {
  readonly put: readonly Resource[];
  readonly removed: readonly number[];
}

const HOSTS = ['one', 'two'] as const;
const namespace = fc.constantFrom('a', 'b');

/** Services of the core kind and their instances; some have another name for a ServiceEntry's host, some hash. */
const coreService = fc
  .record({
    name: fc.constantFrom(...HOSTS),
    namespace,
    spec: fc.oneof(
      fc.record({ externalName: fc.constantFrom('one.com', 'two.com'), type: fc.constant('ExternalName') }),
      fc.record({
        clusterIP: fc.constantFrom('10.9.0.1', 'None', ''),
        ports: fc.constantFrom([{ name: 'http', port: 80 }], [{ name: 'tcp', port: 90, targetPort: 91 }]),
      }),
    ),
  })
  .map(({ spec, ...metadata }) => ({ apiVersion: 'v1', kind: 'Service', metadata, spec }));

const slice = fc
  .record({
    service: fc.constantFrom(...HOSTS),
    namespace,
    name: fc.constantFrom('http', 'tcp'),
    addresses: fc.subarray(['10.0.0.1', '10.0.0.2', '10.0.0.3'], { minLength: 1 }),
    isReady: fc.boolean(),
  })
  .map(({ service, namespace: ns, name, addresses, isReady }) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${service}-1`, namespace: ns, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ name, port: 8080 }],
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: isReady } })),
  }));

/** What a namespace says for its services. */
const writtenNamespace = fc
  .record({ name: namespace, distribution: fc.constantFrom('PreferClose', 'PreferSameNode') })
  .map(({ name, distribution }) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, annotations: { 'networking.istio.io/traffic-distribution': distribution } },
  }));

const hashing = fc
  .record({ name: fc.constantFrom('x', 'y'), namespace, host: fc.constantFrom('one.com', '*.com', 'a.x') })
  .map(({ host, ...metadata }) => ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata,
    spec: { host, trafficPolicy: { loadBalancer: { consistentHash: { httpHeaderName: metadata.name } } } },
  }));

/** How connections travel: encrypted, behind the PROXY protocol, through a tunnel, or past the choice of an instance. */
const travelling = fc
  .record({
    name: fc.constantFrom('x', 'y'),
    namespace,
    host: fc.constantFrom('one.com', '*.com', 'a.x'),
    trafficPolicy: fc.record(
      {
        tls: fc.constantFrom(
          { mode: 'DISABLE' },
          { mode: 'ISTIO_MUTUAL' },
          { mode: 'SIMPLE', sni: 'x' },
          { mode: 'MUTUAL', clientCertificate: '/c', privateKey: '/k' },
          { mode: 'SIMPLE', credentialName: 'c' },
        ),
        proxyProtocol: fc.constant({ version: 'V2' }),
        tunnel: fc.constant({ targetHost: 'x.com', targetPort: 1 }),
        loadBalancer: fc.constant({ simple: 'PASSTHROUGH' }),
      },
      { requiredKeys: [] },
    ),
    subsets: fc.constantFrom([], [{ name: 'v1', trafficPolicy: { tls: { mode: 'SIMPLE' } } }]),
  })
  .map(({ host, trafficPolicy, subsets, ...metadata }) => ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata,
    spec: { host, trafficPolicy, subsets },
  }));

const authority = testAuthority('roots');
const [ONE, TWO] = [authority.issue('one.example'), authority.issue('two.example')];

/** Values that can be used, in whole or in part, and values that cannot. */
const secretValues = fc.constantFrom<Readonly<Record<string, string>>>(
  { 'tls.crt': ONE.certificate, 'tls.key': ONE.key },
  { 'tls.crt': TWO.certificate, 'tls.key': TWO.key, 'ca.crt': authority.certificate },
  { 'tls.crt': TWO.certificate, 'tls.key': ONE.key, cacert: ONE.certificate },
  { 'ca.crt': authority.certificate },
  {},
);
const secret = fc
  .record({ name: fc.constantFrom('c', 'c-cacert', 'd'), namespace, stringData: secretValues })
  .map(({ stringData, ...metadata }) => ({ apiVersion: 'v1', kind: 'Secret', metadata, stringData }));

const authorities = fc
  .record({ name: fc.constant('c'), namespace, data: secretValues })
  .map(({ data, ...metadata }) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }));

const grant = fc
  .record({ name: fc.constantFrom('x', 'y'), namespace, serviceAccounts: fc.subarray(['default', 'other']) })
  .map(({ serviceAccounts, ...metadata }) => ({
    apiVersion: 'pilotless.dev/v1',
    kind: 'SecretGrant',
    metadata,
    spec: { serviceAccounts },
  }));

const binding = fc
  .record({ name: fc.constantFrom('x', 'y'), namespace, serviceAccount: fc.constantFrom('default', 'other') })
  .map(({ serviceAccount, ...metadata }) => ({
    apiVersion: 'pilotless.dev/v1',
    kind: 'WorkloadIdentityBinding',
    metadata,
    spec: { serviceAccount, match: [{ principal: 'arn:aws:iam::123456789012:role/shop' }] },
  }));

const mode = fc.constantFrom('UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT');

/** Which connections servers take: of the mesh, of a namespace, of some workloads, and of some of their ports. */
const peers = fc
  .record({
    name: fc.constantFrom('x', 'y'),
    namespace: fc.constantFrom('a', 'b', 'istio-system'),
    labels: fc.constantFrom({}, { app: 'x' }, { app: 'y' }, { version: 'v1' }),
    mtls: mode,
    ports: fc.dictionary(fc.constantFrom('80', '91', '8080', '9999'), mode, { maxKeys: 2 }),
  })
  .map(({ labels, mtls, ports, ...metadata }) => ({
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata,
    spec: {
      selector: { matchLabels: labels },
      mtls: { mode: mtls },
      portLevelMtls: Object.fromEntries(Object.entries(ports).map(([port, each]) => [port, { mode: each }])),
    },
  }));

/** Routers that end TLS with certificates of their namespace or of another, or of a name that is none. */
const terminating = fc
  .record({
    name: fc.constantFrom('tls', 'ssl'),
    namespace,
    tls: fc.record(
      {
        mode: fc.constantFrom('SIMPLE', 'MUTUAL', 'OPTIONAL_MUTUAL', 'ISTIO_MUTUAL'),
        credentialNames: fc.subarray(['c', 'd', 'kubernetes://a/c', 'kubernetes-gateway://b/c', 'vault://c']),
        caCertCredentialName: fc.constantFrom('c', 'd', 'configmap://a/c'),
      },
      { requiredKeys: ['mode'] },
    ),
    annotations: fc.constantFrom({}, { 'internal.istio.io/service-account-name': 'other' }),
  })
  .map(({ tls, ...metadata }) => ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata,
    spec: {
      servers: [
        { port: { number: 443, name: metadata.name, protocol: 'HTTPS' }, hosts: [`${metadata.name}.example`], tls },
      ],
    },
  }));

/** Keys of issuers, some of which nothing can be checked with; rules that name those issuers, or bring keys along. */
const keys = fc.constantFrom(
  '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}',
  '{"keys":[{"kty":"oct","k":"b3RoZXI"}]}',
  '{"keys":[]}',
);
const keySets = fc.record({ issuer: fc.constantFrom('one', 'two'), jwks: keys }).map((spec) => ({
  apiVersion: 'pilotless.dev/v1',
  kind: 'KeySet',
  metadata: { name: keySetName({ issuer: spec.issuer, jwksUri: '' }) },
  spec,
}));
const tokens = fc
  .record({
    name: fc.constantFrom('x', 'y'),
    namespace: fc.constantFrom('a', 'b', 'istio-system'),
    spec: fc.record(
      {
        selector: fc.constantFrom({ matchLabels: { app: 'a' } }, {}),
        targetRef: fc.constantFrom(
          { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'x' },
          { kind: 'Service', name: 'one' },
        ),
        jwtRules: fc.array(
          fc.record(
            {
              issuer: fc.constantFrom('one', 'two'),
              jwks: keys,
              audiences: fc.constantFrom(['a'], []),
              fromHeaders: fc.constant([{ name: 'x-token' }]),
              presence: fc.constantFrom('OPTIONAL', 'REQUIRED'),
            },
            { requiredKeys: ['issuer'] },
          ),
          { maxLength: 3 },
        ),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ spec, ...metadata }) => ({
    apiVersion: 'security.istio.io/v1',
    kind: 'RequestAuthentication',
    metadata,
    spec,
  }));

const admitted = fc
  .array(
    fc.oneof(
      ...[
        coreService,
        slice,
        writtenNamespace,
        hashing,
        travelling,
        secret,
        authorities,
        grant,
        binding,
        terminating,
        keySets,
        tokens,
      ],
      peers,
      arbitraryAuthorizationPolicy,
      arbitraryAuthorizers,
      arbitraryGateways,
    ),
    {
      maxLength: 4,
    },
  )
  .map((written) => unadmittedResourcesOf(written.map((each) => JSON.stringify(each)).join('\n---\n')));

const sidecars = fc.array(arbitrarySidecar, { minLength: 1, maxLength: 2 });

const gatewayApi = fc
  .array(arbitraryGatewayApi, { minLength: 1, maxLength: 4 })
  .map((written) => unadmittedResourcesOf(written.map((each) => JSON.stringify(each)).join('\n---\n')));

const documents = fc.oneof(
  arbitraryDocuments,
  arbitraryVirtualServices,
  contestedSockets,
  admitted,
  sidecars,
  gatewayApi,
);

const edit: fc.Arbitrary<Edit> = fc.record({
  put: fc.oneof(
    documents.map((all) => all.slice(0, 1)),
    documents,
  ),
  removed: fc.array(fc.nat(20), { maxLength: 2 }),
});

/** The sets of documents that a sequence of edits leads through, every supported kind among them. */
export const arbitraryRevisions: fc.Arbitrary<readonly (readonly Resource[])[]> = fc
  .array(edit, { minLength: 2, maxLength: 6 })
  .map((edits) => {
    const held = new Map<string, Resource>();
    return edits.map(({ put, removed }) => {
      for (const resource of put) held.set(keyOf(resource), resource);
      for (const index of removed) held.delete([...held.keys()][index] ?? '');
      return [...held.values()];
    });
  });

/** A few proxies of every kind in those worlds, some of which differ in little. */
export const arbitraryProxies: fc.Arbitrary<readonly TestNode[]> = fc.array(
  fc
    .record({
      node: fc.oneof(arbitraryNode, listeningNode),
      more: fc.record(
        {
          networkView: fc.constantFrom<readonly string[]>(['n1'], ['n2']),
          usesAllocatedAddresses: fc.boolean(),
          dnsDomain: fc.constantFrom('a.svc.cluster.local', 'x'),
          profile: fc.constantFrom<Profile>('envoy', 'istio-proxy'),
          identityDirectory: fc.constantFrom('', '/identity'),
          serviceAccount: fc.constantFrom('default', 'other'),
          labels: fc.constantFrom<Readonly<Record<string, string>>>(
            { app: 'x' },
            { 'service.istio.io/canonical-name': 'x' },
            { 'gateway.networking.k8s.io/gateway-name': 'x' },
            {},
          ),
        },
        { requiredKeys: [] },
      ),
    })
    .map(({ node, more }) => ({ ...node, ...more })),
  { minLength: 1, maxLength: 3 },
);
