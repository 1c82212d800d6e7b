import type { Issue, Noted } from '../base/issue.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { RouteTable } from '../model/route-table.ts';
import type { Endpoint, Service, ServiceKey } from '../model/service.ts';
import type { Resource } from '../resources/resource.ts';
import { readGateways, type GatewaySource } from './gateways.ts';
import { usesLocality } from './locality-use.ts';
import { readMeshSettings, type WorldOptions } from './mesh-settings.ts';
import { readRouteTables } from './route-tables.ts';
import { selectedLabels } from './selected-labels.ts';
import { servedPorts, type ServedPort } from './served-ports.ts';
import { readServices } from './services.ts';
import { allTrafficPolicies, readTrafficPolicies, type TrafficPolicies } from './traffic-policies.ts';

/** Every accepted resource at one revision, indexed. Each list is oldest first (G-2), whatever order the input had. */
export interface World {
  readonly mesh: MeshSettings;
  /** At most one per namespace and host name (SR-4). */
  readonly services: readonly Service[];
  readonly endpoints: ReadonlyMap<ServiceKey, readonly Endpoint[]>;
  readonly routeTables: readonly RouteTable[];
  readonly trafficPolicies: TrafficPolicies;
  readonly gateways: readonly GatewaySource[];
  /** Label keys that some selector names; only these can tell two proxies apart (VIEW-1, VIEW-2). */
  readonly selectedLabels: ReadonlySet<string>;
  /** Whether a proxy's locality can change what it is given. */
  readonly usesLocality: boolean;
  /** Service ports by the address at which they are served (SR-12). */
  readonly servedPorts: ReadonlyMap<string, readonly ServedPort[]>;
}

/** Reads every resource once. A resource that makes no sense is left out and named in the issues; the others stay (G-6). */
export function buildWorld(resources: readonly Resource[], options: WorldOptions = {}): Noted<World> {
  const issues: Issue[] = [];
  const take = <T>(noted: Noted<T>): T => {
    issues.push(...noted.issues);
    return noted.value;
  };
  const mesh = take(readMeshSettings(resources, options));
  const { services, endpoints } = take(readServices(resources, mesh));
  const routeTables = take(readRouteTables(resources, mesh));
  const trafficPolicies = take(readTrafficPolicies(resources, mesh));
  const gateways = take(readGateways(resources));
  const policies = allTrafficPolicies(trafficPolicies);
  return {
    value: {
      mesh,
      services,
      endpoints,
      routeTables,
      trafficPolicies,
      gateways,
      selectedLabels: selectedLabels({ mesh, trafficPolicies: policies, gateways, routeTables, services }),
      usesLocality: usesLocality({ mesh, trafficPolicies: policies, services }),
      servedPorts: servedPorts(services, endpoints),
    },
    issues,
  };
}
