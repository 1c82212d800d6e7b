import type { DurationMs } from '../../base/brand.ts';
import { type Decision, decide, missingNames, type Offer, partsOf } from '../../delivery/decide.ts';
import type { Poll } from '../../delivery/read-poll.ts';
import {
  channelOf,
  isAtRest,
  type SeenPoll,
  type ServedPoll,
  servePoll,
  type Standing,
} from '../../delivery/serve-poll.ts';
import { isSameTrail, newTrail } from '../../delivery/trail.ts';
import type { XdsType } from '../../envoy/envoy-resource.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { StoreUnavailable } from '../../ports/store-errors.ts';
import { echoedVersion } from '../../snapshot/version-info.ts';
import type { ProxyFacts } from '../../view/proxy-facts.ts';
import { offerFor } from './offer.ts';
import type { NotedChange } from './held-proxy.ts';
import type { PollingProxy } from './proxy-state.ts';
import type { Plan, ProxyStates } from './proxy-states.ts';
import type { SetHashes } from './set-hashes.ts';
import type { Head } from '../build/served-heads.ts';
import { ForgottenStep, loadContents, offerOfClusters } from './step-contents.ts';
import type { StoredSnapshots } from '../build/stored-snapshots.ts';
import type { View } from '../build/worlds.ts';

export interface OrderPorts {
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly snapshots: StoredSnapshots;
  readonly hashesIn: SetHashes;
  readonly states: ProxyStates;
  /** Whether this is the only process that answers polls. */
  readonly hearsAllPolls: boolean;
  /** By how much what is known of the polls of a proxy may be out of date. */
  readonly slack: DurationMs;
}

/** A poll of a type that the product makes, with the view of its proxy and the head that this process saw last. */
export interface PollInView {
  readonly poll: Poll;
  readonly type: XdsType;
  readonly facts: ProxyFacts;
  readonly view: View;
  readonly seen: Head;
  /** The head that the proxy's view has at this moment; throws StoreUnavailable with the store down. */
  readonly lookAgain: () => Promise<Head>;
}

export interface AnswerInOrder {
  readonly head: Head;
  readonly decision: Decision;
  /** What the poll was news of; nothing when everything is at rest. */
  readonly change: NotedChange | undefined;
}

/**
 * Answers one poll in the order that keeps a proxy whole (SNAP-3). A poll at rest costs nothing more than the version that it asks
 * for (DLV-1). Before anything is sent the head is read again, so that two processes that looked at different moments never
 * send a proxy back and forth. `undefined` while nobody can say what a running proxy's new loop may be given.
 */
export async function answerInOrder(ports: OrderPorts, asked: PollInView): Promise<AnswerInOrder | undefined> {
  const { poll, seen, facts } = asked;
  const offer = await offerFor(ports.snapshots, seen.manifest, { type: asked.type, names: poll.names });
  const polling = pollingProxy(ports, asked);
  const current = versionOffered(poll, offer);
  const known = await ports.states.standing(facts);
  if (isAtRest(known, seenPoll(ports, asked, seen), current)) {
    await ports.states.touch(polling);
    return { head: seen, decision: keep(poll), change: undefined };
  }
  const planned = await ports.states.plan(polling, (standing) => planAnswer(ports, asked, standing));
  if (planned.outcome === 'planned') return { ...planned.answer, change: planned.change };
  // What others do not know of must change nothing. A proxy that starts gets the newest that there is; a loop that a running one
  // opens may be for what it has of an older snapshot, so it waits.
  if (poll.versionInfo !== '') return { head: seen, decision: keep(poll), change: undefined };
  const isRunning = poll.names.length > 0 && known.trail?.clusters?.shown !== undefined;
  return isRunning ? undefined : { head: seen, decision: decide(poll, offer), change: undefined };
}

function pollingProxy({ clock }: OrderPorts, { poll, facts, view }: PollInView): PollingProxy {
  const channel = channelOf(poll.type.path, poll.names);
  return { facts, nodeHash: poll.nodeHash, viewKey: view.key, channel, at: clock.now() };
}

