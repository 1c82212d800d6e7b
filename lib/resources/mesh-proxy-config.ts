import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { duration, int32, textMap, texts, uint32 } from './field-shapes.ts';
import { clientTls, tcpKeepalive } from './traffic-policy-spec.ts';

/** Shape of MeshConfig's `defaultConfig`: how proxies run. Source: Istio's reference page "Global Mesh Options", section ProxyConfig. */
const forwardClientCertDetails = z.enum([
  'UNDEFINED',
  'SANITIZE',
  'FORWARD_ONLY',
  'APPEND_FORWARD',
  'SANITIZE_SET',
  'ALWAYS_FORWARD_ONLY',
]);

const tracing = z.strictObject({
  zipkin: z.strictObject({ address: z.string().exactOptional() }).exactOptional(),
  lightstep: z
    .strictObject({ address: z.string().exactOptional(), accessToken: z.string().exactOptional() })
    .exactOptional(),
  datadog: z.strictObject({ address: z.string().exactOptional() }).exactOptional(),
  stackdriver: z
    .strictObject({
      debug: z.boolean().exactOptional(),
      maxNumberOfAttributes: z.int().exactOptional(),
      maxNumberOfAnnotations: z.int().exactOptional(),
      maxNumberOfMessageEvents: z.int().exactOptional(),
    })
    .exactOptional(),
  openCensusAgent: z
    .strictObject({
      address: z.string().exactOptional(),
      context: z
        .array(z.enum(['UNSPECIFIED', 'W3C_TRACE_CONTEXT', 'GRPC_BIN', 'CLOUD_TRACE_CONTEXT', 'B3']))
        .exactOptional(),
    })
    .exactOptional(),
  customTags: z
    .record(
      z.string(),
      z.strictObject({
        literal: z.strictObject({ value: z.string().exactOptional() }).exactOptional(),
        environment: z
          .strictObject({ name: z.string().exactOptional(), defaultValue: z.string().exactOptional() })
          .exactOptional(),
        header: z
          .strictObject({ name: z.string().exactOptional(), defaultValue: z.string().exactOptional() })
          .exactOptional(),
      }),
    )
    .exactOptional(),
  maxPathTagLength: uint32.exactOptional(),
  sampling: z.number().exactOptional(),
  tlsSettings: clientTls.exactOptional(),
  enableIstioTags: z.boolean().exactOptional(),
});

const topology = z.strictObject({
  numTrustedProxies: uint32.exactOptional(),
  forwardClientCertDetails: forwardClientCertDetails.exactOptional(),
  proxyProtocol: z.strictObject({}).exactOptional(),
});

const proxyHeaders = z.strictObject({
  forwardedClientCert: forwardClientCertDetails.exactOptional(),
  setCurrentClientCertDetails: z
    .strictObject({
      subject: z.boolean().exactOptional(),
      cert: z.boolean().exactOptional(),
      chain: z.boolean().exactOptional(),
      dns: z.boolean().exactOptional(),
      uri: z.boolean().exactOptional(),
    })
    .exactOptional(),
  requestId: z.strictObject({ disabled: z.boolean().exactOptional() }).exactOptional(),
  server: z.strictObject({ disabled: z.boolean().exactOptional(), value: z.string().exactOptional() }).exactOptional(),
  attemptCount: z.strictObject({ disabled: z.boolean().exactOptional() }).exactOptional(),
  envoyDebugHeaders: z.strictObject({ disabled: z.boolean().exactOptional() }).exactOptional(),
  metadataExchangeHeaders: z.strictObject({ mode: z.enum(['UNDEFINED', 'IN_MESH']).exactOptional() }).exactOptional(),
  preserveHttp1HeaderCase: z.boolean().exactOptional(),
  xForwardedHost: z.strictObject({ enabled: z.boolean().exactOptional() }).exactOptional(),
  xForwardedPort: z.strictObject({ enabled: z.boolean().exactOptional() }).exactOptional(),
});

const connectionSettings = z.strictObject({
  profile: z.enum(['SIDECAR', 'EDGE']).exactOptional(),
  listenerPerConnectionBufferLimitBytes: int32.exactOptional(),
  clusterPerConnectionBufferLimitBytes: int32.exactOptional(),
  httpIdleTimeout: duration.exactOptional(),
  httpMaxConnectionDuration: duration.exactOptional(),
  httpDrainTimeout: duration.exactOptional(),
  httpRequestTimeout: duration.exactOptional(),
  httpRequestHeadersTimeout: duration.exactOptional(),
  httpStreamIdleTimeout: duration.exactOptional(),
  httpMaxStreamDuration: duration.exactOptional(),
  httpMaxConcurrentStreams: int32.exactOptional(),
  http2InitialStreamWindowSize: int32.exactOptional(),
  http2InitialConnectionWindowSize: int32.exactOptional(),
  httpHeadersWithUnderscoresAction: z
    .enum([
      'HEADERS_WITH_UNDERSCORES_UNSPECIFIED',
      'HEADERS_WITH_UNDERSCORES_ALLOW',
      'HEADERS_WITH_UNDERSCORES_REJECT_REQUEST',
      'HEADERS_WITH_UNDERSCORES_DROP_HEADER',
    ])
    .exactOptional(),
  httpMergeSlashes: z.boolean().exactOptional(),
  httpPathWithEscapedSlashesAction: z
    .enum([
      'PATH_WITH_ESCAPED_SLASHES_UNSPECIFIED',
      'KEEP_UNCHANGED',
      'REJECT_REQUEST',
      'UNESCAPE_AND_REDIRECT',
      'UNESCAPE_AND_FORWARD',
    ])
    .exactOptional(),
  listenerConnectionLimit: int32.exactOptional(),
  globalDownstreamConnectionLimit: int32.exactOptional(),
});

