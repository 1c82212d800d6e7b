import { authorizationPolicy } from './authorization-policy.ts';
import { configMap } from './config-map.ts';
import { destinationRule } from './destination-rule.ts';
import { endpointSlice } from './endpoint-slice.ts';
import { backendTlsPolicy } from './gateway-api/backend-tls-policy.ts';
import { gatewayClass } from './gateway-api/gateway-class.ts';
import { grpcRoute } from './gateway-api/grpc-route.ts';
import { httpRoute } from './gateway-api/http-route.ts';
import { listenerSet } from './gateway-api/listener-set.ts';
import { referenceGrant } from './gateway-api/reference-grant.ts';
import { tcpRoute } from './gateway-api/tcp-route.ts';
import { tlsRoute } from './gateway-api/tls-route.ts';
import { gateway } from './gateway.ts';
import { apiGateway } from './gateway-api/gateway.ts';
import type { KindDefinition } from './kind-definition.ts';
import { keySet } from './key-set.ts';
import { mesh } from './mesh.ts';
import { namespace } from './namespace.ts';
import { peerAuthentication } from './peer-authentication.ts';
import { requestAuthentication } from './request-authentication.ts';
import { secret } from './secret.ts';
import { secretGrant } from './secret-grant.ts';
import { serviceEntry } from './service-entry.ts';
import { service } from './service.ts';
import { sidecar } from './sidecar.ts';
import { virtualService } from './virtual-service.ts';
import { workloadEntry } from './workload-entry.ts';
import { workloadIdentityBinding } from './workload-identity-binding.ts';

/**
 * What people may write: every kind by the name documents give it, with its group behind where another group's kind had the bare
 * name first, as kubectl writes it. A new kind is one row here and one file.
 */
export const kinds = {
  AuthorizationPolicy: authorizationPolicy,
  ConfigMap: configMap,
  BackendTLSPolicy: backendTlsPolicy,
  DestinationRule: destinationRule,
  EndpointSlice: endpointSlice,
  GRPCRoute: grpcRoute,
  Gateway: gateway,
  HTTPRoute: httpRoute,
  'Gateway.gateway.networking.k8s.io': apiGateway,
  GatewayClass: gatewayClass,
  KeySet: keySet,
  ListenerSet: listenerSet,
  Mesh: mesh,
  Namespace: namespace,
  PeerAuthentication: peerAuthentication,
  RequestAuthentication: requestAuthentication,
  Secret: secret,
  SecretGrant: secretGrant,
  ReferenceGrant: referenceGrant,
  Service: service,
  ServiceEntry: serviceEntry,
  Sidecar: sidecar,
  TCPRoute: tcpRoute,
  TLSRoute: tlsRoute,
  VirtualService: virtualService,
  WorkloadEntry: workloadEntry,
  WorkloadIdentityBinding: workloadIdentityBinding,
} as const satisfies Record<string, KindDefinition>;

export type Kind = keyof typeof kinds;

export const isKind = (name: string): name is Kind => Object.hasOwn(kinds, name);

/** The word that a document of this kind says as its `kind`. */
export const documentKind = (kind: Kind): string => (kinds[kind] as KindDefinition).documentKind ?? kind;

const allKinds = Object.keys(kinds) as readonly Kind[];

/** The kind of a document with this `apiVersion`, be the version known or not, and this `kind`; `undefined` when there is none. */
export function kindOfDocument(apiVersion: string, word: string): Kind | undefined {
  const group = groupOfVersion(apiVersion);
  return allKinds.find((kind) => kinds[kind].group === group && documentKind(kind) === word);
}

/** The group in an `apiVersion`, empty for the core group. */
export const groupOfVersion = (apiVersion: string): string =>
  apiVersion.slice(0, Math.max(0, apiVersion.lastIndexOf('/')));

/** The `apiVersion` in which a kind is shown when nothing else is asked for: `networking.istio.io/v1`, `v1`. */
export function preferredApiVersion(kind: Kind): string {
  const { group, versions } = kinds[kind];
  return group === '' ? versions[0] : `${group}/${versions[0]}`;
}
