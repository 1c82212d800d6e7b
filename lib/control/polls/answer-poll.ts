import { durationMs, type DurationMs } from '../../base/brand.ts';
import { leastRecentlyUsed } from '../../base/least-recently-used.ts';
import type { PlainAnswer } from '../../base/plain-http.ts';
import { answerRefusal, answerSend, answerUpToDate, notToBeKept, type NotNow } from '../../delivery/answer.ts';
import { type Decision, decide } from '../../delivery/decide.ts';
import type { DiscoveryType } from '../../delivery/discovery-types.ts';
import { extensionLists } from '../../delivery/extension-lists.ts';
import { type Poll, readPoll, type ReadPoll } from '../../delivery/read-poll.ts';
import { channelOf } from '../../delivery/serve-poll.ts';
import type { ProxyFacts } from '../../view/proxy-facts.ts';
import type { AdmitProxy } from './admit-proxy.ts';
import { type AnswerInOrder, answerInOrder, type OrderPorts } from './answer-in-order.ts';
import { findAgain, findView, type FindViewPorts, type FoundView } from '../views/find-view.ts';
import type { Poller } from './identify-poll.ts';
import type { Metrics } from '../metrics.ts';
import { NOT_AGREED } from './not-agreed.ts';
import type { OpenSecret } from './opened-secrets.ts';
import { type AnsweredPoll, type NotePorts, tellNews } from './note-answer.ts';
import { readParts } from './offer.ts';
import type { Head } from '../build/served-heads.ts';

export interface PollPorts extends FindViewPorts, NotePorts, OrderPorts {
  readonly states: OrderPorts['states'];
  readonly metrics: Metrics;
  readonly admitProxy: AdmitProxy;
  readonly openSecret: OpenSecret;
}

/** A poll as it arrives: the path's type, the body, and how long the proxy waits for the answer, if it said so. */
export interface ArrivedPoll {
  readonly type: DiscoveryType;
  readonly text: string;
  readonly patience: DurationMs | undefined;
  readonly poller: Poller;
}

export type AnswerPoll = (arrived: ArrivedPoll) => Promise<PlainAnswer>;

/** Polls that repeat word for word, but for the extensions of their node, are read once; what is left of them has 0.5 KB. */
const REMEMBERED_POLLS = 4_096;
const MAX_REMEMBERED_CHARACTERS = 4_096;

/**
 * Answers polls. One that changes nothing costs no parse if it repeats the one before, at most one read of the head, and none
 * within the freshness time (DLV-1). Before anything is sent the head is read again, so that two processes that looked at
 * different moments never send a proxy back and forth.
 */
export function pollAnswerer(ports: PollPorts): AnswerPoll {
  const polls = leastRecentlyUsed<string, ReadPoll>({ max: REMEMBERED_POLLS });
  const lists = extensionLists();

  const readTogether = ({ type, text: whole }: ArrivedPoll): ReadPoll => {
    const text = lists.cut(whole);
    const key = `${type.path} ${text}`;
    const known = polls.get(key);
    if (known) return known;
    const read = readPoll(type, text);
    if (!read.ok) return read;
    if (key.length <= MAX_REMEMBERED_CHARACTERS) polls.set(key, read);
    else lists.learn(text);
    return read;
  };

  return async (arrived) => {
    const read = readTogether(arrived);
    if (!read.ok) return refuse(ports, arrived.type, answerRefusal(read.refusal));
    const { node, nodeHash } = read.poll;
    const admission = await ports.admitProxy({ poller: arrived.poller, node, nodeHash });
    if (!admission.ok) return refuse(ports, arrived.type, answerRefusal(admission.refusal));
    return answerRead(ports, { arrived, poll: read.poll, ...admission });
  };
}

function refuse({ metrics }: PollPorts, type: DiscoveryType, response: PlainAnswer): PlainAnswer {
  metrics.notePoll({ type: type.path, answer: 'refused', duration: durationMs(0) });
  return response;
}

function notNow({ metrics }: PollPorts, type: DiscoveryType, reason: NotNow): PlainAnswer {
  metrics.notePoll({ type: type.path, answer: 'not-now', duration: durationMs(0) });
  return answerRefusal(reason);
}

interface ReadArrival {
  readonly arrived: ArrivedPoll;
  readonly poll: Poll;
  readonly facts: ProxyFacts;
  readonly mayHaveSecrets: boolean;
}

