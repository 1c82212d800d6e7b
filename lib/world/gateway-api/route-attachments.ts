import { hostsOverlap, isSubsetOf, isWildcard, serviceHost, type HostName } from '../../base/host-name.ts';
import type { ParentRef } from '../../resources/gateway-api/route-shapes.ts';
import type { RouteLookup } from './route-facts.ts';
import { GATEWAY_API_GROUP, MESH_PARENT, type RouteKind, type RouteParent } from './route-parent.ts';

/** One reference of a route to a parent, met with one listener of it. */
export interface RouteAttachment {
  readonly ref: ParentRef;
  /** What the reference names, defaults filled in. */
  readonly to: ParentName;
  readonly parent: RouteParent;
  /** Why the route has no say there; `undefined` where it has. */
  readonly refused: Refusal | undefined;
  /** Hosts of the parent's other listeners of the same port and protocol, which claim what they cover more exactly (GA-12). */
  readonly claimedHosts: readonly HostName[];
}

export interface ParentName {
  readonly kind: 'Gateway' | 'ListenerSet' | 'Service' | 'ServiceEntry';
  readonly namespace: string;
  readonly name: string;
}

export interface Refusal {
  readonly reason: 'NoMatchingParent' | 'NotAllowedByListeners' | 'NoMatchingListenerHostname';
  readonly message: string;
}

/** The route that asks. */
export interface AttachingRoute {
  readonly kind: RouteKind;
  readonly namespace: string;
  readonly parentRefs: readonly ParentRef[];
  readonly hostnames: readonly HostName[];
}

/**
 * GA-11: every reference of a route with every listener of its parent. A parent of another controller, or of a kind that takes no
 * routes, is not ours to speak about; one that is not there is.
 */
export function attachmentsOf(route: AttachingRoute, lookup: RouteLookup): readonly RouteAttachment[] {
  const all = route.parentRefs.flatMap((ref) => {
    const to = parentName(ref, route.namespace);
    if (to === undefined) return [];
    const parents = parentsOf(to, lookup);
    return parents.map((parent) => ({
      ref,
      to,
      parent,
      refused: refusalOf(route, { ref, to, parent }, lookup),
      claimedHosts: claimedHosts(parent, parents),
    }));
  });
  return all.sort((a, b) => compare(referenceText(a.ref, route.namespace), referenceText(b.ref, route.namespace)));
}

/** What a reference names, defaults filled in; `undefined` for what takes no routes. */
export function parentName(
  { group = GATEWAY_API_GROUP, kind = 'Gateway', name, namespace }: ParentRef,
  ownNamespace: string,
): ParentName | undefined {
  const at = { namespace: namespace ?? ownNamespace, name };
  switch (`${group}/${kind}`) {
    case `${GATEWAY_API_GROUP}/Gateway`:
      return { kind: 'Gateway', ...at };
    case `${GATEWAY_API_GROUP}/ListenerSet`:
      return { kind: 'ListenerSet', ...at };
    case '/Service':
      return { kind: 'Service', ...at };
    case 'networking.istio.io/ServiceEntry':
      return { kind: 'ServiceEntry', ...at };
    default:
      return undefined;
  }
}

const parentsOf = ({ kind, namespace, name }: ParentName, lookup: RouteLookup): readonly RouteParent[] =>
  kind === 'Service' || kind === 'ServiceEntry' ? [MESH_PARENT] : lookup.listeners(kind, namespace, name);

/** What stands for a reference where they are sorted and compared: equal for references that mean the same. */
export function referenceText(ref: ParentRef, ownNamespace: string): string {
  const { group = GATEWAY_API_GROUP, kind = 'Gateway', name, namespace, sectionName = '', port = 0 } = ref;
  return `${group}/${kind}/${name}/${sectionName}/${port}.${namespace ?? ownNamespace}`;
}

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface Meeting {
  readonly ref: ParentRef;
  readonly to: ParentName;
  readonly parent: RouteParent;
}

function refusalOf(route: AttachingRoute, meeting: Meeting, lookup: RouteLookup): Refusal | undefined {
  const { to, parent } = meeting;
  const missing = to.kind === 'Service' || to.kind === 'ServiceEntry' ? missingService(to, lookup) : undefined;
  return missing ?? otherListener(meeting) ?? hostRefusal(route, parent) ?? kindRefusal(route.kind, parent);
}

function missingService({ kind, namespace, name }: ParentName, lookup: RouteLookup): Refusal | undefined {
  const isThere =
    kind === 'Service'
      ? lookup.hasService(namespace, serviceHost(name, namespace, lookup.domainSuffix))
      : lookup.serviceEntryHosts(namespace, name) !== undefined;
  if (isThere) return undefined;
  const what = kind === 'Service' ? 'service' : 'service entry';
  return { reason: 'NoMatchingParent', message: `parent ${what}: "${name}" not found` };
}

function otherListener({ ref, to, parent }: Meeting): Refusal | undefined {
  if (to.kind === 'Service' || to.kind === 'ServiceEntry') return undefined;
  const { port, sectionName } = ref;
  if (port !== undefined && port !== parent.port) {
    return { reason: 'NoMatchingParent', message: `port ${port} not found` };
  }
  if (sectionName !== undefined && sectionName !== parent.section) {
    return { reason: 'NoMatchingParent', message: `sectionName "${sectionName}" not found` };
  }
  return undefined;
}

/** One host that both have is enough; the others are left out where routes are made (GA-12). */
function hostRefusal({ hostnames, namespace }: AttachingRoute, parent: RouteParent): Refusal | undefined {
  if (parent.hosts.length === 0) return undefined;
  const routed = hostnames.length === 0 ? ['*'] : hostnames;
  const fitting = parent.hosts.filter((entry) => routed.some((host) => hostsOverlap(hostIn(entry), host)));
  if (fitting.some((entry) => ['*', namespace].includes(namespaceIn(entry)))) return undefined;
  if (fitting.length === 0) {
    const message = `no hostnames matched parent hostname "${parent.hostname}"`;
    return { reason: 'NoMatchingListenerHostname', message };
  }
  const message = `hostnames matched parent hostname "${parent.hostname}", but namespace "${namespace}" is not allowed by the parent`;
  return { reason: 'NotAllowedByListeners', message };
}

const hostIn = (entry: string): HostName => entry.slice(entry.indexOf('/') + 1);
const namespaceIn = (entry: string): string => (entry.includes('/') ? entry.slice(0, entry.indexOf('/')) : '*');

function kindRefusal(kind: RouteKind, { allowedKinds }: RouteParent): Refusal | undefined {
  if (allowedKinds.some((allowed) => allowed.kind === kind && allowed.group === GATEWAY_API_GROUP)) return undefined;
  return { reason: 'NotAllowedByListeners', message: `kind ${GATEWAY_API_GROUP}/v1/${kind} is not allowed` };
}

function claimedHosts(own: RouteParent, all: readonly RouteParent[]): readonly HostName[] {
  const rivals = all.filter((other) => other !== own && other.port === own.port && other.protocol === own.protocol);
  return [...new Set(rivals.map(({ hostname }) => hostname))].filter((hostname) => hostname !== own.hostname);
}

/** GA-12: whether a host of a route is this listener's to route, and not that of one which names it more exactly. */
export function isOwnHost(host: HostName, { parent, claimedHosts: claimed }: RouteAttachment): boolean {
  const { hostname } = parent;
  if (hostname !== '' && !isWildcard(hostname)) return true;
  if (hostname !== '' && !hostsOverlap(host, hostname)) return false;
  return !claimed.some((other) => hostname.length <= other.length && isSubsetOf(host, other));
}
