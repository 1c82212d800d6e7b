import type { Blobs } from '../../ports/blobs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Records } from '../../ports/records.ts';
import type { SecretBox } from '../../ports/secret-box.ts';
import { oldestKept } from '../sweep/revision-floor.ts';
import { type BlobReader, blobReader } from '../revisions/blob-reader.ts';
import { findRevision, type NamedCommit, parentOf, readCommit } from '../revisions/commit.ts';
import { readNewest } from '../revisions/head.ts';
import { EMPTY_TRIE, type TrieRoot } from '../revisions/trie-node.ts';

/** What the config store stands on. */
export interface ConfigStorePorts {
  readonly blobs: Blobs;
  readonly records: Records;
  readonly clock: Clock;
  readonly log: Log;
  /** A new random UUID with each call: the one source of chance, for uids, error ids and jitter. */
  readonly ids: () => string;
  /** Encrypts the values of Secrets before anything else has them. */
  readonly secrets: SecretBox;
}

/** Everything that people configured, revision by revision. */
export interface ConfigStore extends ConfigStorePorts {
  readonly reader: BlobReader;
}

export function configStore(ports: ConfigStorePorts): ConfigStore {
  return { ...ports, reader: blobReader(ports.blobs) };
}

/** The state of the store at one revision; before the first apply it is revision 0 with nothing in it. */
export interface RevisionState {
  readonly revision: number;
  readonly tree: TrieRoot;
  readonly stamps: TrieRoot;
  readonly newest: NamedCommit | undefined;
}

export async function newestState(store: ConfigStore): Promise<RevisionState> {
  return stateOf(await readNewest(store.records, store.reader));
}

export function stateOf(commit: NamedCommit | undefined): RevisionState {
  return commit
    ? { revision: commit.revision, tree: commit.content.tree, stamps: commit.content.stamps, newest: commit }
    : { revision: 0, tree: EMPTY_TRIE, stamps: EMPTY_TRIE, newest: undefined };
}

/** The state that a commit was made from. */
export async function parentState(store: Pick<ConfigStore, 'reader'>, commit: NamedCommit): Promise<RevisionState> {
  const parent = parentOf(commit);
  return stateOf(parent && (await readCommit(store.reader, parent)));
}

/** The state at a revision of the past, or `undefined` when there is none of that number, or its content is no longer kept. */
export async function stateAt(store: ConfigStore, revision: number): Promise<RevisionState | undefined> {
  if (revision === 0) return stateOf(undefined);
  const newest = await readNewest(store.records, store.reader);
  const found = newest && (await findRevision(store.reader, newest, revision));
  return found && (await isKept(store, revision)) ? stateOf(found) : undefined;
}

/** Whether the content of a revision of the past may still be read. */
export async function isKept({ records }: Pick<ConfigStore, 'records'>, revision: number): Promise<boolean> {
  return revision >= (await oldestKept(records));
}
