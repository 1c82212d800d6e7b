import { type DurationMs, durationMs, plus } from '../../base/brand.ts';
import type { ContentHash } from '../../base/hashing.ts';
import { matchesSelector } from '../../base/label-selector.ts';
import type { Resource } from '../../resources/resource.ts';
import { type ConfigStore, newestState, type RevisionState, stateAt } from '../config/config-store.ts';
import { allObjects, existingObjects, type ExistingObject } from '../config/existing-objects.ts';
import { printDocument } from '../config/print-document.ts';
import { diffTries } from '../revisions/read-trie.ts';
import { byKey, splitKey, toResource } from '../revisions/stored-object.ts';
import { type ListQuery, readCount } from './list-query.ts';
import type { ObjectPath } from './object-path.ts';
import { failure } from './status-body.ts';

export interface WatchRequest {
  readonly path: ObjectPath;
  readonly wanted: ListQuery;
  readonly query: URLSearchParams;
  /** It ends after this time unless it asks for less; the client opens the next one where it ended. */
  readonly longestWatch: DurationMs;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

const DEFAULT_WATCH_SECONDS = 30;
/** How often the head is looked at; a change is seen at most this much later. */
const WATCH_PAUSE: DurationMs = durationMs(500);

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: unknown;
}

/**
 * Streams what happens to objects as lines of JSON, for a bounded time. It compares one head with the next, so several changes
 * of one object in between are one event, in order per object (CS-9); the last line is a bookmark if the client allows them.
 */
export async function watchObjects(store: ConfigStore, request: WatchRequest): Promise<Response> {
  const timeout = readCount(request.query, 'timeoutSeconds');
  if (!timeout.ok) return failure('BadRequest', timeout.message);
  const since = readCount(request.query, 'resourceVersion');
  if (!since.ok) return failure('BadRequest', since.message);
  const start = since.value ? await stateAt(store, since.value) : undefined;
  if (since.value && !start) return failure('Expired', `too old resource version: ${since.value}`);

  const wanted = (timeout.value || DEFAULT_WATCH_SECONDS) * 1000;
  const duration = durationMs(Math.min(wanted, request.longestWatch));
  const gone = new AbortController();
  const events = watch(store, request, { start, duration, gone: gone.signal });
  return new Response(linesOf(events, gone), { headers: { 'content-type': 'application/json' } });
}

interface WatchSpan {
  readonly start: RevisionState | undefined;
  readonly duration: DurationMs;
  /** Aborted when nobody reads the events any more. */
  readonly gone: AbortSignal;
}

async function* watch(
  store: ConfigStore,
  request: WatchRequest,
  { start, duration, gone }: WatchSpan,
): AsyncGenerator<WatchEvent, void> {
  const end = plus(store.clock.now(), duration);
  let seen = start;
  for (;;) {
    const newest = await newestState(store);
    if (newest.revision !== seen?.revision) yield* await eventsBetween(store, request, { before: seen, after: newest });
    seen = newest;
    if (store.clock.now() >= end || gone.aborted || request.signal.aborted) break;
    await store.clock.sleep(WATCH_PAUSE);
  }
  if (request.query.get('allowWatchBookmarks') === 'true') {
    const { names, apiVersion } = request.path;
    const metadata = { resourceVersion: String(seen.revision) };
    yield { type: 'BOOKMARK', object: { apiVersion, kind: names.kind, metadata } };
  }
}

interface Step {
  readonly before: RevisionState | undefined;
  readonly after: RevisionState;
}

async function eventsBetween(
  store: ConfigStore,
  request: WatchRequest,
  { before, after }: Step,
): Promise<readonly WatchEvent[]> {
  if (!before) {
    const all = await allObjects(store, after, (key) => isUnder(key, request));
    return all.flatMap(
      (object) => eventOf(request, { before: undefined, after: object, revision: after.revision }) ?? [],
    );
  }
  const changes = await diffTries<ContentHash>(store.reader, before.tree, after.tree);
  const keys = changes
    .map(({ key }) => key)
    .filter((key) => isUnder(key, request))
    .sort(byKey);
  const [old, now] = await Promise.all([existingObjects(store, before, keys), existingObjects(store, after, keys)]);
  return keys.flatMap((key) => {
    const change = { before: old.get(key), after: now.get(key), revision: after.revision };
    return eventOf(request, change) ?? [];
  });
}

interface Change {
  readonly before: ExistingObject | undefined;
  readonly after: ExistingObject | undefined;
  /** The revision that is newest now. */
  readonly revision: number;
}

/** An object that stops being selected is gone to its watchers, and one that begins to be is new to them. */
function eventOf(request: WatchRequest, { before, after, revision }: Change): WatchEvent | undefined {
  const isSelected = (object: ExistingObject | undefined): object is ExistingObject =>
    object !== undefined && matchesSelector(request.wanted.labels, object.object.metadata.labels ?? {});
  const shown = (resource: Resource): unknown => printDocument(resource, request.path.apiVersion);
  if (isSelected(after)) {
    const type = isSelected(before) ? 'MODIFIED' : 'ADDED';
    return { type, object: shown(toResource(after.object, after.stamp)) };
  }
  if (!isSelected(before)) return undefined;
  // What is gone is shown as it was, at the revision that took it away.
  const stamp = { ...before.stamp, resourceVersion: revision };
  return { type: 'DELETED', object: shown(toResource(before.object, stamp)) };
}

function isUnder(key: string, { path, wanted }: WatchRequest): boolean {
  const { kind, namespace, name } = splitKey(key);
  const isInPlace = !path.names.isNamespaced || path.namespace === undefined || path.namespace === namespace;
  return kind === path.names.kind && isInPlace && wanted.isWanted(namespace, name);
}

function linesOf(events: AsyncGenerator<WatchEvent, void>, gone: AbortController): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const next = await events.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(`${JSON.stringify(next.value)}\n`));
    },
    cancel: () => gone.abort(),
  });
}
