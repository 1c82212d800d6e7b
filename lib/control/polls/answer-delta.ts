import { type DurationMs, durationMs } from '../../base/brand.ts';
import type { PlainAnswer } from '../../base/plain-http.ts';
import { answerRefusal, answerPieces, answerUpToDate, notToBeKept, type NotNow } from '../../delivery/answer.ts';
import { isNoChange, nonceFor } from '../../delivery/decide-delta.ts';
import { deltaChannel } from '../../delivery/delta-channel.ts';
import { bodyBytes, type DeltaAnswer, deltaText, type ReadBody } from '../../delivery/delta-answer.ts';
import type { DiscoveryType } from '../../delivery/discovery-types.ts';
import { type DeltaPoll, type DeltaRequest, readDeltaPoll } from '../../delivery/read-delta-poll.ts';
import type { Refusal } from '../../delivery/read-poll.ts';
import { XDS_TYPES } from '../../envoy/xds-types.ts';
import { StoreUnavailable } from '../../ports/store-errors.ts';
import type { ProxyFacts } from '../../view/proxy-facts.ts';
import type { AdmitProxy } from './admit-proxy.ts';
import type { Deltas, TypeDelta } from './deltas.ts';
import { findAgain, findView, type FindViewPorts, type FoundView } from '../views/find-view.ts';
import type { Poller } from './identify-poll.ts';
import type { Metrics, PollAnswer } from '../metrics.ts';
import { NOT_AGREED } from './not-agreed.ts';
import { noteAnswer, type NotePorts } from './note-answer.ts';
import type { OpenSecret } from './opened-secrets.ts';
import type { Rejection } from './proxy-state.ts';
import type { ProxyStates } from './proxy-states.ts';
import { partReader } from './offer.ts';
import type { Head } from '../build/served-heads.ts';
import type { StoredSnapshots } from '../build/stored-snapshots.ts';
import type { View } from '../build/worlds.ts';

export interface DeltaPorts extends FindViewPorts, NotePorts {
  readonly metrics: Metrics;
  readonly states: Pick<ProxyStates, 'note' | 'noteLate'>;
  readonly snapshots: Pick<StoredSnapshots, 'bodies'>;
  readonly deltas: Deltas;
  readonly admitProxy: AdmitProxy;
  /** Whether this is the only process that answers polls. */
  readonly hearsAllPolls: boolean;
  readonly openSecret: OpenSecret;
}

/** A delta poll as it arrives: the path's type, or none for one that names many, the body, and how long the client waits. */
export interface ArrivedDelta {
  readonly type: DiscoveryType | undefined;
  readonly text: string;
  readonly patience: DurationMs | undefined;
  readonly poller: Poller;
}

export type AnswerDelta = (arrived: ArrivedDelta) => Promise<PlainAnswer>;

/**
 * Answers delta polls (DLV-3): all requests of one poll from one snapshot, so that a client which applies the answers in their
 * order never refers to what it does not have. As with other polls nothing is sent before the head was read again.
 */
export function deltaAnswerer(ports: DeltaPorts): AnswerDelta {
  return async (arrived) => {
    const read = readDeltaPoll(arrived.type, arrived.text);
    if (!read.ok) return refused(ports, arrived, answerRefusal(read.refusal));
    const { poll } = read;
    const { node, nodeHash } = poll;
    const admission = await ports.admitProxy({ poller: arrived.poller, node, nodeHash });
    if (!admission.ok) return refused(ports, arrived, answerRefusal(admission.refusal));
    return answerRead(ports, { arrived, poll, ...admission });
  };
}

/** Type under which a poll of many types is counted when it is not answered type by type. */
export const MANY_TYPES = 'delta';

function refused({ metrics }: DeltaPorts, { type }: ArrivedDelta, response: PlainAnswer): PlainAnswer {
  metrics.notePoll({ type: type?.path ?? MANY_TYPES, answer: 'refused', duration: durationMs(0) });
  return response;
}

function notNow({ metrics }: DeltaPorts, { type }: ArrivedDelta, reason: NotNow): PlainAnswer {
  metrics.notePoll({ type: type?.path ?? MANY_TYPES, answer: 'not-now', duration: durationMs(0) });
  return answerRefusal(reason);
}

interface ReadArrival {
  readonly arrived: ArrivedDelta;
  readonly poll: DeltaPoll;
  readonly facts: ProxyFacts;
  readonly mayHaveSecrets: boolean;
}

async function answerRead(ports: DeltaPorts, arrival: ReadArrival): Promise<PlainAnswer> {
  const { arrived, poll, facts, mayHaveSecrets } = arrival;
  const started = ports.clock.now();
  const found = await findView(ports, { facts, nodeHash: poll.nodeHash });
  if (!('view' in found)) return notNow(ports, arrived, found);
  const decided = await decideOnNewest(ports, { poll, facts, mayHaveSecrets, found });
  if (decided === 'unknown-state') return refused(ports, arrived, answerRefusal(UNKNOWN_STATE));
  if (decided === 'not-agreed') return notNow(ports, arrived, NOT_AGREED);
  // Worded first: what cannot be read is not taken down as sent.
  const response = await word(ports, arrived, decided);
  const duration = durationMs(ports.clock.now() - started);
  const isLate = arrived.patience !== undefined && duration >= arrived.patience;
  for (const delta of decided.deltas) {
    const noted = { ...decided, delta, duration };
    // An answer that comes when the client has stopped waiting was not given: the next poll cannot show it.
    await (isLate ? noteLate(ports, arrival, noted) : note(ports, arrival, noted));
    ports.metrics.notePoll({ type: delta.request.type.path, answer: answerTo(delta), duration });
  }
  return response;
}

