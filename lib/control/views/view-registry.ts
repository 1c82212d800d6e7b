import { durationMs, epochMs, type EpochMs } from '../../base/brand.ts';
import { type ContentHash, hashOf } from '../../base/hashing.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RecordKey, Records, StoredRecord } from '../../ports/records.ts';
import type { ProxyFacts } from '../../view/proxy-facts.ts';
import type { ViewFacts, ViewKey } from '../../view/proxy-view.ts';
import { viewKey } from '../../view/view-facts.ts';
import { listAll } from '../list-all.ts';
import type { View } from '../build/worlds.ts';

/** A view that proxies poll: what a build is for (VIEW-4). Equal tasks are one registration, however many they are. */
export interface Registration {
  readonly facts: ViewFacts;
  /** One proxy of each class that has this view: classes are told apart by what the next world may tell apart. */
  readonly members: readonly ProxyFacts[];
  readonly registeredAt: EpochMs;
  /** Written once a minute at most. */
  readonly lastPolledAt: EpochMs;
}

export interface RegisteredView extends View {
  readonly stored: StoredRecord<Registration>;
}

/** A proxy that polls, with the view that it was found to have. */
export interface ProxyInView {
  readonly view: View;
  readonly facts: ProxyFacts;
  readonly nodeHash: ContentHash;
}

/**
 * The views that are built for, kept in the store. A head may be served only of a view that is registered: nobody builds the
 * others any more, and what an old head names is old.
 */
export interface ViewRegistry {
  /** Takes down that a proxy polls. Answers whether the view is registered, as far as this process knows without a look. */
  notePoll(proxy: ProxyInView): boolean;
  /** Looks whether the view is registered; throws StoreUnavailable with the store down. */
  isRegistered(proxy: ProxyInView): Promise<boolean>;
  /** Durably registers the view, unless it is. */
  register(proxy: ProxyInView): Promise<'was-there' | 'new'>;
  /** Registers a view that nobody has polled yet, because a new world told the members of another one apart. */
  adopt(view: View, from: Registration): Promise<void>;
  /** Writes that views are still polled, and by which new classes (DLV-6). */
  flush(): Promise<void>;
  /** What nobody wrote to since the last call is the very same object. */
  all(): Promise<readonly RegisteredView[]>;
  /** Forgets a view unless it was polled since it was read. */
  forget(view: RegisteredView): Promise<boolean>;
}

/** A view with nothing new is written this often. Far below every time after which one is forgotten. */
const HEARTBEAT = durationMs(60_000);
/** Classes of one view that are kept apart; of further ones the views are built when they first poll. */
const MAX_MEMBERS = 16;
/** Keeps a registration small: a page of a list holds some hundreds of the usual size. */
const MAX_MEMBER_CHARACTERS = 64 * 1024;
const REMEMBERED_VIEWS = 20_000;
const MAX_WRITE_ATTEMPTS = 3;
const PARTITION = 'views';

interface KnownView {
  readonly view: View;
  readonly classes: Set<string>;
  /** Hashes of nodes whose class is known to be registered, so that it need not be worked out with every poll. */
  readonly nodes: Set<ContentHash>;
  /** Classes that are not written yet, with a proxy of each. */
  readonly unwritten: Map<string, ProxyFacts>;
  newest: ProxyFacts;
  lastPolledAt: EpochMs;
  writtenAt: EpochMs;
}

export function viewRegistry(records: Records, clock: Pick<Clock, 'now'>): ViewRegistry {
  const known = leastRecentlyUsed<ViewKey, KnownView>({ max: REMEMBERED_VIEWS });
  let listed: ReadonlyMap<string, RegisteredView> = new Map();

  const remember = ({ view, facts }: ProxyInView, { members, lastPolledAt }: Registration): void => {
    known.set(view.key, {
      view,
      classes: new Set(members.map(classOf)),
      nodes: new Set(),
      unwritten: new Map(),
      newest: facts,
      lastPolledAt: clock.now(),
      writtenAt: lastPolledAt,
    });
  };
  const find = async (proxy: ProxyInView): Promise<boolean> => {
    const stored = await records.get<Registration>(keyOf(proxy.view.key));
    if (stored) remember(proxy, stored.record);
    return stored !== undefined;
  };
  return {
    notePoll: (proxy) => noteIn(known.get(proxy.view.key), proxy, clock.now()),
    isRegistered: find,
    async register(proxy) {
      const now = clock.now();
      const registration = { facts: proxy.view.facts, members: [proxy.facts], registeredAt: now, lastPolledAt: now };
      for (let attempt = 0; attempt < MAX_WRITE_ATTEMPTS; attempt += 1) {
        if (await find(proxy)) return 'was-there';
        if ((await records.putIf(keyOf(proxy.view.key), registration, undefined)) === undefined) continue;
        remember(proxy, registration);
        return 'new';
      }
      return 'was-there'; // whoever wrote in between registers it, too
    },
    async adopt(view, { members, lastPolledAt }) {
      // Until its own proxies poll it, it counts as one that was asked for and left. Where it is registered, it stays as it is.
      const registration = { facts: view.facts, members, registeredAt: lastPolledAt, lastPolledAt };
      await records.putIf(keyOf(view.key), registration, undefined);
    },
    async flush() {
      for (const entry of [...known.values()])
        if (isDue(entry)) await write(records, entry, () => known.delete(entry.view.key));
    },
    async all() {
      const views: RegisteredView[] = [];
      for await (const stored of listAll<Registration>(records, PARTITION)) {
        const last = listed.get(stored.id);
        const { facts } = stored.record;
        views.push(last?.stored.etag === stored.etag ? last : { key: viewKey(facts), facts, stored });
      }
      listed = new Map(views.map((view) => [view.stored.id, view]));
      return views;
    },
    forget: ({ key, stored }) => records.removeIf(keyOf(key), stored.etag),
  };
}

