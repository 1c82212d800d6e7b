import type { Noted } from '../base/issue.ts';
import type { StageMemory } from '../base/stage-memory.ts';

type Named = { readonly name: string };

/** What all the pieces hold, sorted by name; the same lists again for the same pieces. */
export function joinedByName<T extends Named>(
  slot: string,
  pieces: readonly Noted<readonly T[]>[],
  memory: StageMemory,
): Noted<readonly T[]> {
  return memory.combined(`joined ${slot}`, pieces, (all) => ({
    value: byName(all.flatMap(({ value }) => value)),
    issues: all.flatMap(({ issues }) => issues),
  }));
}

export function byName<T extends Named>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
