import { type ContentHash, hashBytes } from '../../../lib/base/hashing.ts';
import { noEndpoints } from './wanted.ts';
import type { History, PollAnswered } from './history.ts';
import { type ServedFrom, servedIn } from './served-in-history.ts';

/**
 * Whether no proxy is ever handed something older than what it has (DLV-8, SNAP-3): of every resource, what its answers show one
 * after the other must be what its view served, one after the other. Where one answer tells everything that a client keeps, it has
 * to be all of one snapshot, and none before the last (DLV-3).
 */
export function checkGoingBack(history: History): readonly string[] {
  const end = history.findLast(({ what }) => what === 'end');
  if (end?.what !== 'end') return [];
  const views = new Map(end.pollers.map(({ poller, viewKey }) => [poller, viewKey]));
  const served = servedIn(history);
  const places = new Map<string, number>();
  return history.flatMap((event) => {
    if (event.what !== 'polled' || event.shows === undefined) return [];
    const view = served.get(views.get(event.poller) ?? '');
    if (view === undefined) return [];
    const known = view.filter(({ at }) => at <= event.at);
    return event.asked.isOfOne ? checkWhole(event, known, places) : checkEach(event, known, places);
  });
}

type Shown = PollAnswered & { readonly at: number };

function checkWhole(event: Shown, served: readonly ServedFrom[], places: Map<string, number>): readonly string[] {
  const { poller, channel, machine } = event;
  const shows = hashesIn(event);
  const from = places.get(poller) ?? 0;
  const isAll = ({ bodies }: ServedFrom): boolean =>
    [...bodies].every(([name, hash]) => !KEPT.test(name) || shows.get(name) === hash) &&
    [...shows.keys()].every((name) => bodies.has(name));
  const place = served.findIndex((one, index) => index >= from && isAll(one));
  if (place >= 0) {
    places.set(poller, place);
    return [];
  }
  const older = served.findIndex(isAll);
  return older < 0
    ? [`${machine} answered ${poller}'s poll for ${channel} with parts of several snapshots`]
    : [`${machine} took ${poller} back from snapshot ${from} to ${older} of its view`];
}

/** Of the types that clients keep. */
const KEPT = /^(clusters|endpoints|listeners|routes)\//;

function checkEach(event: Shown, served: readonly ServedFrom[], places: Map<string, number>): readonly string[] {
  const { poller, channel, machine, asked } = event;
  const shows = hashesIn(event);
  // What it had before and has no more, it was told to drop.
  const names = new Set([...shows.keys(), ...knownOf(places, `${poller} ${channel} `)]);
  return [...names].flatMap((name) => {
    const key = `${poller} ${channel} ${name}`;
    const from = asked.carried === '' ? 0 : (places.get(key) ?? 0);
    const place = served.findIndex(({ bodies }, index) => index >= from && bodies.get(name) === shows.get(name));
    if (place >= 0) {
      places.set(key, place);
      return [];
    }
    const now = shows.has(name) ? 'has' : 'has not';
    return [`${machine} took ${poller} back: it ${now} ${name} as its view served it before snapshot ${from}`];
  });
}

const knownOf = (places: ReadonlyMap<string, number>, start: string): readonly string[] =>
  [...places.keys()].filter((key) => key.startsWith(start)).map((key) => key.slice(start.length));

/** What stands for a name of which the view has nothing counts as nothing (PX-12). */
function hashesIn({ shows }: Shown): ReadonlyMap<string, ContentHash> {
  const isNothing = (key: string, text: string): boolean =>
    key.startsWith('endpoints/') && text === noEndpoints(key.slice('endpoints/'.length));
  const something = [...(shows ?? [])].filter(([key, text]) => !isNothing(key, text));
  return new Map(something.map(([key, text]) => [key, hashBytes(text)]));
}