const keyOf = (id: ViewKey): RecordKey => ({ partition: PARTITION, id });

/** What tells two proxies apart in any world but who they are: equal tasks are one class. */
function classOf({ id: _id, ips: _ips, ...facts }: ProxyFacts): string {
  return hashOf(facts);
}

/** One proxy of each class, as many classes as are kept apart. */
export function membersByClass(members: readonly ProxyFacts[]): readonly ProxyFacts[] {
  const byClass = new Map(members.map((member) => [classOf(member), member]));
  return [...byClass.values()].slice(0, MAX_MEMBERS);
}

function noteIn(entry: KnownView | undefined, { facts, nodeHash }: ProxyInView, now: EpochMs): boolean {
  if (entry === undefined) return false;
  entry.lastPolledAt = now;
  entry.newest = facts;
  if (entry.nodes.has(nodeHash)) return true;
  const itsClass = classOf(facts);
  if (!entry.classes.has(itsClass) && entry.classes.size < MAX_MEMBERS) entry.unwritten.set(itsClass, facts);
  if (entry.nodes.size >= REMEMBERED_VIEWS) entry.nodes.clear();
  entry.nodes.add(nodeHash);
  return true;
}

const isDue = ({ unwritten, lastPolledAt, writtenAt }: KnownView): boolean =>
  unwritten.size > 0 || lastPolledAt - writtenAt >= HEARTBEAT;

/** Lays what this process heard over what is stored; a view that someone has forgotten meanwhile has to be registered anew. */
async function write(records: Records, entry: KnownView, onGone: () => void): Promise<void> {
  for (let attempt = 0; attempt < MAX_WRITE_ATTEMPTS; attempt += 1) {
    const stored = await records.get<Registration>(keyOf(entry.view.key));
    if (stored === undefined) return onGone();
    const { record } = stored;
    const taken = [...entry.unwritten.keys()];
    const next = polledAgain(record, entry);
    const isNews =
      next.members.length !== record.members.length || entry.lastPolledAt - record.lastPolledAt >= HEARTBEAT;
    if (isNews && (await records.putIf(keyOf(entry.view.key), next, stored.etag)) === undefined) continue;
    for (const member of (isNews ? next : record).members) entry.classes.add(classOf(member));
    // Also those that found no room: they are not asked for again.
    for (const itsClass of taken) {
      entry.classes.add(itsClass);
      entry.unwritten.delete(itsClass);
    }
    entry.writtenAt = isNews ? next.lastPolledAt : record.lastPolledAt;
    return;
  }
}

function polledAgain(
  { members, ...registration }: Registration,
  { newest, unwritten, lastPolledAt }: KnownView,
): Registration {
  // Of each class the proxy that polled last stands for it: the one before may be gone, and its addresses with it.
  const byClass = new Map(members.map((member) => [classOf(member), member]));
  for (const [itsClass, member] of [...unwritten, [classOf(newest), newest] as const]) {
    const isRoom =
      byClass.has(itsClass) || (byClass.size < MAX_MEMBERS && charactersOf(byClass) < MAX_MEMBER_CHARACTERS);
    if (isRoom) byClass.set(itsClass, member);
  }
  return {
    ...registration,
    members: [...byClass.values()],
    lastPolledAt: epochMs(Math.max(registration.lastPolledAt, lastPolledAt)),
  };
}

const charactersOf = (members: ReadonlyMap<string, ProxyFacts>): number => JSON.stringify([...members.values()]).length;
