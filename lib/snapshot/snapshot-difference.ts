import type { XdsType } from '../envoy/envoy-resource.ts';
import { XDS_TYPES } from '../envoy/xds-types.ts';
import type { Manifest } from './snapshot.ts';

/** Names of one type that differ between two snapshots, each list sorted. */
export interface TypeDifference {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** What a proxy that has `before` must be told to have `after`; types without a difference are absent. */
export function snapshotDifference(
  before: Manifest | undefined,
  after: Manifest,
): Readonly<Partial<Record<XdsType, TypeDifference>>> {
  const types = (Object.keys(XDS_TYPES) as XdsType[]).map((type) => {
    const old = before?.[type].resources ?? {};
    const now = after[type].resources;
    const difference: TypeDifference = {
      added: Object.keys(now).filter((name) => !Object.hasOwn(old, name)),
      changed: Object.keys(now).filter((name) => Object.hasOwn(old, name) && old[name] !== now[name]),
      removed: Object.keys(old).filter((name) => !Object.hasOwn(now, name)),
    };
    return [type, difference] as const;
  });
  return Object.fromEntries(
    types.filter(([, { added, changed, removed }]) => added.length + changed.length + removed.length > 0),
  );
}
