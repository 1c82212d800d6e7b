import { z } from 'zod';
import { duration, int32, textMap, texts, uint32 } from './field-shapes.ts';

/** Shapes of MeshConfig's `extensionProviders`: the systems that policies and telemetry name. Source: Istio's reference page "Global Mesh Options". */
const httpHeader = z.strictObject({
  name: z.string().exactOptional(),
  value: z.string().exactOptional(),
  envName: z.string().exactOptional(),
});

const httpService = z.strictObject({
  path: z.string().exactOptional(),
  timeout: duration.exactOptional(),
  headers: z.array(httpHeader).exactOptional(),
});

const requestBody = z.strictObject({
  maxRequestBytes: uint32.exactOptional(),
  allowPartialMessage: z.boolean().exactOptional(),
  packAsBytes: z.boolean().exactOptional(),
});

export const extensionProvider = z.strictObject({
  name: z.string().exactOptional(),
  envoyExtAuthzHttp: z
    .strictObject({
      service: z.string().exactOptional(),
      port: uint32.exactOptional(),
      timeout: duration.exactOptional(),
      pathPrefix: z.string().exactOptional(),
      failOpen: z.boolean().exactOptional(),
      clearRouteCache: z.boolean().exactOptional(),
      statusOnError: z.string().exactOptional(),
      /** Deprecated. */
      includeHeadersInCheck: texts.exactOptional(),
      includeRequestHeadersInCheck: texts.exactOptional(),
      includeAdditionalHeadersInCheck: textMap.exactOptional(),
      includeRequestBodyInCheck: requestBody.exactOptional(),
      headersToUpstreamOnAllow: texts.exactOptional(),
      headersToDownstreamOnDeny: texts.exactOptional(),
      headersToDownstreamOnAllow: texts.exactOptional(),
    })
    .exactOptional(),
  envoyExtAuthzGrpc: z
    .strictObject({
      service: z.string().exactOptional(),
      port: uint32.exactOptional(),
      timeout: duration.exactOptional(),
      failOpen: z.boolean().exactOptional(),
      clearRouteCache: z.boolean().exactOptional(),
      statusOnError: z.string().exactOptional(),
      includeRequestBodyInCheck: requestBody.exactOptional(),
    })
    .exactOptional(),
  zipkin: z
    .strictObject({
      service: z.string().exactOptional(),
      port: uint32.exactOptional(),
      maxTagLength: uint32.exactOptional(),
      enable64bitTraceId: z.boolean().exactOptional(),
      path: z.string().exactOptional(),
      traceContextOption: z.enum(['USE_B3', 'USE_B3_WITH_W3C_PROPAGATION']).exactOptional(),
      timeout: duration.exactOptional(),
      headers: z.array(httpHeader).exactOptional(),
    })
    .exactOptional(),
  /** Deprecated. */
  lightstep: z
    .strictObject({
      service: z.string().exactOptional(),
      port: uint32.exactOptional(),
      accessToken: z.string().exactOptional(),
      maxTagLength: uint32.exactOptional(),
    })
    .exactOptional(),
  datadog: z
    .strictObject({
      service: z.string().exactOptional(),
      port: uint32.exactOptional(),
      maxTagLength: uint32.exactOptional(),
    })
    .exactOptional(),
  stackdriver: z
    .strictObject({
      /** Deprecated. */
      debug: z.boolean().exactOptional(),
      /** Deprecated. */
      maxNumberOfAttributes: z.int().exactOptional(),
      /** Deprecated. */
      maxNumberOfAnnotations: z.int().exactOptional(),
      /** Deprecated. */
      maxNumberOfMessageEvents: z.int().exactOptional(),
      maxTagLength: uint32.exactOptional(),
      logging: z.strictObject({ labels: textMap.exactOptional() }).exactOptional(),
    })
    .exactOptional(),
  /** Deprecated. */
  opencensus: z
    .strictObject({
      service: z.string().exactOptional(),
      port: uint32.exactOptional(),
      context: z
        .array(z.enum(['UNSPECIFIED', 'W3C_TRACE_CONTEXT', 'GRPC_BIN', 'CLOUD_TRACE_CONTEXT', 'B3']))
        .exactOptional(),
      maxTagLength: uint32.exactOptional(),
    })
    .exactOptional(),
  skywalking: z
    .strictObject({
      service: z.string().exactOptional(),
      port: uint32.exactOptional(),
      accessToken: z.string().exactOptional(),
    })
    .exactOptional(),
  opentelemetry: z
    .strictObject({
      service: z.string().exactOptional(),
      port: uint32.exactOptional(),
      maxTagLength: uint32.exactOptional(),
      http: httpService.exactOptional(),
      grpc: z
        .strictObject({ timeout: duration.exactOptional(), initialMetadata: z.array(httpHeader).exactOptional() })
        .exactOptional(),
      resourceDetectors: z
        .strictObject({
          environment: z.strictObject({}).exactOptional(),
          dynatrace: z.strictObject({}).exactOptional(),
        })
        .exactOptional(),
      serviceAttributeEnrichment: z.enum(['ISTIO_CANONICAL', 'OTEL_SEMANTIC_CONVENTIONS']).exactOptional(),
      dynatraceSampler: z
        .strictObject({
          tenant: z.string().exactOptional(),
          clusterId: int32.exactOptional(),
          rootSpansPerMinute: uint32.exactOptional(),
          httpService: z
            .strictObject({
              service: z.string().exactOptional(),
              port: uint32.exactOptional(),
              http: httpService.exactOptional(),
            })
            .exactOptional(),
        })
        .exactOptional(),
    })
    .exactOptional(),
  prometheus: z.strictObject({}).exactOptional(),
  envoyFileAccessLog: z
    .strictObject({
      path: z.string().exactOptional(),
      logFormat: z
        .strictObject({ text: z.string().exactOptional(), labels: z.record(z.string(), z.unknown()).exactOptional() })
        .exactOptional(),
      omitEmptyValues: z.boolean().exactOptional(),
    })
    .exactOptional(),
  envoyHttpAls: z
    .strictObject({
      service: z.string().exactOptional(),
      port: uint32.exactOptional(),
      logName: z.string().exactOptional(),
      filterStateObjectsToLog: texts.exactOptional(),
      additionalRequestHeadersToLog: texts.exactOptional(),
      additionalResponseHeadersToLog: texts.exactOptional(),
      additionalResponseTrailersToLog: texts.exactOptional(),
    })
    .exactOptional(),
  envoyTcpAls: z
    .strictObject({
      service: z.string().exactOptional(),
      port: uint32.exactOptional(),
      logName: z.string().exactOptional(),
      filterStateObjectsToLog: texts.exactOptional(),
    })
    .exactOptional(),
  envoyOtelAls: z
    .strictObject({
      service: z.string().exactOptional(),
      port: uint32.exactOptional(),
      logName: z.string().exactOptional(),
      logFormat: z
        .strictObject({ text: z.string().exactOptional(), labels: z.record(z.string(), z.unknown()).exactOptional() })
        .exactOptional(),
    })
    .exactOptional(),
  sds: z
    .strictObject({
      name: z.string().exactOptional(),
      service: z.string().exactOptional(),
      port: uint32.exactOptional(),
    })
    .exactOptional(),
});
