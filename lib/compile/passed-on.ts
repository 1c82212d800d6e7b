import { isSubsetOf, isWildcard, type HostName } from '../base/host-name.ts';
import type { Service } from '../model/service.ts';
import type { MergedGateway } from '../view/merged-gateway.ts';

/** Names that clients of the mesh's own TLS offer, by which it is known before anybody has read it. */
export const MESH_TLS_PROTOCOLS = ['istio', 'istio-peer-exchange', 'istio-http/1.0', 'istio-http/1.1', 'istio-h2'];

/** GW-15: whether some server of a router hands TLS on to whatever service the name encodes that is asked for. */
export const passesOn = (gateway: MergedGateway | undefined): boolean =>
  gateway?.listeners.some(({ servers }) => servers.some(({ tls }) => tls.type === 'auto-passthrough')) ?? false;

/** CL-8: services of the mesh, by one name each: whoever is outside of it takes no TLS of the mesh, and a wildcard is asked for by nobody. */
export const canBePassedOn = ({ hostname, isMeshExternal }: Service): boolean =>
  !isMeshExternal && !isWildcard(hostname);

/** GW-30: whether one of a server's hosts covers the service. */
export const isServedAt = (hosts: readonly HostName[], { hostname }: Service): boolean =>
  hosts.some((host) => isSubsetOf(hostname, host));
