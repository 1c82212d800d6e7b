import type { EnvoyResource, XdsType } from '../envoy/envoy-resource.ts';

/** A name in one resource for which the snapshot holds nothing. */
export interface BrokenReference {
  readonly from: { readonly type: XdsType; readonly name: string };
  readonly to: { readonly type: XdsType; readonly name: string };
  /**
   * Whether the proxy would wait for it without end or refuse the resource: `severe` keeps the whole snapshot from being
   * published. A route to a cluster that nobody has is not: Envoy takes it and answers 503, as a mesh does for a host that
   * does not exist.
   */
  readonly isSevere: boolean;
}

/** A resource as far as its name and the names that it needs go. */
export interface Referrer {
  readonly type: XdsType;
  readonly name: string;
  readonly references: readonly Reference[];
}

/** Another resource that one names. */
export interface Reference {
  readonly type: XdsType;
  readonly name: string;
}

/** Checks that a snapshot is complete (SNAP-1). `outside` are clusters that the bootstrap brings. */
export function brokenReferences(
  resources: readonly Referrer[],
  outside: readonly string[],
): readonly BrokenReference[] {
  const present = new Set([
    ...resources.map(({ type, name }) => `${type}/${name}`),
    ...outside.map((name) => `clusters/${name}`),
  ]);
  return resources.flatMap((from) =>
    from.references
      .filter((to) => !present.has(`${to.type}/${to.name}`))
      .map((to) => ({ from: { type: from.type, name: from.name }, to, isSevere: isSevere(to) })),
  );
}

/** Envoy answers 503 where a route leads to a cluster that nobody has, and waits without end for anything else. */
export const isSevere = ({ type }: Reference): boolean => type !== 'clusters';

/** Every resource that this one names, each once. */
export function referencesOf(resource: EnvoyResource): readonly Reference[] {
  const found = new Map<string, Reference>();
  const add = (type: XdsType, name: unknown): void => {
    if (typeof name === 'string' && name !== '') found.set(`${type}/${name}`, { type, name });
  };
  if (resource.type === 'clusters') {
    const eds = resource.body['edsClusterConfig'];
    if (isObject(eds)) add('endpoints', eds['serviceName'] ?? resource.name);
  }
  walk(resource.body, resource.type, add);
  return [...found.values()];
}

/** Metadata is data about the resource, and filter state is free text: a `cluster` in them names nothing. */
const NAMES_NOTHING: ReadonlySet<string> = new Set([
  'metadata',
  'filterMetadata',
  'typedFilterMetadata',
  'filterState',
]);

function walk(value: unknown, within: XdsType, add: (type: XdsType, name: unknown) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, within, add);
    return;
  }
  if (!isObject(value)) return;
  addReferences(value, within, add);
  for (const [key, member] of Object.entries(value)) if (!NAMES_NOTHING.has(key)) walk(member, within, add);
}

function addReferences(
  value: Readonly<Record<string, unknown>>,
  within: XdsType,
  add: (type: XdsType, name: unknown) => void,
): void {
  const { rds, weightedClusters, sdsConfig, configDiscovery, name } = value;
  if (isObject(rds)) add('routes', rds['routeConfigName']);
  // What lies in a file of the proxy's machine is no part of a snapshot.
  if (isObject(sdsConfig) && sdsConfig['pathConfigSource'] === undefined) add('secrets', name);
  if (configDiscovery !== undefined) add('extension-configs', name);
  if (within !== 'listeners' && within !== 'routes') return;
  add('clusters', value['cluster']);
  if (isObject(weightedClusters) && Array.isArray(weightedClusters['clusters'])) {
    for (const weighted of weightedClusters['clusters'] as unknown[]) {
      if (isObject(weighted)) add('clusters', weighted['name']);
    }
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
