import type { Issue } from '../../base/issue.ts';
import { keyOf, type Resource, type ResourceKey, resourceKey } from '../../resources/resource.ts';
import { serviceNameLabel } from '../../resources/well-known-names.ts';
import type { ConfigStore, RevisionState } from './config-store.ts';
import { type DocumentIssue, documentIssue, resourceName } from './document-issue.ts';
import type { ParsedDocument } from './parse-documents.ts';
import type { ObjectPlan } from './plan-objects.ts';
import { lookUp } from '../revisions/read-trie.ts';

/**
 * What the documents refer to and the tree would not have that the plans produce (STO-4), by key of the object that refers.
 * These are warnings: the other object may well come later, and the build names it again on the object that has the reference.
 */
export async function missingReferencesOf(
  store: Pick<ConfigStore, 'reader'>,
  { tree }: RevisionState,
  { documents, plans }: { readonly documents: readonly ParsedDocument[]; readonly plans: readonly ObjectPlan[] },
): Promise<ReadonlyMap<string, readonly DocumentIssue[]>> {
  const asked = documents.flatMap(({ resource }) => references(resource).map(({ key }) => key));
  const stored = await lookUp(store.reader, tree, asked);
  const isKept = new Map(plans.map(({ key, after }) => [key, after !== undefined]));
  const exists = (key: ResourceKey): boolean => isKept.get(key) ?? stored.has(key);
  return new Map(
    documents.map(({ source, resource }) => {
      const issues = missingReferences(resource, exists);
      return [keyOf(resource), issues.map((issue) => documentIssue(source, resourceName(resource), issue))];
    }),
  );
}

function missingReferences(resource: Resource, exists: (key: ResourceKey) => boolean): readonly Issue[] {
  return references(resource)
    .filter(({ key }) => !exists(key))
    .map(({ key, path }) => {
      const message = `refers to ${key}, which does not exist (yet)`;
      return { severity: 'warning', code: 'MISSING_REFERENCE', path, message };
    });
}

interface Reference {
  readonly key: ResourceKey;
  readonly path: string;
}

function references({ kind, metadata, spec }: Resource): readonly Reference[] {
  if (kind === 'VirtualService') {
    return (spec.gateways ?? []).flatMap((gateway, index) => {
      const key = gatewayKey(gateway, metadata.namespace);
      return key ? [{ key, path: `spec.gateways[${index}]` }] : [];
    });
  }
  const serviceName = kind === 'EndpointSlice' ? metadata.labels?.[serviceNameLabel] : undefined;
  return serviceName === undefined
    ? []
    : [
        {
          key: resourceKey('Service', metadata.namespace, serviceName),
          path: `metadata.labels["${serviceNameLabel}"]`,
        },
      ];
}

/** `name`, `namespace/name` or `./name`; the word `mesh` stands for all sidecars. */
function gatewayKey(gateway: string, ownNamespace: string): ResourceKey | undefined {
  if (gateway === 'mesh') return undefined;
  const [namespace = '', name] = gateway.split('/');
  if (name === undefined) return resourceKey('Gateway', ownNamespace, namespace);
  return resourceKey('Gateway', namespace === '.' ? ownNamespace : namespace, name);
}
