import { keyOf, type Resource } from '../../resources/resource.ts';
import { clientCertificate } from './certificate-references.ts';
import { findAddresses, programmedBy, type ServiceIndex, shownAddresses } from './gateway-addresses.ts';
import { canBeFound, type WantedAddresses } from './gateway-attachment.ts';
import type { Credentials } from './credentials.ts';
import type { ApiGateway, ListenerSet, ReadGateway, ReadOwner } from './gateways.ts';
import type { IsGranted } from './reference-grants.ts';
import { type Expectations, stated, type StatedObject, type StatedProblem } from './stated-condition.ts';

/** How many routes a listener has, by the key of its owner and its name (GA-8). */
export type AttachedRoutes = ReadonlyMap<string, ReadonlyMap<string, number>>;

export interface StatementFacts {
  readonly services: ServiceIndex;
  readonly credentials: Credentials;
  readonly isGranted: IsGranted;
  readonly attachedRoutes: AttachedRoutes;
}

const EXPECTED: Expectations = {
  Accepted: { reason: 'Accepted', message: 'Resource accepted' },
  Programmed: { reason: 'Programmed', message: 'Resource programmed' },
};
const ALL_RESOLVED = { reason: 'ResolvedRefs', message: 'All references resolved' };

/** GA-9, GA-10: what is said of a Gateway and of the ListenerSets that name it. */
export function gatewayStatements(
  read: ReadGateway & { readonly wanted: WantedAddresses },
  facts: StatementFacts,
): readonly StatedObject[] {
  const { wanted, refusedSets } = read;
  if (!canBeFound(wanted)) return failedStatements(read, facts);
  const problem = wanted.problem ?? parametersProblem(read.owner, facts);
  const valid = read.sets.flatMap((set) => set.listeners.filter(({ isValid }) => isValid));
  const found = addressesOf([...read.listeners, ...valid], read, facts);
  const programmed = found && programmedBy(found);
  const accepted = listenersCondition(read);
  const insecure = isInsecure(read.owner) ? { InsecureFrontendValidationMode: INSECURE } : {};
  const expected = {
    ...EXPECTED,
    ...insecure,
    ...(problem === undefined && accepted?.expected && { Accepted: accepted.expected }),
    Programmed: expectedProgrammed(programmed),
    ResolvedRefs: ALL_RESOLVED,
  };
  const conditions = stated(expected, {
    Accepted: problem ?? accepted?.problem,
    Programmed: problemIn(programmed),
    ResolvedRefs: clientCertificateProblem(read.owner, facts),
  });
  const attached = read.sets.filter(({ listeners }) => listeners.some(({ isValid }) => isValid)).length;
  return [
    {
      target: keyOf(read.owner),
      conditions,
      ...listenersOf(read, facts),
      ...(attached > 0 && { attachedListenerSets: attached }),
      ...(found && shownIn(found)),
    },
    ...read.sets.map((set) => setStatement(set, read, facts)),
    ...refusedSets.map((set) => refusedStatement(set, NOT_ALLOWED)),
  ];
}

function failedStatements(
  { owner, wanted, sets, refusedSets }: ReadGateway & { readonly wanted: WantedAddresses },
  facts: StatementFacts,
): readonly StatedObject[] {
  const Programmed = { reason: 'UnsupportedAddress', message: 'Failed to assign to any requested addresses' };
  const problem = wanted.problem;
  const expected = { ...EXPECTED, ResolvedRefs: ALL_RESOLVED };
  const ofGateway = stated(expected, {
    Accepted: problem,
    Programmed,
    ResolvedRefs: clientCertificateProblem(owner, facts),
  });
  const ofSet = stated(EXPECTED, { Accepted: problem && parentNotAccepted(problem), Programmed });
  return [
    { target: keyOf(owner), conditions: ofGateway },
    ...sets.map((set) => ({ target: keyOf(set.owner), conditions: ofSet })),
    ...refusedSets.map((set) => refusedStatement(set, NOT_ALLOWED)),
  ];
}

const parentNotAccepted = ({ reason, message }: StatedProblem): StatedProblem => ({
  reason,
  message: `Parent not accepted: ${message}`,
});

type Programmed = ReturnType<typeof programmedBy> | undefined;

const problemIn = (programmed: Programmed): StatedProblem | undefined =>
  programmed !== undefined && 'reason' in programmed ? programmed : undefined;

const expectedProgrammed = (programmed: Programmed) => ({
  reason: 'Programmed',
  message: programmed?.message ?? 'Resource programmed',
});

/** `undefined` for a Gateway that routers find by their label alone. */
function addressesOf(
  listeners: ReadOwner['listeners'],
  { owner, wanted }: Pick<ReadGateway, 'owner'> & { readonly wanted: WantedAddresses },
  { services }: StatementFacts,
) {
  if (wanted.isByLabel && wanted.services.length === 0) return undefined;
  const ports = listeners.flatMap(({ server }) => server?.port?.number ?? []);
  return findAddresses(wanted.services, { namespace: owner.metadata.namespace, ports }, services);
}

