import type { Noted } from '../base/issue.ts';
import { durationMs } from '../base/brand.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { Resource } from '../resources/resource.ts';

/** What holds where no Mesh document says otherwise (G-7). */
export const MESH_DEFAULTS: MeshSettings = {
  rootNamespace: 'istio-system',
  trustDomain: 'cluster.local',
  domainSuffix: 'cluster.local',
  outboundPolicy: 'allow-any',
  inboundPolicy: 'passthrough',
  outboundPort: 15001,
  inboundPort: 15006,
  httpProxyPort: 0,
  connectTimeout: durationMs(10_000),
  dnsRefresh: durationMs(60_000),
  protocolDetectionTimeout: durationMs(0),
  upgradesToHttp2: false,
  pathNormalization: 'base',
  defaultExportTo: { services: ['*'], routes: ['*'], policies: ['*'] },
  defaultRetries: undefined,
  localityLb: { distribute: [], failover: [], failoverPriority: [] },
  tcpKeepalive: undefined,
  defaultPolicy: {},
};

export function readMeshSettings(_resources: readonly Resource[]): Noted<MeshSettings> {
  return { value: MESH_DEFAULTS, issues: [] };
}
