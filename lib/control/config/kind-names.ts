import { documentKind, groupOfVersion, type Kind, kinds, preferredApiVersion } from '../../resources/kinds.ts';

/** Abbreviations that people type instead of the plural; those of Istio's and Kubernetes' own definitions. */
const shortNames: Partial<Readonly<Record<Kind, readonly string[]>>> = {
  ConfigMap: ['cm'],
  BackendTLSPolicy: ['btlspolicy'],
  DestinationRule: ['dr'],
  Gateway: ['gw'],
  'Gateway.gateway.networking.k8s.io': ['gtw'],
  GatewayClass: ['gc'],
  ListenerSet: ['lset'],
  ReferenceGrant: ['refgrant'],
  Namespace: ['ns'],
  Service: ['svc'],
  ServiceEntry: ['se'],
  VirtualService: ['vs'],
  WorkloadEntry: ['we'],
};

/** How one kind is named in paths, lists and on the command line. */
export interface KindNames {
  readonly kind: Kind;
  /** The word that documents say as their `kind`. */
  readonly documentKind: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly versions: readonly string[];
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly isNamespaced: boolean;
}

export const kindNames: readonly KindNames[] = (Object.keys(kinds) as Kind[]).map((kind) => {
  const { group, versions, plural, isNamespaced } = kinds[kind];
  return {
    kind,
    documentKind: documentKind(kind),
    group,
    versions,
    plural,
    singular: documentKind(kind).toLowerCase(),
    shortNames: shortNames[kind] ?? [],
    isNamespaced,
  };
});

/** The kind whose collection has this path; `undefined` when there is none in that group and version. */
export function kindAt(group: string, version: string, plural: string): KindNames | undefined {
  return kindNames.find(
    (names) => names.group === group && names.versions.includes(version) && names.plural === plural,
  );
}

/**
 * The kind that someone means by `vs`, `virtualservice`, `virtualservices`, `VirtualService` or `virtualservices.networking.istio.io`.
 * Where two groups have a kind of that name it is the one whose group comes first, as for kubectl: `gateway` is the Gateway API's,
 * `gw` and `gateway.networking.istio.io` are Istio's.
 */
export function kindCalled(word: string): KindNames | undefined {
  const [first = '', ...rest] = word.toLowerCase().split('.');
  const group = rest.join('.');
  return byGroup.find(
    (names) =>
      [names.plural, names.singular, ...names.shortNames].includes(first) && (group === '' || names.group === group),
  );
}

/** In the order in which discovery lists groups, the core group first. */
const byGroup = kindNames.toSorted((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : 0));

const namesOf = (kind: Kind): KindNames => {
  const names = kindNames.find((each) => each.kind === kind);
  if (!names) throw new RangeError(`no kind ${kind}`);
  return names;
};

/** `virtualservices.networking.istio.io`, `services`: how Kubernetes' messages name a collection. */
export const qualified = (name: string, group: string): string => (group === '' ? name : `${name}.${group}`);

/** Path of a collection, or of one object in it, in the preferred version. */
export function objectPath(
  kind: Kind,
  { namespace, name }: { readonly namespace?: string; readonly name?: string },
): string {
  const { plural, group, isNamespaced } = namesOf(kind);
  const parts = [group === '' ? '/api' : '/apis', preferredApiVersion(kind)];
  if (isNamespaced && namespace) parts.push('namespaces', encodeURIComponent(namespace));
  parts.push(plural);
  if (name) parts.push(encodeURIComponent(name));
  return parts.join('/');
}

/** How kubectl writes the kind of a document before a name: `virtualservice.networking.istio.io`, `service`. */
export const resourceWord = ({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string =>
  qualified(kind.toLowerCase(), groupOfVersion(apiVersion));
