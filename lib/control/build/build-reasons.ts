/** What asked for a build, and how often each did before it began. */
export type BuildReasons = ReadonlyMap<string, number>;

export const NO_REASONS: BuildReasons = new Map();

/** Each reason as often as it is named. */
export function reasonsOf(named: readonly string[]): BuildReasons {
  const reasons = new Map<string, number>();
  for (const reason of named) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return reasons;
}

/** The reasons of two builds of which one is made: none gets lost. Neither argument changes (PM-7). */
export function mergedReasons(one: BuildReasons, other: BuildReasons): BuildReasons {
  const merged = new Map(one);
  for (const [reason, count] of other) merged.set(reason, (merged.get(reason) ?? 0) + count);
  return merged;
}

/** How many requests one build answers. */
export const countReasons = (reasons: BuildReasons): number =>
  [...reasons.values()].reduce((sum, count) => sum + count, 0);

/** For people: `config, health`. */
export const printReasons = (reasons: BuildReasons): string => [...reasons.keys()].join(', ');