function seenPoll({ clock, slack }: OrderPorts, { poll, type, facts }: PollInView, head: Head): SeenPoll {
  const { names, versionInfo: carried, rejection: refusal } = poll;
  return { type, names, carried, refusal, now: clock.now(), refresh: facts.refresh, slack, newest: head.manifest };
}

/** What the snapshot has of what a poll asks for; `undefined` when it has nothing of it. */
function versionOffered(poll: Poll, offer: Offer): Decision['versionInfo'] | undefined {
  const asked = { ...poll, versionInfo: '' };
  const isMissing = poll.names.length > 0 && missingNames(asked, offer).length === poll.names.length;
  return isMissing ? undefined : decide(asked, offer).versionInfo;
}

const keep = ({ versionInfo }: Poll): Decision => ({ answer: 'up-to-date', versionInfo: echoedVersion(versionInfo) });

type Answer = Omit<AnswerInOrder, 'change'>;

async function planAnswer(ports: OrderPorts, asked: PollInView, standing: Standing): Promise<Plan<Answer>> {
  const { seen } = asked;
  // Where others answer too, what they wrote of the proxy may come of a newer head than this process has seen.
  const first = ports.hearsAllPolls ? seen : await asked.lookAgain();
  const served = await serveFrom(ports, asked, { standing, head: first });
  if (served.from.length === 0 || !ports.hearsAllPolls) return planOf(ports, asked, { standing, served, head: first });
  const newest = await lookAgainOr(asked, first);
  if (newest.manifest === first.manifest) return planOf(ports, asked, { standing, served, head: newest });
  const again = await serveFrom(ports, asked, { standing, head: newest });
  return planOf(ports, asked, { standing, served: again, head: newest });
}

/** Of a process that is the only one: with the store down nobody has seen anything newer (DLV-8). */
async function lookAgainOr({ lookAgain }: PollInView, seen: Head): Promise<Head> {
  try {
    return await lookAgain();
  } catch (error) {
    if (error instanceof StoreUnavailable) return seen;
    throw error;
  }
}

interface From {
  readonly standing: Standing;
  readonly head: Head;
}

async function serveFrom(ports: OrderPorts, asked: PollInView, { standing, head }: From): Promise<ServedPoll> {
  const poll = seenPoll(ports, asked, head);
  try {
    return servePoll(standing, poll, await loadContents(ports, standing, poll));
  } catch (error) {
    if (!(error instanceof ForgottenStep)) throw error;
    // Nobody can say any more what the proxy runs: order begins anew from the newest.
    ports.log.warn('step-forgotten', { proxy: asked.facts.id, manifest: error.key, error: error.cause });
    const anew = { channels: standing.channels, trail: newTrail(head.manifest, poll.now) };
    return servePoll(anew, poll, await loadContents(ports, anew, poll));
  }
}

interface Serving extends From {
  readonly served: ServedPoll;
}

async function planOf(
  ports: OrderPorts,
  asked: PollInView,
  { standing, served, head }: Serving,
): Promise<Plan<Answer>> {
  const { poll, type } = asked;
  const { versionInfo, from } = served;
  const decision: Decision =
    from.length === 0
      ? keep(poll)
      : { answer: 'send', versionInfo, parts: partsOf(poll, await offerOf(ports, asked, served)) };
  const isKnown = isSameTrail(standing.trail, served.standing.trail);
  const isOrdered = type === 'clusters' || type === 'listeners' || type === 'routes';
  // A new loop for routes can only be at the one step that there is: its next poll tells which, and says so to everyone.
  const isPlain = type === 'routes' && poll.versionInfo === '' && served.standing.trail?.steps.length === 1;
  return {
    standing: isKnown && standing.trail ? { ...served.standing, trail: standing.trail } : served.standing,
    mustBeKnown: isOrdered && !isKnown && !isPlain,
    answer: { head, decision },
  };
}

async function offerOf(
  { snapshots }: OrderPorts,
  { poll, type }: PollInView,
  { from, versionInfo }: Pick<ServedPoll, 'from' | 'versionInfo'>,
): Promise<Offer> {
  const [only, ...others] = from;
  if (only === undefined) return { found: new Map() };
  return others.length > 0
    ? offerOfClusters(snapshots, from, versionInfo)
    : offerFor(snapshots, only, { type, names: poll.names });
}
