import type { Issue } from '../base/issue.ts';
import type { Resource } from '../resources/resource.ts';
import type { ProxyFacts } from '../view/proxy-facts.ts';
import type { ProxyView } from '../view/proxy-view.ts';
import type { World } from '../world/world.ts';

/** All that analyzers look at. */
export interface AnalyzedMesh {
  readonly resources: readonly Resource[];
  readonly world: World;
  /** What a sidecar without labels sees, by namespace; one for every namespace that has objects. */
  readonly views: ReadonlyMap<string, ProxyView>;
  /** What the stages reported on the way, for the world and for each proxy that was tried; repeats do no harm. */
  readonly issues: readonly Issue[];
  /** The proxies that polled of late; `undefined` where nobody knows. */
  readonly proxies: readonly Pick<ProxyFacts, 'type' | 'namespace' | 'labels'>[] | undefined;
}

/** The documents of one kind. */
export const ofKind = <K extends Resource['kind']>(
  { resources }: AnalyzedMesh,
  kind: K,
): readonly Extract<Resource, { readonly kind: K }>[] =>
  resources.filter((resource): resource is Extract<Resource, { readonly kind: K }> => resource.kind === kind);

/** Some of them by name, and how many there are beside these. */
export function listed(names: Iterable<string>, most = 5): string {
  const all = [...new Set(names)].sort();
  const rest = all.length - most;
  return rest > 0 ? `${all.slice(0, most).join(', ')} and ${rest} more` : all.join(', ');
}
