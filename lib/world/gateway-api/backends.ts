import { type HostName, serviceHost } from '../../base/host-name.ts';
import type { Destination } from '../../resources/virtual-service-spec.ts';
import type { BackendObject } from '../../resources/gateway-api/route-shapes.ts';
import type { RouteLookup } from './route-facts.ts';
import type { RouteKind } from './route-parent.ts';

/** Why a route has no or less effect: `reason` is a word of the Gateway API's conditions. */
export interface RouteProblem {
  readonly reason: 'BackendNotFound' | 'RefNotPermitted' | 'InvalidKind' | 'InvalidDestination' | 'InvalidFilter';
  readonly message: string;
}

/** Where one reference leads. A problem that is fatal leaves nothing of the route. */
export type Backend =
  | { readonly type: 'found'; readonly destination: Destination }
  /** GA-17: it keeps its share, which is answered with an error. */
  | { readonly type: 'lost'; readonly destination: Destination; readonly problem: RouteProblem }
  | { readonly type: 'fatal'; readonly problem: RouteProblem };

/** Whose references are followed, and with what knowledge. */
export interface RouteOrigin {
  readonly kind: RouteKind;
  readonly namespace: string;
  readonly name: string;
  readonly lookup: RouteLookup;
  /** Whether references to other namespaces need a grant: towards gateways only (GA-23). */
  readonly needsGrants: boolean;
}

/** GA-16 */
export function resolveBackend(ref: BackendObject, route: RouteOrigin): Backend {
  const { group = '', kind = 'Service', name, namespace = route.namespace } = ref;
  const from = { kind: route.kind, namespace: route.namespace };
  if (route.needsGrants && !route.lookup.isGranted(from, { group, kind, namespace, name })) {
    const whose = `${name}/${namespace} not accessible to a ${route.kind} in namespace "${route.namespace}"`;
    return lost('RefNotPermitted', `backendRef ${whose} (missing a ReferenceGrant?)`);
  }
  const host = backendHost(ref, route);
  if (host === undefined) {
    const what = `group "${ref.group ?? ''}" kind "${ref.kind ?? ''}"`;
    return lost('InvalidKind', `referencing unsupported backendRef: ${what}`);
  }
  if (host.problem !== undefined) return fatal(host.problem);
  if (ref.port === undefined) return fatal('port is required in backendRef');
  const destination = { host: host.name, port: { number: ref.port } };
  if (host.isKnown) return { type: 'found', destination };
  const problem = { reason: 'BackendNotFound' as const, message: `backend(${host.name}) not found` };
  return { type: 'lost', destination, problem };
}

interface BackendHost {
  readonly name: HostName;
  readonly isKnown: boolean;
  readonly problem?: string;
}

/** The host that a reference means, and whether it is there; `undefined` for a kind that is no backend. */
export function backendHost(
  { group = '', kind = 'Service', name, namespace }: BackendObject,
  route: Pick<RouteOrigin, 'namespace' | 'lookup'>,
): BackendHost | undefined {
  const { lookup } = route;
  const isService = group === '' && kind === 'Service';
  const isImport = group === 'multicluster.x-k8s.io' && kind === 'ServiceImport';
  if (isService || isImport) {
    const where = namespace ?? route.namespace;
    const host = serviceHost(name, where, lookup.domainSuffix);
    if (isService && name.includes('.')) {
      const problem = `service name "${name}" is a host; name the Service itself, or use kind Hostname`;
      return { name: host, isKnown: false, problem };
    }
    return { name: host, isKnown: lookup.hasService(where, host) };
  }
  if (group !== 'networking.istio.io' || kind !== 'Hostname') return undefined;
  if (namespace !== undefined) {
    return { name, isKnown: false, problem: 'namespace may not be set with kind Hostname; remove it' };
  }
  return { name, isKnown: lookup.hasHost(name.toLowerCase(), route.namespace) };
}

const lost = (reason: RouteProblem['reason'], message: string): Backend => ({
  type: 'lost',
  destination: {}, // without a host: what is sent there is answered with an error
  problem: { reason, message },
});

const fatal = (message: string): Backend => ({ type: 'fatal', problem: { reason: 'InvalidDestination', message } });

/** The two problems of one route as one: the first reason, and both sentences. */
export function joinProblems(
  first: RouteProblem | undefined,
  second: RouteProblem | undefined,
): RouteProblem | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return { reason: first.reason, message: `${first.message}; ${second.message}` };
}
