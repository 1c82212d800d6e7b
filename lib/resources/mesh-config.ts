import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { duration, int32, labelSelector, texts } from './field-shapes.ts';
import { extensionProvider } from './mesh-extension-providers.ts';
import { proxyConfig } from './mesh-proxy-config.ts';
import {
  clientTls,
  connectionPool,
  localityLbSetting,
  outlierDetection,
  tcpKeepalive,
  zoneAwareLbSetting,
} from './traffic-policy-spec.ts';
import { httpRetry } from './virtual-service-spec.ts';

/** Shape of Istio's MeshConfig, all its fields. Source: Istio's reference page "Global Mesh Options". */
export const meshConfig = z.strictObject({
  proxyListenPort: int32.exactOptional(),
  proxyInboundListenPort: int32.exactOptional(),
  proxyHttpPort: int32.exactOptional(),
  connectTimeout: duration.exactOptional(),
  hboneIdleTimeout: duration.exactOptional(),
  protocolDetectionTimeout: duration.exactOptional(),
  tcpKeepalive: tcpKeepalive.exactOptional(),
  ingressClass: z.string().exactOptional(),
  ingressService: z.string().exactOptional(),
  ingressControllerMode: z.enum(['UNSPECIFIED', 'OFF', 'DEFAULT', 'STRICT']).exactOptional(),
  ingressSelector: z.string().exactOptional(),
  enableTracing: z.boolean().exactOptional(),
  accessLogFile: z.string().exactOptional(),
  accessLogFormat: z.string().exactOptional(),
  accessLogEncoding: z.enum(['TEXT', 'JSON']).exactOptional(),
  enableEnvoyAccessLogService: z.boolean().exactOptional(),
  disableEnvoyListenerLog: z.boolean().exactOptional(),
  defaultConfig: proxyConfig.exactOptional(),
  outboundTrafficPolicy: z
    .strictObject({
      mode: z.enum(['REGISTRY_ONLY', 'ALLOW_ANY', 'ALLOW_ANY_DYNAMIC_DNS']).exactOptional(),
      tls: clientTls.exactOptional(),
    })
    .exactOptional(),
  inboundTrafficPolicy: z.strictObject({ mode: z.enum(['PASSTHROUGH', 'LOCALHOST']).exactOptional() }).exactOptional(),
  configSources: z
    .array(
      z.strictObject({
        address: z.string().exactOptional(),
        tlsSettings: clientTls.exactOptional(),
        subscribedResources: z.array(z.enum(['SERVICE_REGISTRY'])).exactOptional(),
      }),
    )
    .exactOptional(),
  enableAutoMtls: z.boolean().exactOptional(),
  trustDomain: z.string().exactOptional(),
  trustDomainAliases: texts.exactOptional(),
  caCertificates: z
    .array(
      z.strictObject({
        pem: z.string().exactOptional(),
        spiffeBundleUrl: z.string().exactOptional(),
        certSigners: texts.exactOptional(),
        trustDomains: texts.exactOptional(),
      }),
    )
    .exactOptional(),
  defaultServiceExportTo: texts.exactOptional(),
  defaultVirtualServiceExportTo: texts.exactOptional(),
  defaultDestinationRuleExportTo: texts.exactOptional(),
  rootNamespace: z.string().exactOptional(),
  localityLbSetting: localityLbSetting.exactOptional(),
  zoneAwareLbSetting: zoneAwareLbSetting.exactOptional(),
  dnsRefreshRate: duration.exactOptional(),
  h2UpgradePolicy: z.enum(['DO_NOT_UPGRADE', 'UPGRADE']).exactOptional(),
  inboundClusterStatName: z.string().exactOptional(),
  outboundClusterStatName: z.string().exactOptional(),
  /** Deprecated. */
  certificates: z
    .array(z.strictObject({ secretName: z.string().exactOptional(), dnsNames: texts.exactOptional() }))
    .exactOptional(),
  serviceSettings: z
    .array(
      z.strictObject({
        settings: z.strictObject({ clusterLocal: z.boolean().exactOptional() }).exactOptional(),
        hosts: texts.exactOptional(),
      }),
    )
    .exactOptional(),
  serviceScopeConfigs: z
    .array(
      z.strictObject({
        namespaceSelector: labelSelector.exactOptional(),
        servicesSelector: labelSelector.exactOptional(),
        scope: z.enum(['LOCAL', 'GLOBAL']).exactOptional(),
      }),
    )
    .exactOptional(),
  enablePrometheusMerge: z.boolean().exactOptional(),
  /** Deprecated. */
  verifyCertificateAtClient: z.boolean().exactOptional(),
  ca: z
    .strictObject({
      address: z.string().exactOptional(),
      tlsSettings: clientTls.exactOptional(),
      requestTimeout: duration.exactOptional(),
      istiodSide: z.boolean().exactOptional(),
    })
    .exactOptional(),
  extensionProviders: z.array(extensionProvider).exactOptional(),
  defaultProviders: z
    .strictObject({
      tracing: texts.exactOptional(),
      metrics: texts.exactOptional(),
      accessLogging: texts.exactOptional(),
    })
    .exactOptional(),
  discoverySelectors: z.array(labelSelector).exactOptional(),
  pathNormalization: z
    .strictObject({
      normalization: z.enum(['DEFAULT', 'NONE', 'BASE', 'MERGE_SLASHES', 'DECODE_AND_MERGE_SLASHES']).exactOptional(),
    })
    .exactOptional(),
  defaultHttpRetryPolicy: httpRetry.exactOptional(),
  defaultInboundHttpRetryPolicy: httpRetry.exactOptional(),
  meshMTLS: z
    .strictObject({
      minProtocolVersion: z.enum(['TLS_AUTO', 'TLSV1_2', 'TLSV1_3']).exactOptional(),
      ecdhCurves: texts.exactOptional(),
      cipherSuites: texts.exactOptional(),
    })
    .exactOptional(),
  tlsDefaults: z
    .strictObject({
      minProtocolVersion: z.enum(['TLS_AUTO', 'TLSV1_2', 'TLSV1_3']).exactOptional(),
      ecdhCurves: texts.exactOptional(),
      cipherSuites: texts.exactOptional(),
    })
    .exactOptional(),
  defaultTrafficPolicy: z
    .strictObject({
      connectionPool: connectionPool.exactOptional(),
      outlierDetection: outlierDetection.exactOptional(),
    })
    .exactOptional(),
  serviceEntryVisibility: z
    .strictObject({
      defaultVisibility: z.enum(['VISIBILITY_UNSPECIFIED', 'NONE', 'NAMESPACE', 'PUBLIC']).exactOptional(),
      applyToSidecars: z.boolean().exactOptional(),
      policies: z
        .array(
          z.strictObject({
            visibility: z.enum(['VISIBILITY_UNSPECIFIED', 'NONE', 'NAMESPACE', 'PUBLIC']).exactOptional(),
            matchingRules: z
              .array(z.strictObject({ namespaceSelector: labelSelector.exactOptional() }))
              .exactOptional(),
          }),
        )
        .exactOptional(),
    })
    .exactOptional(),
});

export type MeshConfigSpec = Immutable<z.infer<typeof meshConfig>>;
