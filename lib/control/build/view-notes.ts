import type { Issue } from '../../base/issue.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import type { ProxyIr } from '../../ir/proxy-ir.ts';
import type { ProxyView, ViewKey } from '../../view/proxy-view.ts';
import { missingDestinations } from './missing-destinations.ts';
import {
  isSameOrigins,
  type OriginInputs,
  originReader,
  type ReadOrigins,
  type ResourceSources,
  sourcesOf,
} from '../status/resource-documents.ts';
import { haveSameOrigins } from './same-origins.ts';

/** What a build found out about one view beside its resources. */
export interface ViewNotes {
  readonly issues: readonly Issue[];
  /** The very same map as in the view's build before, if it says the same. */
  readonly sources: ResourceSources;
}

/** A view on its way through the line. */
export interface BuiltView {
  readonly key: ViewKey;
  readonly view: ProxyView;
  readonly ir: ProxyIr;
  /** Of view and compile. */
  readonly issues: readonly Issue[];
}

/** Views whose sources are remembered, so that they are gathered anew only when they changed. */
const REMEMBERED_VIEWS = 2_000;

interface LastSources {
  readonly inputs: OriginInputs;
  readonly origins: ReturnType<ReadOrigins>;
  readonly sources: ResourceSources;
}

export function viewNotes(): (built: BuiltView) => ViewNotes {
  const [readOrigins, missing] = [originReader(), missingDestinations()];
  const last = leastRecentlyUsed<ViewKey, LastSources>({ max: REMEMBERED_VIEWS });
  const sourcesNow = (inputs: OriginInputs, before: LastSources | undefined): LastSources => {
    if (before && haveSameOrigins(inputs, before.inputs)) return { ...before, inputs };
    const origins = readOrigins(inputs);
    const isSame = before && isSameOrigins(origins, before.origins);
    return { inputs, origins, sources: isSame ? before.sources : sourcesOf(origins) };
  };
  return ({ key, view, ir, issues }) => {
    const { services, instances, gateway } = view;
    const { clusters, listeners, routes, secrets } = ir;
    const inputs = { view: { services, instances, gateway }, ir: { clusters, listeners, routes, secrets } };
    const now = sourcesNow(inputs, last.get(key));
    last.set(key, now);
    return { issues: [...issues, ...missing(ir)], sources: now.sources };
  };
}
