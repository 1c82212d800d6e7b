import { durationMs, type DurationMs } from '../base/brand.ts';
import type { ContentHash } from '../base/hashing.ts';
import type { Checked } from '../base/issue.ts';
import { leastRecentlyUsed } from '../base/least-recently-used.ts';
import { answerRefusal, answerSend, answerUpToDate } from '../delivery/answer.ts';
import { type Decision, decide, missingNames } from '../delivery/decide.ts';
import type { DiscoveryType } from '../delivery/discovery-types.ts';
import { pollLimit } from '../delivery/poll-limit.ts';
import { type Poll, type PolledNode, readPoll, type ReadPoll } from '../delivery/read-poll.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ProxyFacts } from '../view/proxy-facts.ts';
import type { Builder } from './build-views.ts';
import type { Metrics } from './metrics.ts';
import type { ProxyStates } from './proxy-states.ts';
import type { Head, ServedHeads } from './served-heads.ts';
import { offerFor, sentBytes } from './offer.ts';
import type { StoredSnapshots } from './stored-snapshots.ts';
import type { View, Worlds } from './worlds.ts';

export interface PollPorts {
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly worlds: Worlds;
  readonly heads: ServedHeads;
  readonly snapshots: StoredSnapshots;
  readonly states: ProxyStates;
  readonly builder: Pick<Builder, 'buildOnDemand'>;
  /** Facts of a node, or what is wrong with it. */
  readonly readNode: (node: PolledNode) => Checked<ProxyFacts>;
}

/** A poll as it arrives: the path's type, the body, and how long the proxy waits for the answer, if it said so. */
export interface ArrivedPoll {
  readonly type: DiscoveryType;
  readonly text: string;
  readonly patience: DurationMs | undefined;
}

export type AnswerPoll = (arrived: ArrivedPoll) => Promise<Response>;

/** How old a world may be that tells which view a proxy has: a selector that splits views takes effect within this time. */
const WORLD_FRESHNESS = durationMs(10_000);
/** Polls that repeat word for word are read once; only what our bootstraps send (0.5 KB) is short enough to be worth it. */
const REMEMBERED_POLLS = 4_096;
const MAX_REMEMBERED_CHARACTERS = 4_096;
const REMEMBERED_NODES = 10_000;

/**
 * Answers polls. One that changes nothing costs no parse if it repeats the one before, at most one read of the head, and none
 * within the freshness time (DLV-1). Before anything is sent the head is read again, so that two processes that looked at
 * different moments never send a proxy back and forth.
 */
export function pollAnswerer(ports: PollPorts): AnswerPoll {
  const polls = leastRecentlyUsed<string, ReadPoll>({ max: REMEMBERED_POLLS });
  const nodes = leastRecentlyUsed<ContentHash, Checked<ProxyFacts>>({ max: REMEMBERED_NODES });
  const admits = pollLimit();

  const readTogether = ({ type, text }: ArrivedPoll): ReadPoll => {
    const key = `${type.path} ${text}`;
    const known = polls.get(key);
    if (known) return known;
    const read = readPoll(type, text);
    if (read.ok && key.length <= MAX_REMEMBERED_CHARACTERS) polls.set(key, read);
    return read;
  };
  const readFacts = (poll: Poll): Checked<ProxyFacts> => {
    const known = nodes.get(poll.nodeHash);
    if (known) return known;
    const facts = ports.readNode(poll.node);
    nodes.set(poll.nodeHash, facts);
    return facts;
  };

  return async (arrived) => {
    const read = readTogether(arrived);
    if (!read.ok) return refuse(ports, arrived.type, answerRefusal(read.refusal));
    const facts = readFacts(read.poll);
    if (!facts.ok) {
      const message = facts.issues.map((issue) => issue.message).join('; ');
      return refuse(ports, arrived.type, answerRefusal({ status: 400, code: 'MALFORMED_NODE', message }));
    }
    if (!admits(facts.value.id, ports.clock.now())) {
      const message = 'this proxy polls more often than any proxy needs to';
      return refuse(
        ports,
        arrived.type,
        answerRefusal({ status: 429, code: 'TOO_MANY_POLLS', message, retryAfterSeconds: 1 }),
      );
    }
    return answerRead(ports, { arrived, poll: read.poll, facts: facts.value });
  };
}

function refuse({ metrics }: PollPorts, type: DiscoveryType, response: Response): Response {
  metrics.notePoll({ type: type.path, answer: 'refused', duration: durationMs(0) });
  return response;
}

interface ReadArrival {
  readonly arrived: ArrivedPoll;
  readonly poll: Poll;
  readonly facts: ProxyFacts;
}

