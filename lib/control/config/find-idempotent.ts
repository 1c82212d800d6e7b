import type { ConfigStore, RevisionState } from './config-store.ts';
import { findRevision, type NamedCommit } from '../revisions/commit.ts';

/** The revision that a request with this idempotency key made, if it is among those that are still remembered. */
export async function findIdempotent(
  store: Pick<ConfigStore, 'reader'>,
  { newest }: RevisionState,
  key: string,
): Promise<NamedCommit | undefined> {
  const found = newest?.content.recentKeys?.find((recent) => recent.key === key);
  return newest && found && findRevision(store.reader, newest, found.revision);
}
