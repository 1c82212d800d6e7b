import type { Noted } from '../base/issue.ts';
import type { MadeOf, StageMemory } from '../base/stage-memory.ts';

type Named = { readonly name: string };

type Piece<T extends Named> = Noted<readonly T[]>;

/** What all the pieces hold, sorted by name; the same lists again for the same pieces. */
export function joinedByName<T extends Named>(
  slot: string,
  pieces: readonly Piece<T>[],
  memory: StageMemory,
): Noted<readonly T[]> {
  return memory.amended(`joined ${slot}`, pieces, { make: join<T>, amend: rejoin<T> });
}

function join<T extends Named>(pieces: readonly Piece<T>[]): Noted<readonly T[]> {
  return { value: byName(pieces.flatMap(({ value }) => value)), issues: pieces.flatMap(({ issues }) => issues) };
}

/** More pieces than this are joined anew. */
const MAX_REPLACED = 64;

/** The same for pieces of which a few changed, and neither their names nor issues: what changed takes the place of what was there. */
function rejoin<T extends Named>(
  { items: before, made }: MadeOf<Piece<T>, Noted<readonly T[]>>,
  pieces: readonly Piece<T>[],
): Noted<readonly T[]> | undefined {
  if (before.length !== pieces.length) return undefined;
  const changed = pieces.flatMap((piece, index) => {
    const old = before[index];
    return old === undefined || old === piece ? [] : [{ old, piece }];
  });
  if (changed.length > MAX_REPLACED || !changed.every(({ old, piece }) => hasSameNames(old, piece))) return undefined;
  const value = [...made.value];
  for (const { old, piece } of changed) {
    for (const [index, item] of old.value.entries()) {
      const [at, next] = [value.indexOf(item), piece.value[index]];
      if (at < 0 || next === undefined) return undefined;
      value[at] = next;
    }
  }
  return { value, issues: made.issues };
}

const hasSameNames = <T extends Named>(one: Piece<T>, other: Piece<T>): boolean =>
  one.issues.length + other.issues.length === 0 &&
  one.value.length === other.value.length &&
  one.value.every(({ name }, index) => name === other.value[index]?.name);

export function byName<T extends Named>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
