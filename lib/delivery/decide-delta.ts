import type { FoundResource } from '../snapshot/body-part.ts';
import type { TableDifference } from '../snapshot/table-difference.ts';
import { isWanted, type Subscriptions } from './subscriptions.ts';

/** What a client must do to its resources of one type to have what it wants. */
export interface Delta {
  /** Resources that it lacks or has in another version. */
  readonly changed: ReadonlyMap<string, FoundResource>;
  /** Names that it has and should not have. */
  readonly removed: readonly string[];
}

export const NO_CHANGE: Delta = { changed: new Map(), removed: [] };

export function isNoChange({ changed, removed }: Delta): boolean {
  return changed.size === 0 && removed.length === 0;
}

/**
 * From what the client says it has to `wanted`, everything that its subscriptions cover. Applied to the former, whatever it is, the
 * delta gives the latter (DLV-3): a version that nobody ever sent is simply another one.
 */
export function deltaFromVersions(
  versions: ReadonlyMap<string, string>,
  wanted: Iterable<readonly [name: string, resource: FoundResource]>,
): Delta {
  const changed = new Map<string, FoundResource>();
  const gone = new Set(versions.keys());
  for (const [name, resource] of wanted) {
    gone.delete(name);
    if (versions.get(name) !== resource.hash) changed.set(name, resource);
  }
  return { changed, removed: [...gone] };
}

/** The names that changed between two snapshots and that the client wants, of one type. */
export function wantedOf({ present, removed }: TableDifference, subscriptions: Subscriptions) {
  const names = [...present.keys()].filter((name) => isWanted(subscriptions, name));
  return { names, removed: removed.filter((name) => isWanted(subscriptions, name)) };
}

/** What a nonce says: the snapshot whose state the client has, for the subscriptions that it had then. */
export interface DeltaBase {
  readonly manifest: string;
  readonly subscriptions: string;
}

/** Names the state that an answer leaves a client in, so that the next poll need not list it. */
export function nonceFor({ manifest, subscriptions }: DeltaBase): string {
  return `${manifest}-${subscriptions}`;
}

/** What a nonce of ours says; `undefined` for any other text. */
export function baseOf(nonce: string): DeltaBase | undefined {
  const [, manifest, subscriptions] = NONCE.exec(nonce) ?? [];
  return manifest !== undefined && subscriptions !== undefined ? { manifest, subscriptions } : undefined;
}

const NONCE = /^([0-9a-f]{64})-([0-9a-f]{64})$/;