function shownIn(found: NonNullable<ReturnType<typeof addressesOf>>): Pick<StatedObject, 'addresses'> {
  const addresses = shownAddresses(found) ?? [];
  return addresses.length > 0 ? { addresses } : {};
}

/** A Gateway stays accepted as long as one of its listeners can be served. */
function listenersCondition({ listeners }: ReadGateway) {
  const valid = listeners.filter(({ isValid }) => isValid).length;
  if (valid === listeners.length) return undefined;
  const reason = 'ListenersNotValid';
  return valid === 0
    ? { problem: { reason, message: "None of the Gateway's listeners are valid" } }
    : { expected: { reason, message: "One or more of the Gateway's listeners are invalid" } };
}

function listenersOf(owner: ReadOwner, { attachedRoutes }: StatementFacts): Pick<StatedObject, 'listeners'> {
  const counts = attachedRoutes.get(keyOf(owner.owner));
  return {
    listeners: owner.listeners.map(({ statement }) => ({
      ...statement,
      attachedRoutes: counts?.get(statement.name) ?? 0,
    })),
  };
}

const INSECURE = {
  reason: 'ConfigurationChanged',
  message: 'Gateway is operating in AllowInsecureFallback mode for frontend validation',
};

function isInsecure({ spec }: ApiGateway): boolean {
  const { default: all, perPort = [] } = spec.tls?.frontend ?? {};
  return [all, ...perPort.map(({ tls }) => tls)].some((each) => each?.validation?.mode === 'AllowInsecureFallback');
}

function parametersProblem({ metadata, spec }: ApiGateway, { credentials }: StatementFacts): StatedProblem | undefined {
  const ref = spec.infrastructure?.parametersRef;
  if (ref === undefined) return undefined;
  const { group = '', kind = '', name = '' } = ref;
  const reason = 'InvalidParameters';
  if (group !== '' || kind !== 'ConfigMap') {
    return { reason, message: `Unsupported parametersRef group/kind ${group}/${kind}, only ConfigMap is supported` };
  }
  if (credentials.hasConfigMap(metadata.namespace, name)) return undefined;
  return { reason, message: `parametersRef ConfigMap ${metadata.namespace}/${name} does not exist` };
}

function clientCertificateProblem({ metadata, spec }: ApiGateway, facts: StatementFacts): StatedProblem | undefined {
  const ref = spec.tls?.backend?.clientCertificateRef;
  if (ref === undefined) return undefined;
  return clientCertificate(ref, { ...facts, kind: 'Gateway', namespace: metadata.namespace }).problem;
}

/** GA-10: unlike a Gateway, a ListenerSet is nothing without a listener that can be served. */
function setStatement(
  set: ReadOwner<ListenerSet>,
  gateway: ReadGateway & { readonly wanted: WantedAddresses },
  facts: StatementFacts,
): StatedObject {
  const found = addressesOf(set.listeners, gateway, facts);
  const programmed = found && programmedBy(found);
  const message = "None of the ListenerSet's listeners are valid";
  const none = set.listeners.some(({ isValid }) => isValid) ? undefined : { reason: 'ListenersNotValid', message };
  const { problem } = gateway.wanted;
  const conditions = stated(
    { ...EXPECTED, Programmed: expectedProgrammed(programmed) },
    { Accepted: problem ? parentNotAccepted(problem) : none, Programmed: none ?? problemIn(programmed) },
  );
  return { target: keyOf(set.owner), conditions, ...listenersOf(set, facts) };
}

const NOT_ALLOWED = "The parent Gateway does not allow this reference; check the 'spec.allowedRoutes'";

function refusedStatement(set: Resource<'ListenerSet'>, message: string): StatedObject {
  const problem = { reason: 'NotAllowed', message };
  return { target: keyOf(set), conditions: stated(EXPECTED, { Accepted: problem, Programmed: problem }) };
}

/** GA-1: a Gateway that stands elsewhere, and ListenerSets that name it. */
export function remoteStatements(
  gateway: ApiGateway,
  { sets, className }: { readonly sets: readonly ListenerSet[]; readonly className: string },
): readonly StatedObject[] {
  const message = 'This Gateway is remote; Istio will not program it';
  const conditions = stated({ ...EXPECTED, Programmed: { reason: 'Programmed', message } }, {});
  const addresses = (gateway.spec.addresses ?? []).map(({ type = 'IPAddress', value = '' }) => ({ type, value }));
  const unsupported = `The "${className}" GatewayClass does not support ListenerSet`;
  return [
    { target: keyOf(gateway), conditions, ...(addresses.length > 0 && { addresses }) },
    ...sets.map((set) => refusedStatement(set, unsupported)),
  ];
}
