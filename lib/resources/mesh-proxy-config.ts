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
  configPath: z.string().exactOptional(),
  binaryPath: z.string().exactOptional(),
  serviceCluster: z.string().exactOptional(),
  tracingServiceName: z
    .enum(['APP_LABEL_AND_NAMESPACE', 'CANONICAL_NAME_ONLY', 'CANONICAL_NAME_AND_NAMESPACE'])
    .exactOptional(),
  drainDuration: duration.exactOptional(),
  discoveryAddress: z.string().exactOptional(),
  /** Deprecated. */
  discoveryRefreshDelay: duration.exactOptional(),
  /** Deprecated. */
  zipkinAddress: z.string().exactOptional(),
  statsdUdpAddress: z.string().exactOptional(),
  /** Deprecated. */
  envoyMetricsServiceAddress: z.string().exactOptional(),
  proxyAdminPort: int32.exactOptional(),
  /** Deprecated. */
  availabilityZone: z.string().exactOptional(),
  controlPlaneAuthPolicy: z.enum(['NONE', 'MUTUAL_TLS', 'INHERIT']).exactOptional(),
  customConfigFile: z.string().exactOptional(),
  statNameLength: int32.exactOptional(),
  concurrency: int32.exactOptional(),
  proxyBootstrapTemplatePath: z.string().exactOptional(),
  interceptionMode: z.enum(['REDIRECT', 'TPROXY', 'NONE']).exactOptional(),
  tracing: tracing.exactOptional(),
  /** Deprecated. */
  sds: z
    .strictObject({ enabled: z.boolean().exactOptional(), k8sSaJwtPath: z.string().exactOptional() })
    .exactOptional(),
  envoyAccessLogService: z
    .strictObject({
      address: z.string().exactOptional(),
      tlsSettings: clientTls.exactOptional(),
      tcpKeepalive: tcpKeepalive.exactOptional(),
    })
    .exactOptional(),
  envoyMetricsService: z
    .strictObject({
      address: z.string().exactOptional(),
      tlsSettings: clientTls.exactOptional(),
      tcpKeepalive: tcpKeepalive.exactOptional(),
    })
    .exactOptional(),
  proxyMetadata: textMap.exactOptional(),
  runtimeValues: textMap.exactOptional(),
  statusPort: int32.exactOptional(),
  extraStatTags: texts.exactOptional(),
  gatewayTopology: topology.exactOptional(),
  terminationDrainDuration: duration.exactOptional(),
  meshId: z.string().exactOptional(),
  readinessProbe: z.looseObject({}).exactOptional(),
  proxyStatsMatcher: z
    .strictObject({
      inclusionPrefixes: texts.exactOptional(),
      inclusionSuffixes: texts.exactOptional(),
      inclusionRegexps: texts.exactOptional(),
    })
    .exactOptional(),
  holdApplicationUntilProxyStarts: z.boolean().exactOptional(),
  caCertificatesPem: texts.exactOptional(),
  image: z.strictObject({ imageType: z.string().exactOptional() }).exactOptional(),
  privateKeyProvider: z
    .strictObject({
      cryptomb: z
        .strictObject({ pollDelay: duration.exactOptional(), fallback: z.boolean().exactOptional() })
        .exactOptional(),
      qat: z
        .strictObject({ pollDelay: duration.exactOptional(), fallback: z.boolean().exactOptional() })
        .exactOptional(),
    })
    .exactOptional(),
  proxyHeaders: proxyHeaders.exactOptional(),
  fileFlushInterval: duration.exactOptional(),
  fileFlushMinSizeKb: uint32.exactOptional(),
  statsCompression: z.boolean().exactOptional(),
  connectionSettings: connectionSettings.exactOptional(),
});

export type ProxyConfigSpec = Immutable<z.infer<typeof proxyConfig>>;