/** What a client is told that says what it has by a nonce which nobody knows: the removals that it needs are not known either. */
const UNKNOWN_STATE: Refusal = {
  status: 409,
  code: 'UNKNOWN_STATE',
  message:
    'no state of these subscriptions is known by response_nonce; poll without it, with initial_resource_versions of all that you have',
};

interface RequestDelta extends TypeDelta {
  readonly request: DeltaRequest;
}

interface Decided extends FoundView {
  readonly deltas: readonly RequestDelta[];
}

interface Asked {
  readonly poll: DeltaPoll;
  readonly facts: ProxyFacts;
  readonly mayHaveSecrets: boolean;
  readonly found: FoundView;
}

type Deciding = Decided | 'unknown-state' | 'not-agreed';

async function decideOnNewest(ports: DeltaPorts, asked: Asked): Promise<Deciding> {
  const { poll, facts, found } = asked;
  const first = await decideOn(ports, asked, found);
  if (first !== 'unknown-state' && first.deltas.every(isNoChange)) return first;
  try {
    const newest = await findAgain(ports, { facts, nodeHash: poll.nodeHash }, found);
    return newest.head.manifest === found.head.manifest ? first : await decideOn(ports, asked, newest);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    // What a client has that shows something may come of a newer head, which another process has seen (DLV-8).
    return ports.hearsAllPolls || poll.requests.every(showsNothing) ? first : 'not-agreed';
  }
}

const showsNothing = ({ nonce, versions }: DeltaRequest): boolean => nonce === '' && versions.size === 0;

async function decideOn(
  { deltas }: DeltaPorts,
  { poll: { requests }, mayHaveSecrets }: Omit<Asked, 'found'>,
  { view, head }: FoundView,
): Promise<Decided | 'unknown-state'> {
  const found: RequestDelta[] = [];
  for (const request of requests) {
    const delta = await deltas(head.manifest, mayHaveSecrets ? request : withoutSecrets(request));
    if (!delta) return 'unknown-state';
    found.push({ ...delta, request });
  }
  return { view, head, deltas: found };
}

/** SDS-3: to a client that does not prove who it is there are no secrets. */
const withoutSecrets = (request: DeltaRequest): DeltaRequest =>
  request.type.xdsType === 'secrets' ? { ...request, type: { ...request.type, xdsType: undefined } } : request;

interface Noted {
  readonly view: View;
  readonly head: Head;
  readonly delta: RequestDelta;
  readonly duration: DurationMs;
}

async function note(ports: DeltaPorts, { poll, facts }: ReadArrival, { view, head, delta, duration }: Noted) {
  const { type, subscriptions } = delta.request;
  const { carried, versionInfo: answered } = delta;
  const answer = answerTo(delta);
  await noteAnswer(ports, {
    ...{ facts, nodeHash: poll.nodeHash, view, head, type, channel: deltaChannel(type, subscriptions) },
    ...{ carried, answered, answer, duration, rejection: rejectionIn(delta) },
  });
}

async function noteLate({ states, clock }: DeltaPorts, { poll, facts }: ReadArrival, { view, delta }: Noted) {
  const { type, subscriptions } = delta.request;
  const channel = deltaChannel(type, subscriptions);
  await states.noteLate({ facts, nodeHash: poll.nodeHash, viewKey: view.key, channel, at: clock.now() });
}

function rejectionIn({ request: { rejection: reason }, refused }: RequestDelta): Rejection | undefined {
  return reason === undefined ? undefined : { reason, suspects: refused };
}

const answerTo = (delta: RequestDelta): PollAnswer => (isNoChange(delta) ? 'up-to-date' : 'send');

async function word(
  { metrics, snapshots, openSecret }: DeltaPorts,
  { type }: ArrivedDelta,
  { head, deltas }: Decided,
): Promise<PlainAnswer> {
  for (const delta of deltas) {
    if (!isNoChange(delta)) metrics.noteSent(delta.request.type.path, bodyBytes(delta));
  }
  const answers = deltas.map((delta) => answerOf(head, delta));
  const [first] = answers;
  if (deltas.every(isNoChange)) return answerUpToDate(type && first?.nonce);
  const bytes = answers.reduce((sum, answer) => sum + bodyBytes(answer), 0);
  const form = type === undefined ? 'many' : 'one';
  const read = partReader(snapshots);
  const readBody: ReadBody = async ({ part }, { typeUrl }) =>
    typeUrl === XDS_TYPES.secrets.typeUrl ? openSecret(await read(part)) : read(part);
  const answer = await answerPieces(deltaText(answers, form, readBody), bytes);
  const hasSecrets = deltas.some(({ request, changed }) => request.type.xdsType === 'secrets' && changed.size > 0);
  return hasSecrets ? notToBeKept(answer) : answer;
}

function answerOf({ manifest }: Head, { request, changed, removed, versionInfo }: RequestDelta): DeltaAnswer {
  const nonce = nonceFor({ manifest, subscriptions: request.subscriptions.hash });
  return { typeUrl: request.type.typeUrl, versionInfo, nonce, changed, removed };
}
