import { type MediaRange, mediaRange } from './answer-form.ts';
import { type KindNames, kindNames } from '../config/kind-names.ts';

/** Verbs of a collection and its objects that this service answers, in Kubernetes' words. */
const objectVerbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
const statusVerbs = ['get', 'patch', 'update'];

/** `/api`: the versions of the core group. */
export const coreVersions = { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };

/**
 * `/version`. Clients of Kubernetes ask which API conventions they may expect; the suffix says who answers. The minor version is
 * that of the newest kubectl in the tests, which would otherwise warn of a server older than itself.
 */
export const apiConventions = { major: '1', minor: '37', gitVersion: 'v1.37.0+pilotless', platform: 'any' };

interface ApiGroup {
  readonly name: string;
  readonly versions: readonly ApiGroupVersion[];
  readonly preferredVersion: ApiGroupVersion;
}

interface ApiGroupVersion {
  readonly groupVersion: string;
  readonly version: string;
}

/** `/apis`: every group but the core one. */
export function groupList(): object {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupNames().map(groupOf) };
}

const groupNames = (): readonly string[] =>
  [...new Set(kindNames.map(({ group }) => group))].filter((group) => group !== '').sort();

/** `/apis/<group>`; `undefined` when there is none of that name. */
export function groupDocument(group: string): object | undefined {
  const isKnown = group !== '' && kindNames.some((names) => names.group === group);
  return isKnown ? { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) } : undefined;
}

/** `/api/v1`, `/apis/<group>/<version>`: the kinds of one version; `undefined` when there is no such version. */
export function resourceList(group: string, version: string): object | undefined {
  const kinds = kindNames.filter((names) => names.group === group && names.versions.includes(version));
  if (kinds.length === 0) return undefined;
  const groupVersion = group === '' ? version : `${group}/${version}`;
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: kinds.flatMap(resourcesOf) };
}

/** The preferred version of a group is the one that its first kind prefers; every kind of it is in that version. */
function groupOf(group: string): ApiGroup {
  const versions = [...new Set(kindNames.filter((names) => names.group === group).flatMap((names) => names.versions))];
  const described = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  const [preferredVersion = { groupVersion: `${group}/v1`, version: 'v1' }] = described;
  return { name: group, versions: described, preferredVersion };
}

function resourcesOf(names: KindNames): readonly object[] {
  const { documentKind: kind, plural, singular, shortNames, isNamespaced } = names;
  const common = { namespaced: isNamespaced, kind };
  return [
    { name: plural, singularName: singular, ...common, verbs: objectVerbs, shortNames, ...categoriesOf(names) },
    { name: `${plural}/status`, singularName: '', ...common, verbs: statusVerbs },
  ];
}

/** Words that stand for several kinds at once: `kubectl get istio-io`, and `kubectl get all` as Kubernetes means it. */
function categoriesOf({ kind, group }: KindNames): { readonly categories?: readonly string[] } {
  if (group.endsWith('istio.io')) return { categories: ['istio-io'] };
  return kind === 'Service' ? { categories: ['all'] } : {};
}

/**
 * `/api` and `/apis` in one answer with all kinds of all groups, for clients that ask for it; `undefined` for those that do not.
 * Source: Kubernetes documentation, "Kubernetes API", aggregated discovery.
 */
export function aggregatedDiscovery(accept: string | null, of: 'core' | 'groups'): AggregatedDiscovery | undefined {
  const version = ['v2', 'v2beta1'].find((each) =>
    (accept ?? '').split(',').some((range) => isAggregated(mediaRange(range), each)),
  );
  if (version === undefined) return undefined;
  const groups = of === 'core' ? [''] : groupNames();
  return {
    contentType: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
    body: {
      kind: 'APIGroupDiscoveryList',
      apiVersion: `apidiscovery.k8s.io/${version}`,
      metadata: {},
      items: groups.map((name) => ({ metadata: { name, creationTimestamp: null }, versions: versionsOf(name) })),
    },
  };
}

export interface AggregatedDiscovery {
  readonly contentType: string;
  readonly body: object;
}

const isAggregated = ({ type, parameters }: MediaRange, version: string): boolean =>
  type === 'application/json' &&
  parameters.get('as') === 'APIGroupDiscoveryList' &&
  parameters.get('g') === 'apidiscovery.k8s.io' &&
  parameters.get('v') === version;

function versionsOf(group: string): readonly object[] {
  const all = kindNames.filter((names) => names.group === group);
  const versions = [...new Set(all.flatMap((names) => names.versions))];
  return versions.map((version) => ({
    version,
    freshness: 'Current',
    resources: all.filter((names) => names.versions.includes(version)).map((names) => aggregated(names, version)),
  }));
}

function aggregated(names: KindNames, version: string): object {
  const { documentKind: kind, group, plural, singular, shortNames, isNamespaced } = names;
  const responseKind = { group, version, kind };
  return {
    resource: plural,
    responseKind,
    scope: isNamespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    ...{ verbs: objectVerbs, shortNames, ...categoriesOf(names) },
    subresources: [{ subresource: 'status', responseKind, verbs: statusVerbs }],
  };
}
