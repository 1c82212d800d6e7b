import type { Issue } from '../base/issue.ts';
import { leastRecentlyUsed } from '../base/least-recently-used.ts';
import type { ProxyIr } from '../ir/proxy-ir.ts';
import type { ProxyView, ViewKey } from '../view/proxy-view.ts';
import { missingDestinations } from './missing-destinations.ts';
import {
  isSameOrigins,
  originReader,
  type ReadOrigins,
  type ResourceSources,
  sourcesOf,
} from './resource-documents.ts';

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

export function viewNotes(): (built: BuiltView) => ViewNotes {
  const [readOrigins, missing] = [originReader(), missingDestinations()];
  const last = leastRecentlyUsed<
    ViewKey,
    { readonly origins: ReturnType<ReadOrigins>; readonly sources: ResourceSources }
  >({ max: REMEMBERED_VIEWS });
  return ({ key, view, ir, issues }) => {
    const origins = readOrigins(view, ir);
    const before = last.get(key);
    const sources = before && isSameOrigins(origins, before.origins) ? before.sources : sourcesOf(origins);
    last.set(key, { origins, sources });
    return { issues: [...issues, ...missing(ir)], sources };
  };
}
