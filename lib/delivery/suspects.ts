import type { ContentsOf, Place, Trail } from './trail.ts';

/** A record stays small; whoever changed more at once is told of the first. */
export const MAX_SUSPECTS = 20;

/**
 * Names of the clusters or listeners that a refused version added or changed, one of which is what Envoy does not take (DLV-5).
 * Of clusters only those for whose endpoints it opened no loop, which it would have done for one that it took.
 */
export function suspectsOf(trail: Trail, type: 'clusters' | 'listeners', contentsOf: ContentsOf): readonly string[] {
  const place: Place | undefined = type === 'clusters' ? trail.clusters : trail.places[type];
  const namesAt = (n: number | undefined): ReadonlyMap<string, string> => {
    const step = trail.steps.find((known) => known.n === n);
    return step ? contentsOf(step.manifest).namesOf(type) : new Map();
  };
  const [had, refused] = [namesAt(place?.shown?.step), namesAt(place?.sent.at(-1)?.step)];
  const changed = [...refused].filter(([name, hash]) => had.get(name) !== hash).map(([name]) => name);
  const left = type === 'clusters' ? withoutOpened(changed, trail, contentsOf) : changed;
  return (left.length > 0 ? left : changed).slice(0, MAX_SUSPECTS);
}

function withoutOpened(names: readonly string[], { warming, steps }: Trail, contentsOf: ContentsOf): readonly string[] {
  const step = steps.find(({ n }) => n === warming.step);
  if (step === undefined) return names;
  const { hasLoop } = contentsOf(step.manifest);
  const unopened = new Set(warming.unopened);
  return names.filter((name) => unopened.has(name) || !hasLoop(name));
}
