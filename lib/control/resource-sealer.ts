import type { DurationMs } from '../base/brand.ts';
import { leastRecentlyUsed } from '../base/least-recently-used.ts';
import { eachList } from '../envoy/encode-proxy.ts';
import type { ProxyIr } from '../ir/proxy-ir.ts';
import { type SealedResource, sealResource } from '../snapshot/sealed-resource.ts';

/** Spells and seals what proxies are given; the same object of the IR is spelled and hashed once, for every view that has it. */
export type ResourceSealer = (ir: ProxyIr) => readonly (readonly SealedResource[])[];

/** Proxies say how often they poll, so that the number of settings has to be bounded. */
const POLL_SETTINGS = 32;

/** One list for each list of the IR, in its order; the same list again for the same list. */
export function resourceSealer(): ResourceSealer {
  const byRefresh = leastRecentlyUsed<DurationMs, ReturnType<typeof sealedParts>>({ max: POLL_SETTINGS });
  return (ir) => {
    const sealed = byRefresh.get(ir.refresh) ?? sealedParts();
    byRefresh.set(ir.refresh, sealed);
    return eachList(ir, (items, encode) =>
      sealed.list(items, () => items.map((item) => sealed.item(item, () => sealResource(encode(item))))),
    );
  };
}

/** Everything that was sealed for one poll setting, as long as what it was sealed from lives. */
function sealedParts() {
  const [items, lists] = [new WeakMap<object, SealedResource>(), new WeakMap<object, readonly SealedResource[]>()];
  return {
    item: (of: object, make: () => SealedResource): SealedResource => remembered(items, of, make),
    list: (of: object, make: () => readonly SealedResource[]): readonly SealedResource[] => remembered(lists, of, make),
  };
}

function remembered<Value>(values: WeakMap<object, Value>, of: object, make: () => Value): Value {
  const known = values.get(of);
  if (known !== undefined) return known;
  const made = make();
  values.set(of, made);
  return made;
}
