import { type DurationMs, durationMs, epochMs, type EpochMs } from '../../base/brand.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ProxyFacts } from '../../view/proxy-facts.ts';
import type { OwnPort, ViewFacts, ViewKey } from '../../view/proxy-view.ts';
import { type ViewSplit, viewFacts, viewKey } from '../../view/view-facts.ts';
import type { ServedPorts } from '../../world/served-ports.ts';
import { forgetView, type ForgetPorts } from './forget-view.ts';
import { membersByClass, type RegisteredView, type Registration, type ViewRegistry } from './view-registry.ts';
import type { View, WorldAt } from '../build/worlds.ts';

/** After how long a view is forgotten that nobody polls (VIEW-4). */
export interface ViewRetention {
  /** One that was polled for a while: a service that sleeps at night finds its snapshot in the morning. */
  readonly polled: DurationMs;
  /** One that a proxy asked for and did not come back to, or that no proxy can be told to have any more. */
  readonly abandoned: DurationMs;
}

export const VIEW_RETENTION: ViewRetention = {
  polled: durationMs(24 * 60 * 60_000),
  abandoned: durationMs(10 * 60_000),
};
/** Two heartbeats and more: whoever polls for longer is no passer-by. */
const PASSING = durationMs(3 * 60_000);

export function isExpired(
  { registeredAt, lastPolledAt }: Registration,
  now: EpochMs,
  retention = VIEW_RETENTION,
): boolean {
  const wasPassing = lastPolledAt - registeredAt < PASSING;
  return now - lastPolledAt >= (wasPassing ? retention.abandoned : retention.polled);
}

export interface ViewsToBuildPorts extends ForgetPorts {
  readonly registry: Pick<ViewRegistry, 'all' | 'adopt' | 'forget'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * The views that a build of a world is for. Where the world tells proxies apart, or no longer tells them apart, that had one view
 * or several, the views that they have in it are registered before they are built, so that their next poll finds them ready.
 */
export function viewsToBuild(ports: ViewsToBuildPorts): (world: WorldAt) => Promise<readonly View[]> {
  const derive = viewDeriver();
  return async ({ world }) => {
    const { registry, clock } = ports;
    const now = clock.now();
    const registered = (await registry.all()).filter(({ stored }) => !isExpired(stored.record, now));
    const derived = derivedViews(registered, (registration) => derive(world, registration));
    const keys = new Set(registered.map(({ key }) => key));
    for (const [key, { view, from }] of derived) if (!keys.has(key)) await registry.adopt(view, from);
    const views = new Map<ViewKey, View>([...derived].map(([key, { view }]) => [key, view]));
    for (const view of registered.filter(({ key }) => !derived.has(key))) {
      // Proxies are told their new view by an index that is seconds old at most; until then the old one is kept up to date.
      if (now - view.stored.record.lastPolledAt < VIEW_RETENTION.abandoned) views.set(view.key, view);
      else await forgetView(ports, view);
    }
    return [...views.values()];
  };
}

interface DerivedView {
  readonly view: View;
  readonly from: Registration;
}

function derivedViews(
  registered: readonly RegisteredView[],
  derive: (registration: Registration) => readonly MemberView[],
): ReadonlyMap<ViewKey, DerivedView> {
  const derived = new Map<ViewKey, DerivedView>();
  for (const { stored } of registered) {
    for (const { view, member } of derive(stored.record)) {
      const other = derived.get(view.key)?.from;
      derived.set(view.key, { view, from: joined(other, { ...stored.record, members: [member] }) });
    }
  }
  return derived;
}

function joined(one: Registration | undefined, other: Registration): Registration {
  if (one === undefined) return other;
  return {
    facts: one.facts,
    // The views of several registrations may be one in this world, and their members of one class.
    members: membersByClass([...one.members, ...other.members]),
    registeredAt: epochMs(Math.min(one.registeredAt, other.registeredAt)),
    lastPolledAt: epochMs(Math.max(one.lastPolledAt, other.lastPolledAt)),
  };
}

interface MemberView {
  readonly view: View;
  readonly member: ProxyFacts;
}

/**
 * Which views the proxies of a registration have in a world. Each member stands for many with other addresses: it may be gone,
 * and the service behind its own ports still be there, so both is answered: with the ports at its addresses, and with those which
 * the view had and which somebody still serves.
 */
function viewDeriver(): (world: ViewSplit, registration: Registration) => readonly MemberView[] {
  const remembered = new WeakMap<
    Registration,
    { readonly of: readonly unknown[]; readonly views: readonly MemberView[] }
  >();
  const portsOf = servedSets();

  const deriveNow = (world: ViewSplit, { facts, members }: Registration): readonly MemberView[] =>
    members.flatMap((member) => {
      const own = viewFacts(world, member);
      const served = portsOf(world.servedPorts.get(member.workloadNamespace) ?? NOTHING_SERVED);
      const shared: ViewFacts = { ...own, ownPorts: facts.ownPorts.filter((port) => served.has(portKey(port))) };
      const views = new Map([own, shared].map((each) => [viewKey(each), each]));
      return [...views].map(([key, each]) => ({ view: { key, facts: each }, member }));
    });
  return (world, registration) => {
    const { selectedLabels, decidingFacts, sidecarChoices, servedPorts } = world;
    const namespaces = registration.members.map(({ workloadNamespace }) => servedPorts.get(workloadNamespace));
    const of = [selectedLabels, decidingFacts, sidecarChoices, ...namespaces];
    const known = remembered.get(registration);
    if (known && known.of.every((input, index) => input === of[index])) return known.views;
    const views = deriveNow(world, registration);
    remembered.set(registration, { of, views });
    return views;
  };
}

const NOTHING_SERVED: ServedPorts = new Map();
const portKey = ({ service, port, targetPort }: OwnPort): string => `${service} ${port} ${targetPort}`;

/** What is served anywhere in a namespace; worked out once as long as nothing of it changes. */
function servedSets(): (served: ServedPorts) => ReadonlySet<string> {
  const sets = new WeakMap<ServedPorts, ReadonlySet<string>>();
  return (served) => {
    const known = sets.get(served);
    if (known) return known;
    const set = new Set([...served.values()].flatMap((ports) => ports.map(portKey)));
    sets.set(served, set);
    return set;
  };
}
