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
  maxRequestBytes: uint32.exactOptional().describe('How many bytes of the body are sent along.'),
  allowPartialMessage: z
    .boolean()
    .exactOptional()
    .describe('Whether a longer body is sent in part; a request with one is answered 413 otherwise.'),
  packAsBytes: z.boolean().exactOptional().describe('Whether the body is sent as bytes, not as UTF-8; for gRPC.'),
});

const SERVICE = 'Host name of the service that is asked, or namespace/host.';
const PORT = 'Port of the service.';
const TIMEOUT = 'How long the proxy waits for the answer; 600s unless it is said.';
const FAIL_OPEN = 'Whether requests are let in while the service cannot be asked; they are refused otherwise.';
const CLEARS = 'Whether the route is chosen again after the answer has changed headers.';
const STATUS = 'Status of the answer to a request while the service cannot be asked; 403 unless it is said.';
const BODY = 'How much of the body of a request is sent along; none unless it is said.';

const headers = (what: string): z.ZodExactOptional<typeof texts> =>
  texts.exactOptional().describe(`${what} Names, whole or with * in front or at the end.`);

export const extensionProvider = z.strictObject({
  name: z.string().exactOptional().describe('What policies and telemetry call it.'),
  envoyExtAuthzHttp: z
    .strictObject({
      service: z.string().exactOptional().describe(SERVICE),
      port: uint32.exactOptional().describe(PORT),
      timeout: duration.exactOptional().describe(TIMEOUT),
      pathPrefix: z.string().exactOptional().describe('Stands before the path of each request that it is asked about.'),
      failOpen: z.boolean().exactOptional().describe(FAIL_OPEN),
      clearRouteCache: z.boolean().exactOptional().describe(CLEARS),
      statusOnError: z.string().exactOptional().describe(STATUS),
      includeHeadersInCheck: headers('Deprecated: use includeRequestHeadersInCheck.'),
      includeRequestHeadersInCheck: headers('Headers of the request that are sent along.'),
      includeAdditionalHeadersInCheck: textMap.exactOptional().describe('Headers that are sent as well, with values.'),
      includeRequestBodyInCheck: requestBody.exactOptional().describe(BODY),
      headersToUpstreamOnAllow: headers('Headers of the answer that the workload is given.'),
      headersToDownstreamOnDeny: headers('Headers of the answer that a refused client is given.'),
      headersToDownstreamOnAllow: headers('Headers of the answer that a client is given whose request was let in.'),
    })
    .exactOptional()
    .describe('An external authorizer that is asked by HTTP; any 200 lets in.'),
  envoyExtAuthzGrpc: z
    .strictObject({
      service: z.string().exactOptional().describe(SERVICE),
      port: uint32.exactOptional().describe(PORT),
      timeout: duration.exactOptional().describe(TIMEOUT),
      failOpen: z.boolean().exactOptional().describe(FAIL_OPEN),
      clearRouteCache: z.boolean().exactOptional().describe(CLEARS),
      statusOnError: z.string().exactOptional().describe(STATUS),
      includeRequestBodyInCheck: requestBody.exactOptional().describe(BODY),
    })
    .exactOptional()
    .describe("An external authorizer that is asked by gRPC, as Envoy's Authorization service; for HTTP and TCP."),
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
