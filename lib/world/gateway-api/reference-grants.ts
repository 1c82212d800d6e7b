import type { Resource } from '../../resources/resource.ts';
import { GATEWAY_API_GROUP } from './route-parent.ts';

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

/** Whether one object may refer to another: within a namespace always, across by a grant (GA-24). */
export type IsGranted = (from: ReferenceFrom, to: ReferenceTo) => boolean;

/** GA-24: a grant stands in the namespace of what is referred to; any one that says so is enough. */
export function referenceGrants(grants: readonly Resource<'ReferenceGrant'>[]): IsGranted {
  const granted = new Set(
    grants.flatMap(({ metadata, spec }) =>
      (spec.from ?? [])
        .filter(({ group }) => group === GATEWAY_API_GROUP)
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
  return (from, to) =>
    from.namespace === to.namespace || granted.has(entry(from, to)) || granted.has(entry(from, { ...to, name: ANY }));
}

const ANY = '';

const entry = (from: ReferenceFrom, to: ReferenceTo): string =>
  [from.kind, from.namespace, to.group, to.kind, to.namespace, to.name].join(' ');
