import { oldestFirst } from '../base/age.ts';
import type { Issue, Noted } from '../base/issue.ts';
import { keepIfEqual, recallNothing, type Recall } from '../base/recall.ts';
import type { MeshSettings } from '../model/mesh-settings.ts';
import type { MutualTlsMode, PeerPolicies, PeerRules, WorkloadPeerRule } from '../model/mutual-tls.ts';
import type { PeerAuthenticationSpec } from '../resources/peer-authentication.ts';
import { keyOf, type Resource } from '../resources/resource.ts';

type Document = Resource<'PeerAuthentication'>;

/** PA-3 to PA-7: one policy for the mesh, one for each namespace, and those of single workloads. What is not used says so. */
export function readPeerPolicies(
  resources: readonly Resource[],
  { rootNamespace }: Pick<MeshSettings, 'rootNamespace'>,
  recall: Recall = recallNothing,
): Noted<PeerPolicies> {
  const all = resources.flatMap((each) => (each.kind === 'PeerAuthentication' ? [each] : [])).sort(byAge);
  const issues: Issue[] = [];
  const byNamespace = Map.groupBy(all, ({ metadata }) => metadata.namespace);
  const ofRoot = sorted(byNamespace.get(rootNamespace) ?? []);
  issues.push(...ofRoot.duplicates, ...ofRoot.selecting.map((each) => withoutEffect(each)));
  const mesh = recall.value('mesh', [ofRoot.forAll], () => rulesOf({ ...ofRoot, selecting: [] }, undefined));
  byNamespace.delete(rootNamespace);
  const rules = [...byNamespace].map(([namespace, documents]) => {
    const own = sorted(documents);
    issues.push(...own.duplicates);
    const made = recall.value<PeerRules>(`namespace ${namespace}`, [mesh, ...documents], (last) =>
      keepIfEqual(last, rulesOf(own, mesh)),
    );
    return [namespace, made] as const;
  });
  return { value: { mesh, byNamespace: new Map(rules) }, issues };
}

const byAge = (a: Document, b: Document): number =>
  oldestFirst(
    { ...a.metadata, createdAt: a.metadata.creationTimestamp ?? '' },
    { ...b.metadata, createdAt: b.metadata.creationTimestamp ?? '' },
  );

interface Sorted {
  /** The one that counts for everything that no other selects. */
  readonly forAll: Document | undefined;
  readonly selecting: readonly Document[];
  readonly duplicates: readonly Issue[];
}

/** PA-7: of several for everything the oldest counts. */
function sorted(oldest: readonly Document[]): Sorted {
  const [forAll, ...newer] = oldest.filter((each) => selectorOf(each) === undefined);
  return {
    forAll,
    selecting: oldest.filter((each) => selectorOf(each) !== undefined),
    duplicates: forAll === undefined ? [] : newer.map((each) => duplicate(each, forAll)),
  };
}

/** PA-3: an empty selector selects like none. */
function selectorOf({ spec }: Document): NonNullable<PeerAuthenticationSpec['selector']>['matchLabels'] {
  const labels = spec.selector?.matchLabels;
  return labels === undefined || Object.keys(labels).length === 0 ? undefined : labels;
}

/** PA-5, PA-6, PA-12: what is left unset is as the next wider policy says; with none, a policy means both. */
function rulesOf({ forAll, selecting }: Sorted, wider: PeerRules | undefined): PeerRules {
  const mode = forAll === undefined ? wider?.mode : (modeOf(forAll.spec.mtls) ?? wider?.mode ?? 'permissive');
  return {
    mode,
    source: forAll === undefined ? wider?.source : keyOf(forAll),
    workloads: selecting.map((each) => workloadRule(each, mode ?? 'permissive')),
  };
}

/** PA-8, PA-9 */
function workloadRule(document: Document, wider: MutualTlsMode): WorkloadPeerRule {
  const { mtls, portLevelMtls = {} } = document.spec;
  const mode = modeOf(mtls) ?? wider;
  const ports = Object.entries(portLevelMtls).map(([port, own]) => ({ port: Number(port), mode: modeOf(own) ?? mode }));
  return {
    source: keyOf(document),
    selector: selectorOf(document) ?? {},
    mode,
    ports: ports.sort((a, b) => a.port - b.port),
  };
}

const MODES = { UNSET: undefined, DISABLE: 'disabled', PERMISSIVE: 'permissive', STRICT: 'strict' } as const;

const modeOf = (mtls: PeerAuthenticationSpec['mtls']): MutualTlsMode | undefined => MODES[mtls?.mode ?? 'UNSET'];

const duplicate = (document: Document, first: Document): Issue => ({
  severity: 'error',
  code: 'PEER_AUTHENTICATION_CONFLICT',
  resource: keyOf(document),
  path: 'spec.selector',
  message: `${keyOf(first)} is older and speaks for the same workloads; select some here, or join the two`,
});

/** PA-4 */
const withoutEffect = (document: Document): Issue => ({
  severity: 'error',
  code: 'PEER_AUTHENTICATION_NOT_USED',
  resource: keyOf(document),
  path: 'spec.selector',
  message: `a policy of the root namespace is for the whole mesh and selects nothing; remove the selector, or move it to the namespace of the workloads`,
});
