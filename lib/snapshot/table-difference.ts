import type { Entry, TypeManifest } from './manifest.ts';
import type { Shard } from './shard.ts';

/** How one type differs between two snapshots. */
export interface TableDifference {
  /** Names that came or changed, with what they are now. */
  readonly present: ReadonlyMap<string, Entry>;
  readonly removed: readonly string[];
}

/** Which shards of two tables must be read to know how they differ: a shard that both have holds the same in both. */
export interface DifferingShards {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

export function differingShards(before: TypeManifest, after: TypeManifest): DifferingShards {
  const [old, now] = [before.shards, after.shards];
  // Of different sizes no shard of the one stands for a shard of the other.
  if (old.length !== now.length) return { before: indexesOf(old), after: indexesOf(now) };
  const differing = indexesOf(now).filter((index) => old[index]?.hash !== now[index]?.hash);
  return { before: differing, after: differing };
}

/** The difference between the entries of the shards that differ. */
export function tableDifference(before: readonly Shard[], after: readonly Shard[]): TableDifference {
  const [old, now] = [joined(before), joined(after)];
  return {
    present: new Map([...now].filter(([name, { hash }]) => old.get(name)?.hash !== hash)),
    removed: [...old.keys()].filter((name) => !now.has(name)),
  };
}

const joined = (shards: readonly Shard[]): Shard => new Map(shards.flatMap((shard) => [...shard]));

const indexesOf = (list: readonly unknown[]): readonly number[] => list.map((_, index) => index);
