import type { ListenerSpec } from '../../resources/gateway-api/listener-spec.ts';
import type { Resource } from '../../resources/resource.ts';
import type { ServerSpec } from '../../resources/gateway.ts';
import type { Conflict } from './listener-conflicts.ts';
import { listenerHosts } from './listener-hosts.ts';
import { listenerTls, type TlsPlace } from './listener-tls.ts';
import type { NamespaceLabels } from './namespace-labels.ts';
import { GATEWAY_API_GROUP } from './route-parent.ts';
import { stated, type StatedListener, type StatedProblem } from './stated-condition.ts';

/** What one listener comes to. */
export interface ReadListener {
  readonly spec: ListenerSpec;
  /** Absent where there is nothing to serve. */
  readonly server?: ServerSpec;
  readonly isValid: boolean;
  readonly statement: StatedListener;
}

export interface ListenerPlace extends TlsPlace {
  readonly namespaces: NamespaceLabels;
  /** A listener of a Gateway may wait for its TLS, one of a ListenerSet may not. */
  readonly isOfSet: boolean;
}

/** GA-2, GA-5, GA-8: one listener that is in nobody's way. */
export function readListener(spec: ListenerSpec, place: ListenerPlace): ReadListener {
  const { tls, problem: tlsProblem } = listenerTls(spec, place);
  const protocolProblem = unsupported(spec.protocol ?? '');
  const lacksTls = spec.tls === undefined && (spec.protocol === 'HTTPS' || spec.protocol === 'TLS');
  const lack = lacksTls && place.isOfSet ? tlsMissing(spec.protocol ?? '') : undefined;
  const isBad = tlsProblem !== undefined || lack !== undefined;
  const badTls = { reason: 'Invalid', message: 'Bad TLS configuration' };
  const problems = {
    Accepted: lack ?? protocolProblem ?? authorityProblem(tlsProblem),
    Programmed: isBad ? badTls : undefined,
    ResolvedRefs: tlsProblem,
  };
  return {
    spec,
    ...(!lacksTls && {
      server: serverOf(spec, { tls, hosts: listenerHosts(spec, place.namespace, place.namespaces) }),
    }),
    isValid: !isBad && protocolProblem === undefined,
    statement: statement(spec, problems),
  };
}

/** GA-7: one listener that came too late. */
export function conflictedListener(spec: ListenerSpec, reason: Conflict): ReadListener {
  const problem = { reason, message: 'Listener has a conflict with another listener attached to the same Gateway' };
  const { ResolvedRefs: _, ...expected } = EXPECTED;
  const problems = { Accepted: problem, Conflicted: problem, Programmed: problem };
  return { spec, isValid: false, statement: statement(spec, problems, expected) };
}

const NO_ERRORS = 'No errors found';
const EXPECTED = {
  Accepted: { reason: 'Accepted', message: NO_ERRORS },
  Conflicted: { status: 'False', reason: 'NoConflicts', message: NO_ERRORS },
  Programmed: { reason: 'Programmed', message: NO_ERRORS },
  ResolvedRefs: { reason: 'ResolvedRefs', message: NO_ERRORS },
} as const;

function statement(
  spec: ListenerSpec,
  problems: Readonly<Record<string, StatedProblem | undefined>>,
  expected: Partial<typeof EXPECTED> = EXPECTED,
): StatedListener {
  const { kinds, areAllKnown } = supportedKinds(spec);
  const wrongKinds = { reason: 'InvalidRouteKinds', message: 'Invalid route kinds' };
  const all = areAllKnown ? expected : { ...expected, ResolvedRefs: EXPECTED.ResolvedRefs };
  const conditions = stated(all, areAllKnown ? problems : { ...problems, ResolvedRefs: wrongKinds });
  return { name: spec.name ?? '', attachedRoutes: 0, supportedKinds: kinds, conditions };
}

/** GA-8: kinds of routes that a listener takes, by its protocol and by what it allows. */
export function supportedKinds({ protocol, tls, allowedRoutes }: ListenerSpec): {
  readonly kinds: StatedListener['supportedKinds'];
  readonly areAllKnown: boolean;
} {
  const words = KINDS[protocol ?? ''] ?? [];
  const both = protocol === 'TLS' && tls?.mode === 'Terminate' ? [...words, 'TCPRoute'] : words;
  const known = both.map((kind) => ({ group: GATEWAY_API_GROUP, kind }));
  const allowed = allowedRoutes?.kinds ?? [];
  if (allowed.length === 0) return { kinds: known, areAllKnown: true };
  const kinds = known.filter((each) =>
    allowed.some(({ group = GATEWAY_API_GROUP, kind }) => kind === each.kind && group === each.group),
  );
  return { kinds, areAllKnown: kinds.length === allowed.length };
}

const KINDS: Readonly<Record<string, readonly string[]>> = {
  HTTP: ['HTTPRoute', 'GRPCRoute'],
  HTTPS: ['HTTPRoute', 'GRPCRoute'],
  TCP: ['TCPRoute'],
  TLS: ['TLSRoute'],
};

/** Protocol of a server that only says where somebody wanted to listen. */
export const UNSUPPORTED = '';

/** GA-5 */
function unsupported(protocol: string): StatedProblem | undefined {
  if (Object.hasOwn(KINDS, protocol)) return undefined;
  const reason = 'UnsupportedProtocol';
  if (protocol === 'HBONE') {
    return { reason, message: 'protocol "HBONE" is only supported for waypoint proxies' };
  }
  const upper = protocol.toUpperCase();
  const isMeant = Object.hasOwn(KINDS, upper) || upper === 'HBONE';
  const hint = isMeant ? `. hint: "${upper}" (uppercase) may be supported` : '';
  return { reason, message: `protocol "${protocol}" is unsupported${hint}` };
}

const tlsMissing = (protocol: string): StatedProblem => ({
  reason: 'UnsupportedProtocol',
  message: `protocol is ${protocol} but no TLS section is defined`,
});

const AUTHORITY_REASONS = ['InvalidCACertificateRef', 'InvalidCACertificateKind', 'RefNotPermitted'];

/** Without the authorities of its clients a listener lets nobody in, which is more than a reference that waits. */
const authorityProblem = (problem: StatedProblem | undefined): StatedProblem | undefined =>
  problem !== undefined && AUTHORITY_REASONS.includes(problem.reason)
    ? { reason: 'NoValidCACertificate', message: problem.message }
    : undefined;

const serverOf = (
  { port = 0, protocol = '' }: ListenerSpec,
  { tls, hosts }: { readonly tls: ServerSpec['tls'] | undefined; readonly hosts: readonly string[] },
): ServerSpec => ({
  port: { name: 'default', number: port, protocol: unsupported(protocol) === undefined ? protocol : UNSUPPORTED },
  hosts: [...hosts],
  ...(tls !== undefined && { tls }),
});

/** What has listeners: a Gateway or a ListenerSet. */
export type ListenerOwner = Resource<'Gateway.gateway.networking.k8s.io' | 'ListenerSet'>;