export const proxyConfig = z.strictObject({
  configPath: z.string().exactOptional().describe("About the agent of Istio's proxies, without meaning here."),
  binaryPath: z.string().exactOptional().describe("About the agent of Istio's proxies, without meaning here."),
  serviceCluster: z.string().exactOptional().describe('Name under which the proxy reports itself.'),
  tracingServiceName: z
    .enum(['APP_LABEL_AND_NAMESPACE', 'CANONICAL_NAME_ONLY', 'CANONICAL_NAME_AND_NAMESPACE'])
    .exactOptional()
    .describe('Which name of the workload spans carry.'),
  drainDuration: duration.exactOptional().describe('How long connections of a listener that goes away may go on.'),
  discoveryAddress: z.string().exactOptional().describe("About the agent of Istio's proxies, without meaning here."),
  discoveryRefreshDelay: duration.exactOptional().describe('Deprecated, and without effect.'),
  zipkinAddress: z.string().exactOptional().describe('Deprecated, use tracing.'),
  statsdUdpAddress: z.string().exactOptional().describe("Where statistics are sent in statsd's format."),
  envoyMetricsServiceAddress: z.string().exactOptional().describe('Deprecated, use envoyMetricsService.'),
  proxyAdminPort: int32.exactOptional().describe("Port of the proxy's admin interface."),
  availabilityZone: z.string().exactOptional().describe('Deprecated, and without effect.'),
  controlPlaneAuthPolicy: z
    .enum(['NONE', 'MUTUAL_TLS', 'INHERIT'])
    .exactOptional()
    .describe("About the agent of Istio's proxies, without meaning here."),
  customConfigFile: z.string().exactOptional().describe("About the agent of Istio's proxies, without meaning here."),
  statNameLength: int32.exactOptional().describe('The longest name in statistics.'),
  concurrency: int32.exactOptional().describe('Worker threads of the proxy; 0 is one per core.'),
  proxyBootstrapTemplatePath: z
    .string()
    .exactOptional()
    .describe("About the agent of Istio's proxies, without meaning here."),
  interceptionMode: z.enum(['REDIRECT', 'TPROXY', 'NONE']).exactOptional().describe('How traffic gets to the proxy.'),
  tracing: tracing.exactOptional().describe('Where and how spans are reported.'),
  sds: z
    .strictObject({ enabled: z.boolean().exactOptional(), k8sSaJwtPath: z.string().exactOptional() })
    .exactOptional()
    .describe('Deprecated, and without effect.'),
  envoyAccessLogService: z
    .strictObject({
      address: z.string().exactOptional(),
      tlsSettings: clientTls.exactOptional(),
      tcpKeepalive: tcpKeepalive.exactOptional(),
    })
    .exactOptional()
    .describe('The service that takes access logs.'),
  envoyMetricsService: z
    .strictObject({
      address: z.string().exactOptional(),
      tlsSettings: clientTls.exactOptional(),
      tcpKeepalive: tcpKeepalive.exactOptional(),
    })
    .exactOptional()
    .describe('The service that takes metrics.'),
  proxyMetadata: textMap.exactOptional().describe('Further variables and node metadata of the proxy.'),
  runtimeValues: textMap.exactOptional().describe("Envoy's runtime flags."),
  statusPort: int32.exactOptional().describe("About the agent of Istio's proxies, without meaning here."),
  extraStatTags: texts.exactOptional().describe("Further tags that are taken out of statistics' names."),
  gatewayTopology: topology.exactOptional().describe('What stands in front of a gateway, and may be believed.'),
  terminationDrainDuration: duration.exactOptional().describe('How long a proxy that ends lets connections go on.'),
  meshId: z.string().exactOptional().describe('Name of the mesh.'),
  readinessProbe: z
    .looseObject({})
    .exactOptional()
    .describe("About the agent of Istio's proxies, without meaning here."),
  proxyStatsMatcher: z
    .strictObject({
      inclusionPrefixes: texts.exactOptional(),
      inclusionSuffixes: texts.exactOptional(),
      inclusionRegexps: texts.exactOptional(),
    })
    .exactOptional()
    .describe('Which further statistics are kept.'),
  holdApplicationUntilProxyStarts: z
    .boolean()
    .exactOptional()
    .describe("About Kubernetes' injection, without meaning here."),
  caCertificatesPem: texts.exactOptional().describe('Further authorities that proxies believe.'),
  image: z
    .strictObject({ imageType: z.string().exactOptional() })
    .exactOptional()
    .describe("About Kubernetes' injection, without meaning here."),
  privateKeyProvider: z
    .strictObject({
      cryptomb: z
        .strictObject({ pollDelay: duration.exactOptional(), fallback: z.boolean().exactOptional() })
        .exactOptional(),
      qat: z
        .strictObject({ pollDelay: duration.exactOptional(), fallback: z.boolean().exactOptional() })
        .exactOptional(),
    })
    .exactOptional()
    .describe("Hardware that does the proxy's private key operations."),
  proxyHeaders: proxyHeaders.exactOptional().describe('Which headers the proxy adds of its own accord.'),
  fileFlushInterval: duration.exactOptional().describe('How often access logs are written out.'),
  fileFlushMinSizeKb: uint32
    .exactOptional()
    .describe('How much of an access log is gathered before it is written out.'),
  statsCompression: z.boolean().exactOptional().describe('Whether statistics are sent compressed.'),
  connectionSettings: connectionSettings.exactOptional().describe('Limits of the connections that proxies take.'),
});

export type ProxyConfigSpec = Immutable<z.infer<typeof proxyConfig>>;
