import { durationMs, type DurationMs } from '../base/brand.ts';
import { hostsOverlap, type HostName } from '../base/host-name.ts';
import type { Issue, Noted } from '../base/issue.ts';
import type { MeshSettings, RetryDefaults, VisibilityCaps } from '../model/mesh-settings.ts';
import type { PolicyBlocks } from '../model/traffic-policy.ts';
import { meshConfigAlone, meshConfigWithDefaults, type MeshConfig } from '../resources/mesh-defaults.ts';
import { usableCipherSuites } from '../resources/cipher-suites.ts';
import { keyOf, type Resource } from '../resources/resource.ts';
import { meshName } from '../resources/well-known-names.ts';
import {
  readConnectionPool,
  readLocalityLb,
  readOutlierDetection,
  readTcpKeepalive,
  readZoneAwareLb,
  textDuration,
} from './traffic-policy-blocks.ts';
import { readAuthorizers } from './authorizers.ts';
import { readProxySettings } from './proxy-settings.ts';
import { readTracing } from './tracing.ts';
import { readSelector } from './written-selector.ts';

const DOMAIN_SUFFIX = 'cluster.local';

/** What no document says about a world. */
export interface WorldOptions {
  /** The domain of those who wrote the documents, for their short names (HN-7); empty for none, the mesh's own where it is left out. */
  readonly shortNameSuffix?: string;
  /** False where only what documents say counts, as in questions about what another control plane would answer to them. */
  readonly drawsAddresses?: boolean;
  /** Whether the Mesh document is all there is, without the defaults that it is else laid over. */
  readonly hasNoMeshDefaults?: boolean;
}

/** What the one Mesh document says, laid over Istio's defaults (G-7). */
export function readMeshSettings(resources: readonly Resource[], options: WorldOptions = {}): Noted<MeshSettings> {
  const meshes = resources.filter((resource) => resource.kind === 'Mesh');
  const written = meshes.find(({ metadata }) => metadata.name === meshName);
  const issues = meshes.filter((mesh) => mesh !== written).map(unusedMesh);
  const { hasNoMeshDefaults = false, ...settings } = options;
  const config = (hasNoMeshDefaults ? meshConfigAlone : meshConfigWithDefaults)(written?.spec.meshConfig);
  return { value: { ...settingsOf(config), ...settings }, issues };
}

/** What holds where no Mesh document says otherwise. */
export const meshDefaults = (): MeshSettings => settingsOf(meshConfigWithDefaults());

/** A block that is written without its mode means the first one of Istio's enumeration, as in its own files. */
function settingsOf(config: MeshConfig): MeshSettings {
  const locality = readLocalityLb(config.localityLbSetting);
  const proxies = readProxySettings(config.defaultConfig);
  return {
    rootNamespace: config.rootNamespace,
    trustDomain: config.trustDomain,
    trustDomainAliases: config.trustDomainAliases,
    trustedDomains: trustedDomains(config),
    meshTls: {
      cipherSuites: usableCipherSuites(config.meshMTLS?.cipherSuites ?? []),
      minimumVersion: config.meshMTLS?.minProtocolVersion === 'TLSV1_3' ? '1.3' : '1.2',
    },
    clusterId: 'Kubernetes',
    outboundStatName: nonEmpty(config.outboundClusterStatName),
    inboundStatName: nonEmpty(config.inboundClusterStatName),
    domainSuffix: DOMAIN_SUFFIX,
    shortNameSuffix: DOMAIN_SUFFIX,
    outboundPolicy: OUTBOUND_POLICIES[config.outboundTrafficPolicy.mode ?? 'REGISTRY_ONLY'],
    inboundPolicy: config.inboundTrafficPolicy.mode === 'LOCALHOST' ? 'localhost' : 'passthrough',
    outboundPort: config.proxyListenPort,
    inboundPort: config.proxyInboundListenPort,
    httpProxyPort: config.proxyHttpPort,
    connectTimeout: saidTime(config.connectTimeout),
    dnsRefresh: saidTime(config.dnsRefreshRate),
    protocolDetectionTimeout: timeOf(config.protocolDetectionTimeout),
    upgradesToHttp2: config.h2UpgradePolicy === 'UPGRADE',
    pathNormalization: NORMALIZATIONS[config.pathNormalization?.normalization ?? 'DEFAULT'],
    routerTopology: proxies.topology,
    connections: proxies.connections,
    defaultExportTo: {
      services: config.defaultServiceExportTo,
      routes: config.defaultVirtualServiceExportTo,
      policies: config.defaultDestinationRuleExportTo,
    },
    drawsAddresses: true,
    visibilityCaps: readVisibilityCaps(config.serviceEntryVisibility),
    defaultRetries: readRetryDefaults(config.defaultHttpRetryPolicy),
    defaultInboundRetries: readRetryDefaults(config.defaultInboundHttpRetryPolicy),
    localityLb: locality === 'off' ? undefined : locality,
    zoneAwareLb: config.zoneAwareLbSetting && readZoneAwareLb(config.zoneAwareLbSetting),
    clusterLocalHosts: readClusterLocalHosts(config.serviceSettings),
    usesAutoMutualTls: config.enableAutoMtls,
    tlsDefaults: {
      cipherSuites: config.tlsDefaults?.cipherSuites ?? [],
      curves: config.tlsDefaults?.ecdhCurves ?? [],
    },
    tcpKeepalive: config.tcpKeepalive && readTcpKeepalive(config.tcpKeepalive),
    defaultPolicy: readDefaultPolicy(config.defaultTrafficPolicy),
    tracing: readTracing(config),
    authorizers: readAuthorizers(config.extensionProviders),
  };
}

