import { type DurationMs, durationMs, type EpochMs, plus } from '../../base/brand.ts';
import type { ContentHash } from '../../base/hashing.ts';
import { matchesSelector } from '../../base/label-selector.ts';
import type { Resource } from '../../resources/resource.ts';
import { type ConfigStore, newestState, type RevisionState, stateAt } from '../config/config-store.ts';
import { allObjects, existingObjects, type ExistingObject } from '../config/existing-objects.ts';
import { diffTries } from '../revisions/read-trie.ts';
import { byKey, splitKey, toResource } from '../revisions/stored-object.ts';
import { type ListQuery, readCount } from './list-query.ts';
import type { ObjectPath } from './object-path.ts';
import { contentTypeOf, printList, printObject, type Printing } from './print-objects.ts';
import { failure } from './status-body.ts';

export interface WatchRequest {
  readonly path: ObjectPath;
  readonly wanted: ListQuery;
  readonly query: URLSearchParams;
  /** It ends after this time unless it asks for less; the client opens the next one where it ended. */
  readonly longestWatch: DurationMs;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  /** In which form objects are shown. */
  readonly printing: Printing;
}

/** How often the head is looked at; a change is seen at most this much later. */
const WATCH_PAUSE: DurationMs = durationMs(500);

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: object;
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

  const wanted = timeout.value ? timeout.value * 1000 : request.longestWatch;
  const duration = durationMs(Math.min(wanted, request.longestWatch));
  const gone = new AbortController();
  const events = watch(store, request, { start, duration, gone: gone.signal });
  return new Response(linesOf(columnsOnce(events), gone), {
    headers: { 'content-type': contentTypeOf(request.printing.form) },
  });
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
    if (seen === start && wantsInitialEvents(request.query)) yield bookmark(request, newest, INITIAL_EVENTS_END);
    seen = newest;
    if (store.clock.now() >= end || gone.aborted || request.signal.aborted) break;
    await store.clock.sleep(WATCH_PAUSE);
  }
  if (request.query.get('allowWatchBookmarks') === 'true') yield bookmark(request, seen);
}

/** Tells a client that it has seen all there was when it began: it lists by watching. Source: Kubernetes, "Streaming lists". */
const INITIAL_EVENTS_END = { annotations: { 'k8s.io/initial-events-end': 'true' } };

const wantsInitialEvents = (query: URLSearchParams): boolean =>
  query.get('sendInitialEvents') === 'true' && query.get('allowWatchBookmarks') === 'true';

function bookmark({ path, printing }: WatchRequest, { revision }: RevisionState, more: object = {}): WatchEvent {
  const metadata = { resourceVersion: String(revision), ...more };
  const { names, apiVersion } = path;
  const isTable = printing.form.as === 'table';
  return {
    type: 'BOOKMARK',
    object: isTable ? printList([], printing, metadata) : { apiVersion, kind: names.kind, metadata },
  };
}

/** The columns of tables go with the first event alone, or kubectl would print its headings again and again. */
async function* columnsOnce(events: AsyncGenerator<WatchEvent, void>): AsyncGenerator<WatchEvent, void> {
  let isFirst = true;
  for await (const { type, object } of events) {
    yield { type, object: isFirst || !('columnDefinitions' in object) ? object : { ...object, columnDefinitions: [] } };
    isFirst = false;
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
  const now = store.clock.now();
  if (!before) {
    const all = await allObjects(store, after, (key) => isUnder(key, request));
    return all.flatMap(
      (object) => eventOf(request, { before: undefined, after: object, revision: after.revision, now }) ?? [],
    );
  }
  const changes = await diffTries<ContentHash>(store.reader, before.tree, after.tree);
  const keys = changes
    .map(({ key }) => key)
    .filter((key) => isUnder(key, request))
    .sort(byKey);
  const [old, later] = await Promise.all([existingObjects(store, before, keys), existingObjects(store, after, keys)]);
  return keys.flatMap((key) => {
    const change = { before: old.get(key), after: later.get(key), revision: after.revision, now };
    return eventOf(request, change) ?? [];
  });
}

interface Change {
  readonly before: ExistingObject | undefined;
  readonly after: ExistingObject | undefined;
  /** The revision that is newest now. */
  readonly revision: number;
  readonly now: EpochMs;
}

/** An object that stops being selected is gone to its watchers, and one that begins to be is new to them. */
function eventOf(request: WatchRequest, { before, after, revision, now }: Change): WatchEvent | undefined {
  const isSelected = (object: ExistingObject | undefined): object is ExistingObject =>
    object !== undefined && matchesSelector(request.wanted.labels, object.object.metadata.labels ?? {});
  const shown = (resource: Resource): object => printObject(resource, { ...request.printing, now });
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