async function answerRead(ports: PollPorts, arrival: ReadArrival): Promise<PlainAnswer> {
  const { arrived, poll, facts } = arrival;
  const started = ports.clock.now();
  const found = await findView(ports, { facts, nodeHash: poll.nodeHash });
  if (!('view' in found)) return notNow(ports, poll.type, found);
  const answer = await answerFrom(ports, arrival, found);
  if (answer === undefined) return notNow(ports, poll.type, NOT_AGREED);
  const response = await worded(ports, arrival, { found, answer });
  const duration = durationMs(ports.clock.now() - started);
  // An answer that comes when the proxy has stopped waiting was not given: the next poll cannot show it.
  if (arrived.patience !== undefined && duration >= arrived.patience) await noteLate(ports, arrival, found);
  else if (answer.change) tellNews(ports, answered(arrival, found, { answer, duration }), answer.change);
  ports.metrics.notePoll({ type: poll.type.path, answer: answer.decision.answer, duration });
  return response;
}

/**
 * Of a type that nothing in the product makes the answer is the same for everyone. So it is of secrets for a proxy that does not prove who it
 * is: there are none, and what waits for one goes on without.
 */
async function answerFrom(
  ports: PollPorts,
  { poll, facts, mayHaveSecrets }: ReadArrival,
  found: FoundView,
): Promise<AnswerInOrder | undefined> {
  const { xdsType } = poll.type;
  const { view, head } = found;
  const isNobodys = xdsType === undefined || (xdsType === 'secrets' && !mayHaveSecrets);
  if (!isNobodys) {
    const lookAgain = async (): Promise<Head> =>
      (await findAgain(ports, { facts, nodeHash: poll.nodeHash }, found)).head;
    return answerInOrder(ports, { poll, type: xdsType, facts, view, seen: head, lookAgain });
  }
  const decision = decide(poll, { found: new Map() });
  const { versionInfo: carried, nodeHash } = poll;
  const noted = {
    facts,
    nodeHash,
    viewKey: view.key,
    channel: channelOf(poll.type.path, poll.names),
    at: ports.clock.now(),
  };
  const change = await ports.states.note({ ...noted, carried, answered: decision.versionInfo });
  return { head, decision, change };
}

interface FoundAnswer {
  readonly found: FoundView;
  readonly answer: AnswerInOrder;
}

/** An answer whose bodies cannot be read is not given, though it was taken down as if it were. */
async function worded(ports: PollPorts, arrival: ReadArrival, { found, answer }: FoundAnswer): Promise<PlainAnswer> {
  try {
    return await word(ports, arrival.poll, answer.decision);
  } catch (error) {
    await noteLate(ports, arrival, found);
    throw error;
  }
}

async function noteLate(
  { states, clock }: PollPorts,
  { poll, facts }: ReadArrival,
  { view }: FoundView,
): Promise<void> {
  const channel = channelOf(poll.type.path, poll.names);
  await states.noteLate({ facts, nodeHash: poll.nodeHash, viewKey: view.key, channel, at: clock.now() });
}

function answered(
  { poll, facts }: ReadArrival,
  { view }: FoundView,
  { answer, duration }: { readonly answer: AnswerInOrder; readonly duration: DurationMs },
): AnsweredPoll {
  const { head, decision } = answer;
  return {
    ...{ facts, nodeHash: poll.nodeHash, view, head, type: poll.type, channel: channelOf(poll.type.path, poll.names) },
    ...{ carried: poll.versionInfo, answered: decision.versionInfo, answer: decision.answer, duration },
  };
}

async function word(ports: PollPorts, poll: Poll, decision: Decision): Promise<PlainAnswer> {
  if (decision.answer === 'up-to-date') return answerUpToDate(decision.versionInfo);
  const isSecret = poll.type.xdsType === 'secrets';
  const read = await readParts(ports.snapshots, decision.parts);
  const bodies = isSecret ? await Promise.all(read.map(ports.openSecret)) : read;
  if (isSecret && bodies.length < poll.names.length) ports.metrics.noteSecretErrors(poll.names.length - bodies.length);
  ports.metrics.noteSent(
    poll.type.path,
    bodies.flat().reduce((bytes, body) => bytes + body.length, 0),
  );
  const answer = answerSend(poll.type.typeUrl, decision.versionInfo, bodies);
  return isSecret ? notToBeKept(answer) : answer;
}