/** NW-4: Kubernetes' own services, where documents were exported from it. */
const LOCAL_BY_DEFAULT = [`*.kube-system.svc.${DOMAIN_SUFFIX}`, `kubernetes.default.svc.${DOMAIN_SUFFIX}`];

/** NW-5: later settings win; one that says "not local" takes away the defaults that it covers. */
function readClusterLocalHosts(settings: MeshConfig['serviceSettings']): Readonly<Record<HostName, boolean>> {
  const isLocal = new Map<HostName, boolean>(LOCAL_BY_DEFAULT.map((host) => [host, true]));
  for (const { hosts = [], settings: { clusterLocal = false } = {} } of settings) {
    for (const host of hosts) {
      if (!clusterLocal)
        LOCAL_BY_DEFAULT.filter((each) => hostsOverlap(each, host)).forEach((each) => isLocal.delete(each));
      isLocal.set(host, clusterLocal);
    }
  }
  return Object.fromEntries(isLocal);
}

function trustedDomains({ trustDomain, trustDomainAliases, caCertificates = [] }: MeshConfig): readonly string[] {
  const further = caCertificates.flatMap(({ trustDomains = [] }) => trustDomains);
  return [...new Set([trustDomain, ...trustDomainAliases, ...further])].filter((domain) => domain !== '');
}

const OUTBOUND_POLICIES = {
  REGISTRY_ONLY: 'registry-only',
  ALLOW_ANY: 'allow-any',
  ALLOW_ANY_DYNAMIC_DNS: 'look-up',
} as const;

const NORMALIZATIONS = {
  DEFAULT: 'base',
  NONE: 'none',
  BASE: 'base',
  MERGE_SLASHES: 'merge-slashes',
  DECODE_AND_MERGE_SLASHES: 'decode-and-merge-slashes',
} as const;

/** SR-8: counts for proxies only where it says so. */
function readVisibilityCaps(spec: MeshConfig['serviceEntryVisibility']): VisibilityCaps | undefined {
  if (spec?.applyToSidecars !== true) return undefined;
  return {
    fallback: CAPS[spec.defaultVisibility ?? 'VISIBILITY_UNSPECIFIED'],
    policies: (spec.policies ?? []).map(({ visibility, matchingRules = [] }) => ({
      cap: CAPS[visibility ?? 'VISIBILITY_UNSPECIFIED'],
      selectors: matchingRules.map(({ namespaceSelector }) => readSelector(namespaceSelector)),
    })),
  };
}

const CAPS = { VISIBILITY_UNSPECIFIED: 'public', PUBLIC: 'public', NAMESPACE: 'namespace', NONE: 'nobody' } as const;

function readRetryDefaults(spec: MeshConfig['defaultHttpRetryPolicy']): RetryDefaults | undefined {
  if (spec === undefined) return undefined;
  return { attempts: spec.attempts ?? 0, retryOn: nonEmpty(spec.retryOn), backoff: textDuration(spec.backoff) };
}

function readDefaultPolicy(spec: MeshConfig['defaultTrafficPolicy']): PolicyBlocks {
  return {
    ...(spec?.connectionPool && { pool: readConnectionPool(spec.connectionPool) }),
    ...(spec?.outlierDetection && { outlier: readOutlierDetection(spec.outlierDetection) }),
  };
}

/** No time at all cannot be meant. */
function saidTime(text: string): DurationMs | undefined {
  const time = timeOf(text);
  return time === 0 ? undefined : time;
}

const timeOf = (text: string): DurationMs => textDuration(text) ?? durationMs(0);
const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

const unusedMesh = (mesh: Resource<'Mesh'>): Issue => ({
  severity: 'warning',
  code: 'MESH_NOT_USED',
  resource: keyOf(mesh),
  path: 'metadata.name',
  message: `only the Mesh called ${meshName} counts; rename it or remove it`,
});