async function answerRead(ports: PollPorts, { arrived, poll, facts }: ReadArrival): Promise<Response> {
  const started = ports.clock.now();
  const found = await findView(ports, facts, poll.nodeHash);
  if (found === undefined) {
    const message = 'this view is not built yet; poll again';
    ports.metrics.notePoll({ type: poll.type.path, answer: 'not-now', duration: durationMs(0) });
    return answerRefusal({ status: 503, code: 'NOT_BUILT_YET', message, retryAfterSeconds: 1 });
  }
  const { view } = found;
  const { head, decision } = await decideOnNewest(ports, { poll, view, served: found.head });
  const response = await word(ports, poll, decision);
  const at = ports.clock.now();
  const duration = durationMs(at - started);
  // An answer that comes when the proxy has stopped waiting was not given: the next poll cannot show it.
  if (arrived.patience === undefined || duration < arrived.patience) {
    await noteAnswer(ports, { poll, facts, view, head, decision, duration });
  }
  ports.metrics.notePoll({ type: poll.type.path, answer: decision.answer, duration });
  return response;
}

interface FoundView {
  readonly view: View;
  readonly head: Head;
}

/** The view of a proxy and its head; a view that has none is built within the poll, in the newest world (VIEW-4). */
async function findView(ports: PollPorts, facts: ProxyFacts, nodeHash: ContentHash): Promise<FoundView | undefined> {
  const recent = (await ports.worlds.recent(WORLD_FRESHNESS)).viewOf(facts, nodeHash);
  const seen = await ports.heads.look(recent.key);
  if (seen.isStale) ports.metrics.noteStaleHead();
  if (seen.stored) return { view: recent, head: seen.stored.record };

  const world = await ports.worlds.newest();
  const view = world.viewOf(facts, nodeHash);
  await ports.builder.buildOnDemand(view, world);
  const built = (await ports.heads.look(view.key)).stored;
  return built && { view, head: built.record };
}

interface Served {
  readonly poll: Poll;
  readonly view: View;
  readonly served: Head;
}

async function decideOnNewest(
  ports: PollPorts,
  { poll, view, served }: Served,
): Promise<{ readonly head: Head; readonly decision: Decision }> {
  const asked = { type: poll.type.xdsType, names: poll.names };
  const offer = await offerFor(ports.snapshots, served.manifest, asked);
  const first = decide(poll, offer);
  if (first.answer === 'up-to-date' && missingNames(poll, offer).length === 0) return { head: served, decision: first };
  const newest = await ports.heads.lookAgain(view.key);
  const head = newest?.record ?? served;
  if (head.manifest === served.manifest) return { head, decision: first };
  return { head, decision: decide(poll, await offerFor(ports.snapshots, head.manifest, asked)) };
}

async function word(ports: PollPorts, poll: Poll, decision: Decision): Promise<Response> {
  if (decision.answer === 'up-to-date') return answerUpToDate(decision.versionInfo);
  const bodies = await Promise.all(decision.parts.map((part) => sentBytes(ports.snapshots, part)));
  ports.metrics.noteSent(
    poll.type.path,
    bodies.reduce((bytes, body) => bytes + body.length, 0),
  );
  return answerSend(poll.type.typeUrl, decision.versionInfo, bodies);
}

interface Answered extends Pick<ReadArrival, 'poll' | 'facts'> {
  readonly view: View;
  readonly head: Head;
  readonly decision: Decision;
  readonly duration: DurationMs;
}

async function noteAnswer(ports: PollPorts, { poll, facts, view, head, decision, duration }: Answered): Promise<void> {
  const at = ports.clock.now();
  const { isFirstPoll, before, after } = await ports.states.note({
    facts,
    nodeHash: poll.nodeHash,
    viewKey: view.key,
    channel: channelOf(poll),
    carried: poll.versionInfo,
    answered: decision.versionInfo,
    at,
  });
  const { id, type, namespace } = facts;
  if (isFirstPoll) {
    const sent = { revision: head.revision, channel: channelOf(poll), answer: decision.answer, ms: duration };
    ports.log.info('first-poll', { proxy: id, type, namespace, view: view.key, ...sent });
  }
  if (after.rejected !== undefined && after.rejected !== before?.rejected) {
    ports.metrics.noteRejected(poll.type.path);
    ports.log.warn('rejected', { proxy: id, channel: channelOf(poll), versionInfo: after.rejected });
  }
  const hasTaken =
    before !== undefined && before.acked !== '' && after.acked === after.sent && before.acked !== after.acked;
  if (hasTaken) ports.metrics.noteConvergence(durationMs(at - head.publishedAt));
}

/** The poll loop that a poll belongs to: Envoy has one per whole set and one per name of the others. */
function channelOf({ type, names }: Poll): string {
  return type.xdsType === undefined || names.length === 0 ? type.path : `${type.path}/${names.join(',')}`;
}
