import { type KindNames, kindNames } from '../config/kind-names.ts';

/** Verbs of a collection and its objects that this service answers, in Kubernetes' words. */
const objectVerbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
const statusVerbs = ['get', 'patch', 'update'];

/** `/api`: the versions of the core group. */
export const coreVersions = { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };

/** `/version`. Clients of Kubernetes ask which API conventions they may expect; the suffix says who answers. */
export const apiConventions = { major: '1', minor: '32', gitVersion: 'v1.32.0+pilotless', platform: 'any' };

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
  const names = [...new Set(kindNames.map(({ group }) => group))].filter((group) => group !== '').sort();
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: names.map(groupOf) };
}

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

function resourcesOf({ kind, plural, singular, shortNames, isNamespaced, group }: KindNames): readonly object[] {
  const common = { namespaced: isNamespaced, kind };
  const categories = group.endsWith('istio.io') ? { categories: ['istio-io'] } : {};
  return [
    { name: plural, singularName: singular, ...common, verbs: objectVerbs, shortNames, ...categories },
    { name: `${plural}/status`, singularName: '', ...common, verbs: statusVerbs },
  ];
}
