import type { MeshConfigSpec } from './mesh-config.ts';

/** What Istio takes where MeshConfig says nothing. Durations are texts, as in the written form. */
const meshDefaults = {
  connectTimeout: '10s',
  defaultDestinationRuleExportTo: ['*'],
  defaultServiceExportTo: ['*'],
  defaultVirtualServiceExportTo: ['*'],
  // Concerns failed lookups alone: a good answer lives as long as its record says.
  dnsRefreshRate: '60s',
  enableAutoMtls: true,
  enableTracing: true,
  enablePrometheusMerge: true,
  h2UpgradePolicy: 'DO_NOT_UPGRADE',
  inboundTrafficPolicy: { mode: 'PASSTHROUGH' },
  localityLbSetting: { enabled: true },
  outboundTrafficPolicy: { mode: 'ALLOW_ANY' },
  protocolDetectionTimeout: '0s',
  proxyHttpPort: 0,
  proxyInboundListenPort: 15006,
  proxyListenPort: 15001,
  rootNamespace: 'istio-system',
  serviceSettings: [],
  trustDomain: 'cluster.local',
  trustDomainAliases: [],
} as const satisfies MeshConfigSpec;

const proxyDefaults = {
  proxyAdminPort: 15000,
  statNameLength: 189,
  statusPort: 15020,
  drainDuration: '45s',
  terminationDrainDuration: '5s',
  discoveryAddress: 'istiod.istio-system.svc:15012',
  serviceCluster: 'istio-proxy',
  configPath: '/etc/istio/proxy',
  binaryPath: '/usr/local/bin/envoy',
} as const satisfies NonNullable<MeshConfigSpec['defaultConfig']>;

const providerDefaults = [
  { name: 'prometheus', prometheus: {} },
  { name: 'stackdriver', stackdriver: {} },
  { name: 'envoy', envoyFileAccessLog: { path: '/dev/stdout' } },
] as const satisfies NonNullable<MeshConfigSpec['extensionProviders']>;

type Filled<Spec, Defaulted extends keyof Spec> = Spec & {
  readonly [Member in Defaulted]-?: NonNullable<Spec[Member]>;
};

/** MeshConfig in which every member that has a default is there. */
export type MeshConfig = Filled<MeshConfigSpec, keyof typeof meshDefaults | 'defaultConfig' | 'extensionProviders'>;

/**
 * Written settings laid over Istio's defaults. A written member replaces the default whole; only `defaultConfig` is merged
 * member by member, and default providers stay beside the written ones; one of the same name takes its place.
 * Source: Istio's reference page "Global Mesh Options".
 */
export function meshConfigWithDefaults(written: MeshConfigSpec = {}): MeshConfig {
  return {
    ...meshDefaults,
    ...written,
    defaultConfig: { ...proxyDefaults, ...written.defaultConfig },
    extensionProviders: providersWithDefaults(written.extensionProviders ?? []),
  };
}

/** What a MeshConfig means to Istio's own tests that lay it over nothing: a member that is not written is its type's zero. */
const NOTHING: Pick<MeshConfig, keyof typeof meshDefaults> = {
  connectTimeout: '0s',
  // What Istio takes for no list at all.
  defaultDestinationRuleExportTo: ['*'],
  defaultServiceExportTo: ['*'],
  defaultVirtualServiceExportTo: ['*'],
  dnsRefreshRate: '0s',
  enableAutoMtls: false,
  enableTracing: false,
  enablePrometheusMerge: false,
  h2UpgradePolicy: 'DO_NOT_UPGRADE',
  inboundTrafficPolicy: {},
  localityLbSetting: { enabled: false },
  outboundTrafficPolicy: {},
  protocolDetectionTimeout: '0s',
  proxyHttpPort: 0,
  proxyInboundListenPort: 0,
  proxyListenPort: 0,
  rootNamespace: '',
  serviceSettings: [],
  trustDomain: '',
  trustDomainAliases: [],
};

/** Written settings with nothing added to them. */
export function meshConfigAlone(written: MeshConfigSpec = {}): MeshConfig {
  return {
    ...NOTHING,
    ...written,
    defaultConfig: written.defaultConfig ?? {},
    extensionProviders: written.extensionProviders ?? [],
  };
}

/** The written ones come first, so that what is said about one has its place in the document. */
function providersWithDefaults(written: MeshConfig['extensionProviders']): MeshConfig['extensionProviders'] {
  const names = new Set(written.map(({ name }) => name));
  return [...written, ...providerDefaults.filter(({ name }) => !names.has(name))];
}
