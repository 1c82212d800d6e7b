import type { Issue } from '../base/issue.ts';
import { findingLog, type FindingLog } from './finding.ts';
import type { Kind } from './kinds.ts';
import { keyOf, type Resource } from './resource.ts';

/** A part of a kind that is valid, and that nothing carries out yet. */
interface NotYet {
  readonly kind: Kind;
  /** Where it stands: members by name, `[]` for every item of a list, `{}` for every member of a map. */
  readonly path: string;
  /** Which values, or names of a map's members, are meant; all of them where it is left out. */
  readonly when?: (value: unknown, name: string) => boolean;
  /** What it is, and what to write instead: the two halves of the message. */
  readonly what: string;
  readonly instead: string;
}

/** Members of MeshConfig, and what each asks for. */
const meshMembers = [
  ['accessLogFile', 'access logging'],
  ['enableEnvoyAccessLogService', 'access logging to a service'],
  ['defaultProviders', 'telemetry providers'],
  ['ca', 'a certificate authority of your own'],
  ['caCertificates[].certSigners', 'authorities of external signers'],
  ['caCertificates[].trustDomains', 'authorities of single trust domains'],
  ['tlsDefaults', 'TLS'],
  ['zoneAwareLbSetting', 'zone-aware load balancing'],
  ['serviceScopeConfigs', 'scopes of services'],
  ['discoverySelectors', 'leaving out namespaces'],
  ['configSources', 'further sources of documents'],
  ['hboneIdleTimeout', 'HBONE'],
] as const;

/** Members of MeshConfig's `defaultConfig`. */
const proxyMembers = [
  'tracing',
  'envoyAccessLogService',
  'envoyMetricsService',
  'proxyHeaders',
  'privateKeyProvider',
  'caCertificatesPem',
] as const;

/** Kinds of extensionProviders that nothing asks yet; external authorizers are asked. */
const providerKinds = [
  'zipkin',
  'lightstep',
  'datadog',
  'stackdriver',
  'opencensus',
  'skywalking',
  'opentelemetry',
  'prometheus',
  'envoyFileAccessLog',
  'envoyHttpAls',
  'envoyTcpAls',
  'envoyOtelAls',
  'sds',
] as const;

/** Limits that hold for a whole listener or a whole process, which Envoy reads where it starts. */
const bootstrapLimits = [
  ['listenerConnectionLimit', 'a limit of connections per listener', "set it in the bootstrap's layered_runtime"],
  ['globalDownstreamConnectionLimit', 'a limit of connections in all', "set it in the bootstrap's overload_manager"],
  ['clusterPerConnectionBufferLimitBytes', 'a limit of what clusters buffer', 'remove it, as Istio ignores it too'],
] as const;

/**
 * What is refused on apply rather than ignored: somebody who writes a field relies on it. A row goes when its field is carried
 * out; nothing else has to change.
 */
const notYet: readonly NotYet[] = [
  ...onTrafficPolicies('spec.trafficPolicy'),
  ...onTrafficPolicies('spec.subsets[].trafficPolicy'),
  {
    kind: 'Sidecar',
    path: 'spec.ingress[].tls',
    what: 'TLS that ends at a port of a sidecar',
    instead: 'end it in the application, and give the port protocol TLS',
  },
  ...onGateways(),
  ...onMesh(),
];

function onGateways(): readonly NotYet[] {
  const kind = 'Gateway.gateway.networking.k8s.io';
  return [
    {
      kind,
      path: 'spec.tls.backend.clientCertificateRef',
      what: 'a certificate that the gateway shows to services',
      instead: 'use a DestinationRule with credentialName',
    },
    {
      kind,
      path: 'spec.defaultScope',
      when: (scope) => scope === 'All',
      what: 'a Gateway for routes without a parent',
      instead: 'name the Gateway in parentRefs',
    },
  ];
}

function onTrafficPolicies(policy: string): readonly NotYet[] {
  const row = (path: string, what: string, instead: string): NotYet => ({
    kind: 'DestinationRule',
    path,
    what,
    instead,
  });
  const zones = ['zone-aware load balancing', 'use localityLbSetting'] as const;
  return [
    row(`${policy}.loadBalancer.zoneAwareLbSetting`, ...zones),
    row(`${policy}.portLevelSettings[].loadBalancer.zoneAwareLbSetting`, ...zones),
  ];
}

/** Members of MeshConfig that change what proxies do. Those about Kubernetes' own Ingress and Istio's own start are without meaning here. */
function onMesh(): readonly NotYet[] {
  const row = (path: string, what: string, instead: string): NotYet => ({
    kind: 'Mesh',
    path: `spec.${path}`,
    what,
    instead,
  });
  const isTrue = (value: unknown): boolean => value === true;
  const remove = 'remove it';
  return [
    row('meshNetworks', 'several networks', 'give every endpoint an address that all proxies reach'),
    { ...row('meshConfig.enableTracing', 'tracing', 'set it to false'), when: isTrue },
    row('meshConfig.outboundTrafficPolicy.tls', 'TLS to hosts that are looked up', remove),
    ...meshMembers.map(([member, what]) => row(`meshConfig.${member}`, what, remove)),
    ...providerKinds.map((kind) => ({
      ...row(`meshConfig.extensionProviders[].${kind}`, 'an extension provider for telemetry', remove),
      when: (value: unknown): boolean => value !== undefined,
    })),
    ...bootstrapLimits.map(([member, what, instead]) =>
      row(`meshConfig.defaultConfig.connectionSettings.${member}`, what, instead),
    ),
    ...proxyMembers.map((member) => row(`meshConfig.defaultConfig.${member}`, `this setting of proxies`, remove)),
  ];
}

/**
 * Errors for every part of a resource that would be ignored, each with its remedy. Apart from `parseDocument`, because what is
 * valid and what is carried out are two questions: only applying asks both.
 */
export function refuseUnsupported(resource: Resource): readonly Issue[] {
  const log = findingLog();
  for (const { kind, path, when, what, instead } of notYet) {
    if (kind !== resource.kind) continue;
    for (const { value, name, place } of partsAt({ value: resource, name: '', place: log }, path)) {
      if (when === undefined ? isSaid(value) : when(value, name)) {
        place.error('NOT_SUPPORTED_YET', `${what} is not supported yet; ${instead}`);
      }
    }
  }
  return log.found.map((finding) => ({ ...finding, resource: keyOf(resource) }));
}

/** Empty lists and objects ask for nothing. */
const isSaid = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || Object.keys(value).length > 0;

interface Part {
  readonly value: unknown;
  readonly name: string;
  readonly place: FindingLog;
}

function partsAt(root: Part, path: string): readonly Part[] {
  const steps = path.match(/[^.[\]{}]+|\[\]|\{\}/g) ?? [];
  return steps.reduce<readonly Part[]>((parts, step) => parts.flatMap((part) => partsBelow(part, step)), [root]);
}

function partsBelow({ value, place }: Part, step: string): readonly Part[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
    if (Array.isArray(value)) return step === '[]' ? [{ value: member, name, place: place.at(`[${name}]`) }] : [];
    return step === '{}' || step === name ? [{ value: member, name, place: place.member(name) }] : [];
  });
}
