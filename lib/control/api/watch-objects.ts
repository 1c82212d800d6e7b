import { type DurationMs, durationMs, plus } from '../../base/brand.ts';
import type { ContentHash } from '../../base/hashing.ts';
import { matchesSelector } from '../../base/label-selector.ts';
import { type ConfigStore, newestState, type RevisionState, stateAt } from '../config/config-store.ts';
import { allObjects, existingObjects, type ExistingObject } from '../config/existing-objects.ts';
import { diffTries } from '../revisions/read-trie.ts';
import { byKey, splitKey, toResource } from '../revisions/stored-object.ts';
import type { WithConditions } from '../status/object-sights.ts';
import { type ListQuery, readCount } from './list-query.ts';
import type { ObjectPath } from './object-path.ts';
import { contentTypeOf, printList, printObject, type Printing } from './print-objects.ts';
import { failure } from './status-body.ts';
import { type ObjectChange, type WatchedStatus, watchedStatus } from './watched-status.ts';

export interface WatchRequest {
  readonly path: ObjectPath;
  readonly wanted: ListQuery;
  readonly query: URLSearchParams;
  /** It ends after this time unless it asks for less; the client opens the next one where it ended. */
  readonly longestWatch: DurationMs;
  /** It ends when this is false. */
  readonly isServing: () => boolean;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  /** In which form objects are shown. */
  readonly printing: Printing;
  /** A change of these is an event as well. */
  readonly withConditions: WithConditions;
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
 * A change of conditions is an event of an object that did not change itself.
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
  const status = await statusFrom(store, request, start);
  let seen = start;
  for (;;) {
    const newest = await newestState(store);
    const isChanged = newest.revision !== seen?.revision;
    const changes = isChanged ? await changesBetween(store, request, { before: seen, after: newest }) : [];
    const printing = { ...request.printing, now: store.clock.now() };
    for (const { type, resource } of await status.follow(changes)) {
      yield { type, object: printObject(resource, printing) };
    }
    if (seen === start && wantsInitialEvents(request.query)) yield bookmark(request, newest, INITIAL_EVENTS_END);
    seen = newest;
    if (store.clock.now() >= end || gone.aborted || request.signal.aborted || !request.isServing()) break;
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
    object: isTable ? printList([], printing, metadata) : { apiVersion, kind: names.documentKind, metadata },
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

async function statusFrom(
  store: ConfigStore,
  request: WatchRequest,
  start: RevisionState | undefined,
): Promise<WatchedStatus> {
  const { names, namespace } = request.path;
  const prefix = names.isNamespaced && namespace !== undefined ? `${names.kind}/${namespace}/` : `${names.kind}/`;
  const known = start ? await allObjects(store, start, (key) => isUnder(key, request)) : [];
  const selected = known.filter((object) => isSelected(object, request));
  return watchedStatus(store, {
    withConditions: request.withConditions,
    prefix,
    known: selected.map(({ object, stamp }) => toResource(object, stamp)),
  });
}

interface Step {
  readonly before: RevisionState | undefined;
  readonly after: RevisionState;
}

async function changesBetween(
  store: ConfigStore,
  request: WatchRequest,
  { before, after }: Step,
): Promise<readonly ObjectChange[]> {
  if (!before) {
    const all = await allObjects(store, after, (key) => isUnder(key, request));
    return all.flatMap(
      (object) => changeOf(request, { before: undefined, after: object, revision: after.revision }) ?? [],
    );
  }
  const changes = await diffTries<ContentHash>(store.reader, before.tree, after.tree);
  const keys = changes
    .map(({ key }) => key)
    .filter((key) => isUnder(key, request))
    .sort(byKey);
  const [old, later] = await Promise.all([existingObjects(store, before, keys), existingObjects(store, after, keys)]);
  return keys.flatMap((key) => {
    const change = { before: old.get(key), after: later.get(key), revision: after.revision };
    return changeOf(request, change) ?? [];
  });
}

interface Change {
  readonly before: ExistingObject | undefined;
  readonly after: ExistingObject | undefined;
  /** The revision that is newest now. */
  readonly revision: number;
}

/** An object that stops being selected is gone to its watchers, and one that begins to be is new to them. */
function changeOf(request: WatchRequest, { before, after, revision }: Change): ObjectChange | undefined {
  if (after && isSelected(after, request)) {
    const type = before && isSelected(before, request) ? 'MODIFIED' : 'ADDED';
    return { type, resource: toResource(after.object, after.stamp) };
  }
  if (!before || !isSelected(before, request)) return undefined;
  // What is gone is shown as it was, at the revision that took it away.
  return { type: 'DELETED', resource: toResource(before.object, { ...before.stamp, resourceVersion: revision }) };
}

const isSelected = ({ object }: ExistingObject, { wanted }: WatchRequest): boolean =>
  matchesSelector(wanted.labels, object.metadata.labels ?? {});

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
