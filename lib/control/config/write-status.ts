import type { Resource, ResourceKey } from '../../resources/resource.ts';
import type { ConfigStore } from './config-store.ts';
import { STALE_RESOURCE_VERSION } from './move-head.ts';
import { putStatus, readStatus, withStatus } from './object-status.ts';
import { patchedDocument, type Patch } from './patch-object.ts';
import { printDocument } from './print-document.ts';
import { readObject } from './read-objects.ts';

export interface StatusWrite {
  readonly key: ResourceKey;
  /** A change of the whole document, of which only `status` counts. */
  readonly patch: Patch;
  /** Whether the change holds the whole status; otherwise it is laid over the one before. */
  readonly isReplacement: boolean;
  readonly isDryRun: boolean;
}

export type StatusOutcome =
  | { readonly outcome: 'done'; readonly resource: Resource }
  | { readonly outcome: 'missing' }
  | { readonly outcome: 'conflict'; readonly message: string }
  | { readonly outcome: 'bad-request'; readonly message: string }
  | { readonly outcome: 'contended' };

/** Writers of one status are few; whoever loses this often in a row is told to come again. */
const MAX_ATTEMPTS = 8;

/** Far more than conditions need, and within what every store holds in one record, whatever the characters are. */
const MAX_STATUS_CHARACTERS = 80_000;

/** Writes the status of an object and nothing else of it: no revision, no generation, no build (CS-5, STO-6). */
export async function writeStatus(store: ConfigStore, write: StatusWrite): Promise<StatusOutcome> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    // The status first: an object that is newer than its status is no harm, the reverse would tie it to a lost uid.
    const read = await readStatus(store.records, write.key);
    const resource = await readObject(store, write.key);
    if (!resource) return { outcome: 'missing' };
    const planned = planStatus(resource, write);
    if (planned.outcome !== 'done') return planned;
    if (write.isDryRun) return planned;
    const next = { uid: resource.metadata.uid ?? '', status: planned.resource.status ?? {} };
    if (await putStatus(store.records, write.key, { next, read })) return planned;
  }
  return { outcome: 'contended' };
}

function planStatus(resource: Resource, { patch, isReplacement }: StatusWrite): StatusOutcome {
  const document = printDocument(resource);
  const patched = patchedDocument(isReplacement ? { ...document, status: {} } : document, patch);
  if (!patched.ok) return { outcome: 'bad-request', message: patched.message };
  const { metadata, status = {} } = patched.document as { readonly metadata?: unknown; readonly status?: unknown };
  const { resourceVersion } = (metadata ?? {}) as { readonly resourceVersion?: unknown };
  if (resourceVersion !== undefined && resourceVersion !== resource.metadata.resourceVersion) {
    return { outcome: 'conflict', message: STALE_RESOURCE_VERSION };
  }
  if (typeof status !== 'object' || status === null || Array.isArray(status)) {
    return { outcome: 'bad-request', message: 'status is an object' };
  }
  if (JSON.stringify(status).length > MAX_STATUS_CHARACTERS) {
    return { outcome: 'bad-request', message: `a status has at most ${MAX_STATUS_CHARACTERS} characters` };
  }
  const next = { uid: resource.metadata.uid ?? '', status: status as Readonly<Record<string, unknown>> };
  return { outcome: 'done', resource: withStatus(resource, next) };
}
