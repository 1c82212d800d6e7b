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

const spokenTls = z.strictObject({
  minProtocolVersion: z
    .enum(['TLS_AUTO', 'TLSV1_2', 'TLSV1_3'])
    .exactOptional()
    .describe('The oldest version of TLS that is spoken.'),
  ecdhCurves: texts.exactOptional().describe('The curves that are offered.'),
  cipherSuites: texts.exactOptional().describe('The ciphers that are offered, for TLS up to 1.2.'),
});

/** Shape of Istio's MeshConfig, all its fields. Source: Istio's reference page "Global Mesh Options". */
export const meshConfig = z.strictObject({
  proxyListenPort: int32
    .exactOptional()
    .describe('Port on which sidecars take the traffic that leaves their workload.'),
  proxyInboundListenPort: int32.exactOptional().describe('Port on which sidecars take the traffic for their workload.'),
  proxyHttpPort: int32.exactOptional().describe('Port on which sidecars serve as an HTTP proxy; 0 turns it off.'),
  connectTimeout: duration
    .exactOptional()
    .describe('How long making a connection may take, where no DestinationRule says it.'),
  hboneIdleTimeout: duration.exactOptional().describe('How long a tunnel between proxies may be idle.'),
  protocolDetectionTimeout: duration
    .exactOptional()
    .describe('How long a proxy waits for the first bytes by which it tells a protocol; 0s waits for ever.'),
  tcpKeepalive: tcpKeepalive.exactOptional().describe('Probes of idle connections, where no DestinationRule says it.'),
  ingressClass: z.string().exactOptional().describe("About Kubernetes' Ingress, without meaning here."),
  ingressService: z.string().exactOptional().describe("About Kubernetes' Ingress, without meaning here."),
  ingressControllerMode: z
    .enum(['UNSPECIFIED', 'OFF', 'DEFAULT', 'STRICT'])
    .exactOptional()
    .describe("About Kubernetes' Ingress, without meaning here."),
  ingressSelector: z.string().exactOptional().describe("About Kubernetes' Ingress, without meaning here."),
  enableTracing: z.boolean().exactOptional().describe('Whether proxies report spans of the requests that they pass.'),
  accessLogFile: z.string().exactOptional().describe('File to which proxies log each request, such as /dev/stdout.'),
  accessLogFormat: z.string().exactOptional().describe('Format of the lines of the access log.'),
  accessLogEncoding: z
    .enum(['TEXT', 'JSON'])
    .exactOptional()
    .describe('Whether lines of the access log are text or JSON.'),
  enableEnvoyAccessLogService: z
    .boolean()
    .exactOptional()
    .describe('Whether proxies send their access log to a service.'),
  disableEnvoyListenerLog: z
    .boolean()
    .exactOptional()
    .describe('Whether listeners leave requests that matched nothing out of the access log.'),
  defaultConfig: proxyConfig.exactOptional().describe('How proxies run, unless they are told otherwise.'),
  outboundTrafficPolicy: z
    .strictObject({
      mode: z
        .enum(['REGISTRY_ONLY', 'ALLOW_ANY', 'ALLOW_ANY_DYNAMIC_DNS'])
        .exactOptional()
        .describe('Whether it is let through (ALLOW_ANY) or refused (REGISTRY_ONLY).'),
      tls: clientTls.exactOptional().describe('TLS to hosts that are looked up on demand.'),
    })
    .exactOptional()
    .describe('What becomes of traffic to hosts that the mesh does not know.'),
  inboundTrafficPolicy: z
    .strictObject({
      mode: z
        .enum(['PASSTHROUGH', 'LOCALHOST'])
        .exactOptional()
        .describe('Whether it goes to the address it came to (PASSTHROUGH) or to loopback.'),
    })
    .exactOptional()
    .describe('How traffic reaches the application.'),
  configSources: z
    .array(
      z.strictObject({
        address: z.string().exactOptional().describe('Address of the source.'),
        tlsSettings: clientTls.exactOptional().describe('TLS to the source.'),
        subscribedResources: z
          .array(z.enum(['SERVICE_REGISTRY']))
          .exactOptional()
          .describe('What is read there.'),
      }),
    )
    .exactOptional()
    .describe('Where Istio would read documents from.'),
  enableAutoMtls: z.boolean().exactOptional().describe('Whether proxies speak mutual TLS wherever both sides can.'),
  trustDomain: z.string().exactOptional().describe('The first part of every identity of the mesh.'),
  trustDomainAliases: texts.exactOptional().describe("Other trust domains whose identities count as the mesh's own."),
  caCertificates: z
    .array(
      z.strictObject({
        pem: z.string().exactOptional().describe('The certificate itself.'),
        spiffeBundleUrl: z.string().exactOptional().describe('Where the certificates are fetched.'),
        certSigners: texts.exactOptional().describe('Signers to whom this belongs.'),
        trustDomains: texts.exactOptional().describe('Trust domains to which this belongs.'),
      }),
    )
    .exactOptional()
    .describe('Further authorities that proxies believe.'),
  defaultServiceExportTo: texts.exactOptional().describe('Who sees services that do not say it.'),
  defaultVirtualServiceExportTo: texts.exactOptional().describe('Who sees VirtualServices that do not say it.'),
  defaultDestinationRuleExportTo: texts.exactOptional().describe('Who sees DestinationRules that do not say it.'),
  rootNamespace: z.string().exactOptional().describe('Namespace whose policies hold for the whole mesh.'),
  localityLbSetting: localityLbSetting
    .exactOptional()
    .describe('How localities share traffic and stand in for each other.'),
  zoneAwareLbSetting: zoneAwareLbSetting
    .exactOptional()
    .describe('Keeps traffic within zones as far as their capacity allows.'),
  dnsRefreshRate: duration.exactOptional().describe('How often proxies look a DNS name up again.'),
  h2UpgradePolicy: z
    .enum(['DO_NOT_UPGRADE', 'UPGRADE'])
    .exactOptional()
    .describe('Whether HTTP/1.1 is sent on as HTTP/2, where no DestinationRule says it.'),
  inboundClusterStatName: z.string().exactOptional().describe('How statistics call the ports of the application.'),
  outboundClusterStatName: z.string().exactOptional().describe('How statistics call the services that are called.'),
  certificates: z
    .array(
      z.strictObject({
        secretName: z.string().exactOptional().describe('Name of the secret.'),
        dnsNames: texts.exactOptional().describe('Names in the certificate.'),
      }),
    )
    .exactOptional()
    .describe('Deprecated, and without effect.'),
  serviceSettings: z
    .array(
      z.strictObject({
        settings: z
          .strictObject({
            clusterLocal: z
              .boolean()
              .exactOptional()
              .describe('Whether callers keep to the instances of their own cluster.'),
          })
          .exactOptional()
          .describe('What is set.'),
        hosts: texts.exactOptional().describe('The services that it is set for.'),
      }),
    )
    .exactOptional()
    .describe('Settings of single services.'),
  serviceScopeConfigs: z
    .array(
      z.strictObject({
        namespaceSelector: labelSelector.exactOptional().describe('Namespaces of the services.'),
        servicesSelector: labelSelector.exactOptional().describe('Labels of the services.'),
        scope: z.enum(['LOCAL', 'GLOBAL']).exactOptional().describe('Whether other clusters see them.'),
      }),
    )
    .exactOptional()
    .describe('How far services are seen across clusters.'),
  enablePrometheusMerge: z
    .boolean()
    .exactOptional()
    .describe("About the agent of Istio's proxies, without meaning here."),
  verifyCertificateAtClient: z.boolean().exactOptional().describe('Deprecated, and without effect.'),
  ca: z
    .strictObject({
      address: z.string().exactOptional().describe('Address of the authority.'),
      tlsSettings: clientTls.exactOptional().describe('TLS to the authority.'),
      requestTimeout: duration.exactOptional().describe('How long signing may take.'),
      istiodSide: z.boolean().exactOptional().describe("Whether Istio's control plane asks, rather than the proxy."),
    })
    .exactOptional()
    .describe("An authority of your own that signs the workloads' certificates."),
  extensionProviders: z
    .array(extensionProvider)
    .exactOptional()
    .describe('Services that telemetry and policies refer to by name.'),
  defaultProviders: z
    .strictObject({
      tracing: texts.exactOptional().describe('Providers of tracing.'),
      metrics: texts.exactOptional().describe('Providers of metrics.'),
      accessLogging: texts.exactOptional().describe('Providers of access logs.'),
    })
    .exactOptional()
    .describe('Which of those are used where nothing is said.'),
  discoverySelectors: z
    .array(labelSelector)
    .exactOptional()
    .describe('Namespaces that are looked at; all unless it is said.'),
  pathNormalization: z
    .strictObject({
      normalization: z
        .enum(['DEFAULT', 'NONE', 'BASE', 'MERGE_SLASHES', 'DECODE_AND_MERGE_SLASHES'])
        .exactOptional()
        .describe('How much is done: nothing, RFC 3986, or slashes as well.'),
    })
    .exactOptional()
    .describe('How paths are put into one form before policies look at them.'),
  defaultHttpRetryPolicy: httpRetry
    .exactOptional()
    .describe('When and how often failed requests are tried again, where no route says it.'),
  defaultInboundHttpRetryPolicy: httpRetry
    .exactOptional()
    .describe('Retries of sidecars towards their own application.'),
  meshMTLS: spokenTls.exactOptional().describe('Which TLS proxies speak among themselves.'),
  tlsDefaults: spokenTls.exactOptional().describe('Which TLS is spoken with everyone else.'),
  defaultTrafficPolicy: z
    .strictObject({
      connectionPool: connectionPool.exactOptional().describe('Limits of connections and requests.'),
      outlierDetection: outlierDetection
        .exactOptional()
        .describe('When an instance that fails is left out for a while.'),
    })
    .exactOptional()
    .describe('What holds for services where no DestinationRule says it.'),
  serviceEntryVisibility: z
    .strictObject({
      defaultVisibility: z
        .enum(['VISIBILITY_UNSPECIFIED', 'NONE', 'NAMESPACE', 'PUBLIC'])
        .exactOptional()
        .describe('What holds where no policy matches.'),
      applyToSidecars: z.boolean().exactOptional().describe('Whether it holds for sidecars too.'),
      policies: z
        .array(
          z.strictObject({
            visibility: z
              .enum(['VISIBILITY_UNSPECIFIED', 'NONE', 'NAMESPACE', 'PUBLIC'])
              .exactOptional()
              .describe('Who sees the ServiceEntries.'),
            matchingRules: z
              .array(
                z.strictObject({
                  namespaceSelector: labelSelector.exactOptional().describe('Labels of the namespaces.'),
                }),
              )
              .exactOptional()
              .describe('Namespaces of the ServiceEntries.'),
          }),
        )
        .exactOptional()
        .describe('What holds for which namespaces.'),
    })
    .exactOptional()
    .describe('Who sees ServiceEntries, by selectors on namespaces.'),
});

export type MeshConfigSpec = Immutable<z.infer<typeof meshConfig>>;
