import { setTimeout as sleep } from 'node:timers/promises';
import { objectPath } from '../control/config/kind-names.ts';
import { accepted, type ApiClient } from './api-client.ts';
import type { ApiObject } from './api-object.ts';
import type { GlobalOptions } from './global-options.ts';
import type { ObjectArgument } from './object-arguments.ts';

/** Which objects of a kind are followed. */
export interface Followed extends Pick<GlobalOptions, 'namespace'> {
  readonly allNamespaces: boolean;
  readonly selector?: string;
  readonly fieldSelector?: string;
}

/** Before a watch that has ended is opened anew. */
const PAUSE_MS = 1_000;

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: ApiObject;
}

/**
 * The objects that there are, then each that changes, or goes, by itself. Never ends: a watch that ends is opened anew where it was.
 * Fails when the service is gone, or no longer knows what came in between.
 */
export async function* followObjects(
  client: ApiClient,
  { names, name }: ObjectArgument,
  { allNamespaces, namespace, selector, fieldSelector }: Followed,
): AsyncGenerator<readonly ApiObject[], never> {
  const path = objectPath(names.kind, allNamespaces ? {} : { namespace });
  if (name !== undefined) accepted(await client.ask(objectPath(names.kind, { namespace, name })));
  const named = name === undefined ? fieldSelector : `metadata.name=${name}`;
  const query = { labelSelector: selector, fieldSelector: named };
  const { items, metadata } = accepted(await client.ask(path, { query })).body as {
    readonly items: readonly ApiObject[];
    readonly metadata: { readonly resourceVersion: string };
  };
  yield items;
  let seen = Number(metadata.resourceVersion);
  for (;;) {
    // Revision 0 is before the first: to watch from there is to watch from nothing.
    const since = seen === 0 ? {} : { resourceVersion: String(seen) };
    const watched = { ...query, ...since, watch: 'true', allowWatchBookmarks: 'true' };
    for await (const event of client.lines(path, { query: watched })) {
      const { type, object } = event as WatchEvent;
      seen = Math.max(seen, Number(object.metadata.resourceVersion ?? 0));
      if (type !== 'BOOKMARK') yield [object];
    }
    await sleep(PAUSE_MS);
  }
}
