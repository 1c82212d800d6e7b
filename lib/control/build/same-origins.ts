import type { ClusterIr } from '../../ir/cluster.ts';
import type { RouteConfigurationIr, VirtualHostIr } from '../../ir/route-configuration.ts';
import type { SecretIr } from '../../ir/secret.ts';
import type { Endpoint } from '../../model/service.ts';
import type { TrafficPolicy } from '../../model/traffic-policy.ts';
import type { OwnInstance, VisibleService } from '../../view/proxy-view.ts';
import { hostDocuments, type OriginInputs } from '../status/resource-documents.ts';

/**
 * Whether two builds of a view surely have the same origins: what differs between them differs in nothing that origins are read
 * from. Almost all of two builds are the same objects, so that this costs far less than reading the origins.
 */
export function haveSameOrigins(one: OriginInputs, other: OriginInputs): boolean {
  return (
    one.view.gateway === other.view.gateway &&
    areAlike(one.ir.listeners, other.ir.listeners, () => false) &&
    areAlike(one.view.instances, other.view.instances, isSameInstance) &&
    areAlike(one.ir.secrets, other.ir.secrets, isSameSecret) &&
    areAlike(one.ir.clusters, other.ir.clusters, isSameCluster) &&
    areAlike(one.ir.routes, other.ir.routes, isSameConfiguration) &&
    areAlike(one.view.services, other.view.services, isSameService)
  );
}

/** Whether lists have, place by place, the same objects or objects that are alike. */
function areAlike<T>(one: readonly T[], other: readonly T[], isAlike: (a: T, b: T) => boolean): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  return one.every((a, index) => {
    const b = other[index];
    return a === b || (b !== undefined && isAlike(a, b));
  });
}

const isSameText = (one: readonly string[], other: readonly string[]): boolean => areAlike(one, other, () => false);

const isSameInstance = (one: OwnInstance, other: OwnInstance): boolean =>
  one.service === other.service && one.targetPort === other.targetPort && isSameFrom(one.policy, other.policy);

const isSameCluster = (one: ClusterIr, other: ClusterIr): boolean =>
  one.name === other.name && one.discovery.type === other.discovery.type;

const isSameSecret = (one: SecretIr, other: SecretIr): boolean =>
  one.name === other.name && one.source === other.source;

const isSameConfiguration = (one: RouteConfigurationIr, other: RouteConfigurationIr): boolean =>
  one.name === other.name && areAlike(one.virtualHosts, other.virtualHosts, isSameHost);

const isSameHost = (one: VirtualHostIr, other: VirtualHostIr): boolean =>
  one.name === other.name && isSameText(hostDocuments(one).documents, hostDocuments(other).documents);

const isSameService = (one: VisibleService, other: VisibleService): boolean =>
  one.service === other.service &&
  isSameFrom(one.policy, other.policy) &&
  (one.endpoints === other.endpoints ||
    isSameText(endpointDocuments(one.endpoints), endpointDocuments(other.endpoints)));

const isSameFrom = (one: TrafficPolicy | undefined, other: TrafficPolicy | undefined): boolean =>
  one === other || isSameText(one?.from ?? [], other?.from ?? []);

const endpointDocuments = (endpoints: readonly Endpoint[]): readonly string[] => [
  ...new Set(endpoints.map(({ source }) => source)),
];
