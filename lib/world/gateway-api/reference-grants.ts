import type { Resource } from '../../resources/resource.ts';

/** Who refers to something: the kind of a document of the Gateway API, as it says it, and its namespace. */
export interface ReferenceFrom {
  readonly kind: string;
  readonly namespace: string;
}

/** What is referred to. The group of what Kubernetes calls core is empty. */
export interface ReferenceTo {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Whether one object may refer to one of another namespace (GA-24). */
export type IsGranted = (from: ReferenceFrom, to: ReferenceTo) => boolean;

const GATEWAY_API = 'gateway.networking.k8s.io';

/** GA-24: a grant stands in the namespace of what is referred to; any one that says so is enough. */
export function referenceGrants(grants: readonly Resource<'ReferenceGrant'>[]): IsGranted {
  const granted = new Set(
    grants.flatMap(({ metadata, spec }) =>
      (spec.from ?? [])
        .filter(({ group }) => group === GATEWAY_API)
        .flatMap((from) =>
          (spec.to ?? []).map((to) =>
            entry(
              { kind: from.kind ?? '', namespace: from.namespace ?? '' },
              { group: to.group ?? '', kind: to.kind ?? '', namespace: metadata.namespace, name: to.name ?? ANY },
            ),
          ),
        ),
    ),
  );
  return (from, to) => granted.has(entry(from, to)) || granted.has(entry(from, { ...to, name: ANY }));
}

const ANY = '';

const entry = (from: ReferenceFrom, to: ReferenceTo): string =>
  [from.kind, from.namespace, to.group, to.kind, to.namespace, to.name].join(' ');
