import { durationMs, type DurationMs } from '../base/brand.ts';
import { leastRecentlyUsed } from '../base/least-recently-used.ts';
import { answerRefusal, answerSend, answerUpToDate } from '../delivery/answer.ts';
import { type Decision, decide, missingNames } from '../delivery/decide.ts';
import type { DiscoveryType } from '../delivery/discovery-types.ts';
import { type Poll, readPoll, type ReadPoll } from '../delivery/read-poll.ts';
import type { ProxyFacts } from '../view/proxy-facts.ts';
import type { AdmitProxy } from './admit-proxy.ts';
import { findView, type FindViewPorts, NOT_BUILT_YET } from './find-view.ts';
import type { Metrics } from './metrics.ts';
import type { Head, ServedHeads } from './served-heads.ts';
import { noteAnswer, type NotePorts } from './note-answer.ts';
import { offerFor, sentBytes } from './offer.ts';
import type { StoredSnapshots } from './stored-snapshots.ts';
import type { View } from './worlds.ts';

export interface PollPorts extends FindViewPorts, NotePorts {
  readonly metrics: Metrics;
  readonly heads: ServedHeads;
  readonly snapshots: StoredSnapshots;
  readonly admitProxy: AdmitProxy;
}

/** A poll as it arrives: the path's type, the body, and how long the proxy waits for the answer, if it said so. */
export interface ArrivedPoll {
  readonly type: DiscoveryType;
  readonly text: string;
  readonly patience: DurationMs | undefined;
}

export type AnswerPoll = (arrived: ArrivedPoll) => Promise<Response>;

/** Polls that repeat word for word are read once; only what our bootstraps send (0.5 KB) is short enough to be worth it. */
const REMEMBERED_POLLS = 4_096;
const MAX_REMEMBERED_CHARACTERS = 4_096;

/**
 * Answers polls. One that changes nothing costs no parse if it repeats the one before, at most one read of the head, and none
 * within the freshness time (DLV-1). Before anything is sent the head is read again, so that two processes that looked at
 * different moments never send a proxy back and forth.
 */
export function pollAnswerer(ports: PollPorts): AnswerPoll {
  const polls = leastRecentlyUsed<string, ReadPoll>({ max: REMEMBERED_POLLS });

  const readTogether = ({ type, text }: ArrivedPoll): ReadPoll => {
    const key = `${type.path} ${text}`;
    const known = polls.get(key);
    if (known) return known;
    const read = readPoll(type, text);
    if (read.ok && key.length <= MAX_REMEMBERED_CHARACTERS) polls.set(key, read);
    return read;
  };

  return async (arrived) => {
    const read = readTogether(arrived);
    if (!read.ok) return refuse(ports, arrived.type, answerRefusal(read.refusal));
    const { node, nodeHash } = read.poll;
    const admission = ports.admitProxy(node, nodeHash);
    if (!admission.ok) return refuse(ports, arrived.type, answerRefusal(admission.refusal));
    return answerRead(ports, { arrived, poll: read.poll, facts: admission.facts });
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
    ports.metrics.notePoll({ type: poll.type.path, answer: 'not-now', duration: durationMs(0) });
    return answerRefusal(NOT_BUILT_YET);
  }
  const { view } = found;
  const { head, decision } = await decideOnNewest(ports, { poll, view, served: found.head });
  const response = await word(ports, poll, decision);
  const at = ports.clock.now();
  const duration = durationMs(at - started);
  // An answer that comes when the proxy has stopped waiting was not given: the next poll cannot show it.
  if (arrived.patience === undefined || duration < arrived.patience) {
    const exchange = { carried: poll.versionInfo, answered: decision.versionInfo, answer: decision.answer, duration };
    await noteAnswer(ports, {
      ...{ facts, nodeHash: poll.nodeHash, view, head },
      ...{ type: poll.type, channel: channelOf(poll), ...exchange },
    });
  }
  ports.metrics.notePoll({ type: poll.type.path, answer: decision.answer, duration });
  return response;
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

/** The poll loop that a poll belongs to: Envoy has one per whole set and one per name of the others. */
function channelOf({ type, names }: Poll): string {
  return type.xdsType === undefined || names.length === 0 ? type.path : `${type.path}/${names.join(',')}`;
}
