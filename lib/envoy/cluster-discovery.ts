import { durationMs, type DurationMs } from '../base/brand.ts';
import type { ClusterDiscovery, ClusterIr } from '../ir/cluster.ts';
import { restConfigSource } from './config-source.ts';
import { encodeDnsCache, encodeDnsFamily } from './dns-cache.ts';
import { encodeDuration, optionalDuration } from './duration.ts';
import { encodeLoadAssignment } from './endpoints.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { typedExtension } from './typed-extension.ts';
import { withoutAbsent, withoutDefaults } from './without-defaults.ts';

/** The longest interval that Envoy's arithmetic holds, in seconds; means "never". */
const NEVER = durationMs(9_223_372_035_000);

/** Spreads the lookups of many names that were added at once. */
const DNS_JITTER = durationMs(100);

/** The members of a Cluster that say where its hosts come from; a nested EDS subscription polls every `refresh`. */
export function encodeDiscovery({ name, discovery }: ClusterIr, refresh: DurationMs): ProtoJson {
  switch (discovery.type) {
    case 'eds':
      return { type: 'EDS', edsClusterConfig: { edsConfig: restConfigSource(refresh), serviceName: name } };
    case 'dns':
      return encodeDns(name, discovery);
    case 'dynamic-dns':
      return { clusterType: encodeDynamicForwardProxy(discovery) };
    case 'static':
      return withoutAbsent({
        type: 'STATIC', // written although it is the first of its enumeration: the kind of discovery is a oneof
        loadAssignment: discovery.groups.length === 0 ? undefined : encodeLoadAssignment(name, discovery.groups),
      });
    case 'original-destination':
      return withoutAbsent({
        type: 'ORIGINAL_DST',
        cleanupInterval: discovery.keepsHosts ? encodeDuration(NEVER) : undefined,
        originalDstLbConfig: discovery.port === undefined ? undefined : { upstreamPortOverride: discovery.port },
      });
  }
}

/** CL-4. Envoy marks these members as deprecated in favour of one that its older releases lack. */
function encodeDns(name: string, discovery: Extract<ClusterDiscovery, { type: 'dns' }>): ProtoJson {
  return withoutAbsent({
    type: discovery.mode === 'strict' ? 'STRICT_DNS' : 'LOGICAL_DNS',
    loadAssignment: encodeLoadAssignment(name, discovery.groups),
    dnsRefreshRate: optionalDuration(discovery.refresh),
    dnsJitter: encodeDuration(DNS_JITTER),
    respectDnsTtl: true,
    dnsLookupFamily: encodeDnsFamily(discovery.family),
    typedDnsResolverConfig: {
      name: 'envoy.network.dns_resolver.cares',
      typedConfig: {
        '@type': 'type.googleapis.com/envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig',
        udpMaxQueries: 100, // a socket that is used for ever keeps a dead resolver's address
      },
    },
  });
}

type DynamicDns = Extract<ClusterDiscovery, { type: 'dynamic-dns' }>;

/** A cluster whose hosts are what its listeners' filters looked up in the cache of the same name. */
const encodeDynamicForwardProxy = ({ cache, leavesNamesUnchecked }: DynamicDns): ProtoJson =>
  typedExtension(
    'envoy.clusters.dynamic_forward_proxy',
    'envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig',
    withoutDefaults({ dnsCacheConfig: encodeDnsCache(cache), allowInsecureClusterOptions: leavesNamesUnchecked }),
  );
