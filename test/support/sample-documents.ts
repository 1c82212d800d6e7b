import { keySetName } from '../../lib/resources/key-set-name.ts';
import type { Kind } from '../../lib/resources/kinds.ts';
import { documentOf } from './findings.ts';

const destination = { host: 'reviews.prod', subset: 'v1', port: { number: 9080 } };

/** A valid document of every kind that says a lot: seeds of mutations, and a list of what can be written. */
export const sampleDocuments: Readonly<Record<Kind, object>> = {
  ServiceEntry: documentOf('ServiceEntry', {
    hosts: ['api.example.com', '*.example.org'],
    addresses: ['10.1.0.0/16'],
    ports: [
      { number: 443, name: 'tls', protocol: 'TLS', targetPort: 8443 },
      { number: 80, name: 'http', protocol: 'HTTP' },
    ],
    location: 'MESH_INTERNAL',
    resolution: 'STATIC',
    endpoints: [
      {
        address: '10.1.2.3',
        ports: { http: 8080 },
        labels: { version: 'v1' },
        locality: 'a/b/c',
        weight: 5,
        network: 'n',
      },
    ],
    exportTo: ['.', 'other'],
    subjectAltNames: ['spiffe://td/ns/a/sa/b'],
  }),
  WorkloadEntry: documentOf('WorkloadEntry', {
    address: '10.0.0.1',
    ports: { http: 8080 },
    labels: { app: 'reviews' },
    serviceAccount: 'reviews',
  }),
  Service: documentOf('Service', {
    selector: { app: 'reviews' },
    ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP', appProtocol: 'http' }],
    clusterIP: '10.2.0.1',
  }),
  EndpointSlice: documentOf(
    'EndpointSlice',
    {
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.9'], conditions: { ready: true }, zone: 'a' }],
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    },
    { labels: { 'kubernetes.io/service-name': 'reviews' } },
  ),
  Secret: documentOf('Secret', {
    type: 'Opaque',
    data: { password: 'czNjcjN0' },
    stringData: { user: 'shop', cert: 'no certificate', key: 'no key' },
    immutable: false,
  }),
  ConfigMap: documentOf('ConfigMap', {
    data: { 'ca.crt': 'no certificate' },
    binaryData: { a: 'AAE=' },
    immutable: true,
  }),
  WorkloadIdentityBinding: documentOf('WorkloadIdentityBinding', {
    serviceAccount: 'reviews',
    match: [
      { principal: 'arn:aws:iam::123456789012:role/reviews' },
      { issuer: 'https://tokens.example', principal: 'reviews', claims: { team: 'shop' } },
    ],
  }),
  AuthorizationPolicy: documentOf('AuthorizationPolicy', {
    selector: { matchLabels: { app: 'reviews' } },
    action: 'DENY',
    rules: [
      {
        from: [
          {
            source: {
              principals: ['cluster.local/ns/a/sa/b'],
              notNamespaces: ['b*'],
              requestPrincipals: ['https://issuer.example/*'],
              trustDomains: ['*.example'],
              ipBlocks: ['10.0.0.0/8'],
              notRemoteIpBlocks: ['192.0.2.1'],
            },
          },
          { source: { serviceAccounts: ['b', 'a/b'] } },
        ],
        to: [
          {
            operation: {
              hosts: ['*.example.com'],
              ports: ['80'],
              methods: ['GET'],
              paths: ['/a', '/b/*', '/c/{*}/{**}'],
              notPaths: ['/healthz'],
            },
          },
        ],
        when: [
          { key: 'request.headers[x-a]', values: ['b'] },
          { key: 'request.auth.claims[groups][x]', notValues: ['c'] },
          { key: 'experimental.envoy.filters.a.b[c]', values: ['[d]'] },
        ],
      },
      {},
    ],
  }),
  SecretGrant: documentOf('SecretGrant', { serviceAccounts: ['gateway', 'shop'] }),
  PeerAuthentication: documentOf('PeerAuthentication', {
    selector: { matchLabels: { app: 'reviews' } },
    mtls: { mode: 'STRICT' },
    portLevelMtls: { '9080': { mode: 'PERMISSIVE' }, '9090': { mode: 'UNSET' } },
  }),
  Sidecar: documentOf('Sidecar', {
    workloadSelector: { labels: { app: 'reviews' } },
    ingress: [
      {
        port: { number: 9080, protocol: 'HTTP', name: 'http' },
        defaultEndpoint: '127.0.0.1:8080',
        captureMode: 'IPTABLES',
        connectionPool: { tcp: { maxConnections: 10 } },
      },
    ],
    egress: [
      { port: { number: 80, protocol: 'HTTP' }, bind: '127.0.0.2', captureMode: 'NONE', hosts: ['prod/ratings.prod'] },
      { hosts: ['./*', 'istio-system/*', '~/*.internal.example.com'] },
    ],
    outboundTrafficPolicy: { mode: 'ALLOW_ANY', egressProxy: { host: 'egress.example.com', port: { number: 3128 } } },
    inboundConnectionPool: { http: { http1MaxPendingRequests: 5 } },
  }),
  VirtualService: documentOf('VirtualService', {
    hosts: ['reviews.prod'],
    gateways: ['mesh', 'istio/gw'],
    http: [
      {
        name: 'canary',
        match: [
          { uri: { prefix: '/v2' }, headers: { 'x-user': { regex: '^a.*' } }, method: { exact: 'GET' }, port: 80 },
          { queryParams: { beta: { exact: 'true' } }, sourceLabels: { app: 'web' }, withoutHeaders: { 'x-bot': {} } },
        ],
        route: [
          { destination, weight: 90, headers: { response: { set: { 'x-from': '%UPSTREAM_HOST%' } } } },
          { destination: { host: 'reviews.prod', subset: 'v2' }, weight: 10 },
        ],
        timeout: '10s',
        retries: { attempts: 3, perTryTimeout: '2s', retryOn: '5xx,reset', backoff: '25ms' },
        fault: { delay: { percentage: { value: 0.1 }, fixedDelay: '5s' }, abort: { httpStatus: 503 } },
        corsPolicy: { allowOrigins: [{ exact: 'https://a.b' }], allowMethods: ['GET'], maxAge: '24h' },
        rewrite: { uriRegexRewrite: { match: '^/v2/(.*)', rewrite: '/\\1' } },
        mirrors: [{ destination, percentage: { value: 1 } }],
      },
      { match: [{ uri: { exact: '/old' } }], redirect: { uri: '/new', redirectCode: 308 } },
      { directResponse: { status: 404, body: { string: 'gone' } } },
    ],
    tcp: [{ match: [{ port: 3306, destinationSubnets: ['10.0.0.0/8'] }], route: [{ destination }] }],
    tls: [{ match: [{ sniHosts: ['reviews.prod'], port: 443 }], route: [{ destination }] }],
    exportTo: ['*'],
  }),
  DestinationRule: documentOf('DestinationRule', {
    host: 'reviews.prod',
    workloadSelector: { matchLabels: { app: 'web' } },
    exportTo: ['.'],
    trafficPolicy: {
      loadBalancer: {
        consistentHash: { httpCookie: { name: 'c', ttl: '0s' }, maglev: { tableSize: 65_537 } },
        localityLbSetting: { distribute: [{ from: 'a/*', to: { 'a/*': 80, 'b/*': 20 } }] },
        warmup: { duration: '30s', minimumPercent: 10, aggression: 1.5 },
      },
      connectionPool: {
        tcp: { maxConnections: 10, connectTimeout: '30ms' },
        http: { maxRetries: 5, idleTimeout: '1h' },
      },
      outlierDetection: { consecutive5xxErrors: 7, interval: '5m', baseEjectionTime: '15m', maxEjectionPercent: 50 },
      tls: { mode: 'MUTUAL', clientCertificate: '/c', privateKey: '/k', sni: 'a.b' },
      portLevelSettings: [{ port: { number: 80 }, loadBalancer: { simple: 'ROUND_ROBIN' } }],
      retryBudget: { percent: 20, minRetryConcurrency: 3 },
    },
    subsets: [
      { name: 'v1', labels: { version: 'v1' } },
      { name: 'v2', labels: { version: 'v2' }, trafficPolicy: { tls: {} } },
    ],
  }),
  Gateway: documentOf('Gateway', {
    selector: { istio: 'ingress' },
    servers: [
      { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*/a.b'], tls: { httpsRedirect: true } },
      {
        port: { number: 443, name: 'https', protocol: 'HTTPS' },
        hosts: ['./*.a.b'],
        tls: { mode: 'SIMPLE', credentialName: 'cert', minProtocolVersion: 'TLSV1_2', cipherSuites: ['AES128-SHA'] },
        bind: '0.0.0.0',
      },
    ],
  }),
  GatewayClass: documentOf('GatewayClass', {
    controllerName: 'istio.io/gateway-controller',
    description: 'the usual one',
    parametersRef: { group: '', kind: 'ConfigMap', name: 'settings', namespace: 'infra' },
  }),
  ListenerSet: documentOf('ListenerSet', {
    parentRef: { name: 'edge', namespace: 'infra' },
    listeners: [{ name: 'shop', hostname: 'shop.example.com', port: 80, protocol: 'HTTP' }],
  }),
  ReferenceGrant: documentOf('ReferenceGrant', {
    from: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'infra' }],
    to: [{ group: '', kind: 'Secret', name: 'cert' }],
  }),
  BackendTLSPolicy: documentOf('BackendTLSPolicy', {
    targetRefs: [{ group: '', kind: 'Service', name: 'reviews', sectionName: 'https' }],
    validation: {
      hostname: 'reviews.example.com',
      caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'ca' }],
      subjectAltNames: [{ type: 'URI', uri: 'spiffe://td/ns/a/sa/b' }],
    },
    options: { a: 'b' },
  }),
  HTTPRoute: documentOf('HTTPRoute', {
    parentRefs: [
      { name: 'gateway', namespace: 'infra', sectionName: 'http', port: 80 },
      { group: '', kind: 'Service', name: 'reviews' },
    ],
    hostnames: ['shop.example.com', '*.example.org'],
    rules: [
      {
        name: 'first',
        matches: [
          {
            path: { type: 'PathPrefix', value: '/reviews' },
            headers: [{ type: 'RegularExpression', name: 'x-user', value: 'a.*' }],
            queryParams: [{ name: 'page', value: '1' }],
            method: 'GET',
          },
        ],
        filters: [
          { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'a', value: 'b' }], remove: ['c'] } },
          {
            type: 'URLRewrite',
            urlRewrite: { hostname: 'a.b', path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } },
          },
          { type: 'RequestMirror', requestMirror: { backendRef: { name: 'copy', port: 80 }, percent: 5 } },
          {
            type: 'CORS',
            cors: { allowOrigins: ['https://*.a.b'], allowMethods: ['GET'], maxAge: 60, allowCredentials: true },
          },
        ],
        backendRefs: [
          {
            ...{ name: 'reviews', namespace: 'prod', port: 9080, weight: 9 },
            filters: [{ type: 'ResponseHeaderModifier', responseHeaderModifier: { add: [{ name: 'd', value: 'e' }] } }],
          },
          { group: 'networking.istio.io', kind: 'Hostname', name: 'a.b', port: 80 },
        ],
        timeouts: { request: '10s', backendRequest: '2s' },
        retry: { codes: [503], attempts: 3, backoff: '25ms' },
      },
      {
        filters: [
          {
            type: 'RequestRedirect',
            requestRedirect: { scheme: 'https', hostname: 'a.b', port: 8443, statusCode: 301 },
          },
        ],
      },
    ],
  }),
  GRPCRoute: documentOf('GRPCRoute', {
    parentRefs: [{ name: 'gateway' }],
    hostnames: ['shop.example.com'],
    rules: [
      {
        matches: [{ method: { service: 'shop.v1.Cart', method: 'Get' }, headers: [{ name: 'x', value: 'y' }] }],
        filters: [
          {
            type: 'RequestMirror',
            requestMirror: { backendRef: { name: 'copy', port: 80 }, fraction: { numerator: 1 } },
          },
        ],
        backendRefs: [{ name: 'cart', port: 50051, weight: 1 }],
      },
    ],
  }),
  TLSRoute: documentOf('TLSRoute', {
    parentRefs: [{ name: 'gateway' }],
    hostnames: ['secure.example.com'],
    rules: [{ name: 'all', backendRefs: [{ name: 'secure', port: 443, weight: 1 }] }],
  }),
  TCPRoute: documentOf('TCPRoute', {
    parentRefs: [{ name: 'gateway', sectionName: 'tcp' }],
    rules: [{ backendRefs: [{ name: 'db', namespace: 'data', port: 5432 }] }],
  }),
  'Gateway.gateway.networking.k8s.io': documentOf('Gateway.gateway.networking.k8s.io', {
    gatewayClassName: 'istio',
    listeners: [
      {
        name: 'http',
        hostname: '*.example.com',
        port: 80,
        protocol: 'HTTP',
        allowedRoutes: { namespaces: { from: 'Selector', selector: { matchLabels: { team: 'x' } } } },
      },
      {
        name: 'https',
        port: 443,
        protocol: 'HTTPS',
        tls: { mode: 'Terminate', certificateRefs: [{ name: 'cert', namespace: 'certs' }], options: { a: 'b' } },
        allowedRoutes: { namespaces: { from: 'All' }, kinds: [{ kind: 'HTTPRoute' }] },
      },
      { name: 'tcp', port: 5432, protocol: 'TCP' },
    ],
    addresses: [{ type: 'Hostname', value: 'edge.istio-system.svc.cluster.local' }],
    allowedListeners: { namespaces: { from: 'Same' } },
    tls: {
      frontend: { default: { validation: { caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'ca' }] } } },
    },
  }),
  RequestAuthentication: documentOf('RequestAuthentication', {
    selector: { matchLabels: { app: 'reviews' } },
    jwtRules: [
      {
        issuer: 'https://login.example.com',
        audiences: ['reviews'],
        jwksUri: 'https://login.example.com/keys',
        fromHeaders: [{ name: 'x-token', prefix: 'Bearer ' }],
        fromParams: ['token'],
        fromCookies: ['session'],
        outputPayloadToHeader: 'x-payload',
        forwardOriginalToken: true,
        outputClaimToHeaders: [{ header: 'x-group', claim: 'group' }],
        timeout: '3s',
        spaceDelimitedClaims: ['roles'],
        presence: 'REQUIRED',
      },
      { issuer: 'b', jwks: '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}' },
    ],
  }),
  KeySet: documentOf(
    'KeySet',
    { issuer: 'https://login.example.com', jwks: '{"keys":[]}' },
    { name: keySetName({ issuer: 'https://login.example.com', jwksUri: '' }) },
  ),
  Namespace: documentOf('Namespace', {}, { name: 'shop', labels: { team: 'x' } }),
  Mesh: documentOf(
    'Mesh',
    {
      meshConfig: {
        outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
        defaultConfig: { statusPort: 15_021, tracing: { zipkin: { address: 'zipkin:9411' } } },
        localityLbSetting: { failover: [{ from: 'a', to: 'b' }] },
        extensionProviders: [{ name: 'otel', opentelemetry: { service: 'otel.ns', port: 4317 } }],
        trustDomainAliases: ['old'],
      },
      meshNetworks: {
        networks: { n1: { endpoints: [{ fromCidr: '10.0.0.0/8' }], gateways: [{ address: '1.2.3.4', port: 15_443 }] } },
      },
    },
    { name: 'default' },
  ),
};
