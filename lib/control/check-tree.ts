import type { Issue } from '../base/issue.ts';
import { meshName } from '../resources/mesh.ts';
import { serviceNameLabel } from '../resources/endpoint-slice.ts';
import { keyOf, type Resource, type ResourceKey, resourceKey } from '../resources/resource.ts';
import type { ConfigStore, RevisionState } from './config-store.ts';
import { type DocumentIssue, documentIssue, resourceName } from './document-issue.ts';
import type { ParsedDocument } from './parse-documents.ts';
import type { ObjectPlan } from './plan-objects.ts';
import { lookUp } from './revisions/read-trie.ts';

export interface Checks {
  readonly errors: readonly DocumentIssue[];
  /** By key of the object. */
  readonly warnings: ReadonlyMap<string, readonly DocumentIssue[]>;
}

/** Checks the documents against the tree that the plans would produce (STO-4). */
export async function checkTogether(
  store: Pick<ConfigStore, 'reader'>,
  { tree }: RevisionState,
  { documents, plans }: { readonly documents: readonly ParsedDocument[]; readonly plans: readonly ObjectPlan[] },
): Promise<Checks> {
  const asked = documents.flatMap(({ resource }) => references(resource).map(({ key }) => key));
  const stored = await lookUp(store.reader, tree, asked);
  const isKept = new Map(plans.map(({ key, after }) => [key, after !== undefined]));
  const exists = (key: ResourceKey): boolean => isKept.get(key) ?? stored.has(key);

  const errors: DocumentIssue[] = [];
  const warnings = new Map<string, DocumentIssue[]>();
  for (const { source, resource } of documents) {
    for (const issue of checkAmongOthers(resource, exists)) {
      const found = documentIssue(source, resourceName(resource), issue);
      if (issue.severity === 'error') errors.push(found);
      else warnings.set(keyOf(resource), [...(warnings.get(keyOf(resource)) ?? []), found]);
    }
  }
  return { errors, warnings };
}

/**
 * What has to be true of an object among the others of its revision. References point at objects that may well come later,
 * so a missing one is a warning; the build names it again on the object that has it.
 */
function checkAmongOthers(resource: Resource, exists: (key: ResourceKey) => boolean): readonly Issue[] {
  return [...onlyOneMesh(resource), ...missingReferences(resource, exists)];
}

function onlyOneMesh({ kind, metadata }: Resource): readonly Issue[] {
  if (kind !== 'Mesh' || metadata.name === meshName) return [];
  const message = `there is one Mesh, and its name is "${meshName}"`;
  return [{ severity: 'error', code: 'SECOND_MESH', path: 'metadata.name', message }];
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
