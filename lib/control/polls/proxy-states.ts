import { answered, type Channel, heard } from '../../delivery/read-acks.ts';
import type { Standing } from '../../delivery/serve-poll.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Records } from '../../ports/records.ts';
import { StoreUnavailable } from '../../ports/store-errors.ts';
import type { ProxyFacts } from '../../view/proxy-facts.ts';
import { listAll } from '../list-all.ts';
import {
  change,
  type HeldProxy,
  inTurn,
  type NotedChange,
  noteWritten,
  readHeld,
  refresh,
  write,
  writeOnce,
} from './held-proxy.ts';
import {
  livingState,
  mergeStates,
  nextState,
  type NotedPoll,
  type PollingProxy,
  pollSlack,
  PROXIES,
  PROXY_RETENTION,
  type ProxyState,
  standingOf,
} from './proxy-state.ts';

/** What a poll makes of what is known: pure but for what it reads. `mustBeKnown` says that others must know before it is answered. */
export interface Plan<Answer> {
  readonly standing: Standing;
  readonly mustBeKnown: boolean;
  readonly answer: Answer;
}

export type Planned<Answer> =
  | { readonly outcome: 'planned'; readonly answer: Answer; readonly change: NotedChange }
  /** Others answered the proxy at the same time, again and again, or the store is away. */
  | { readonly outcome: 'not-agreed' };

export interface ProxyStates {
  /** What is known of the proxy, as far as this process knows. */
  standing(facts: ProxyFacts): Promise<Standing>;
  /** Takes down that a loop polled and was told that nothing changed. */
  touch(poll: PollingProxy): Promise<void>;
  /**
   * Answers one poll by a plan. Polls of one proxy take turns. Where several processes answer, the plan is made from what the store
   * has, and what others must know is written before the answer is given; when another was faster it is made again.
   */
  plan<Answer>(poll: PollingProxy, make: (standing: Standing) => Promise<Plan<Answer>>): Promise<Planned<Answer>>;
  /** Takes down that the newest answer to a loop came too late or never left. */
  noteLate(poll: PollingProxy): Promise<void>;
  /** Takes down one answered poll; what is new is written by the next `flush`. */
  note(poll: NotedPoll): Promise<NotedChange>;
  /** Writes what changed (DLV-6): sent, taken, identity, or a minute of polling. What the store refuses for now is kept. */
  flush(): Promise<void>;
  /** Who this process has heard of within the retention time. */
  polling(): Promise<readonly ProxyFacts[]>;
  /** Every proxy that polled within the retention time, as this process or the store saw it last. */
  all(): Promise<readonly ProxyState[]>;
}

interface ProxyStatesOptions {
  /** Whether this is the only process that answers polls: then its memory is the truth, and is written now and then. */
  readonly hearsAllPolls: boolean;
}

export function proxyStates(
  records: Records,
  clock: Pick<Clock, 'now'>,
  { hearsAllPolls }: ProxyStatesOptions,
): ProxyStates {
  const held = new Map<string, Promise<HeldProxy>>();
  const isRemembered = (state: ProxyState): boolean => clock.now() - state.lastPolledAt < PROXY_RETENTION;
  const slack = pollSlack(hearsAllPolls);

  const find = ({ id: nodeId }: ProxyFacts): Promise<HeldProxy> => {
    const known = held.get(nodeId);
    if (known) return known;
    const reading = readHeld(records, nodeId);
    held.set(nodeId, reading);
    reading.catch(() => held.delete(nodeId));
    return reading;
  };
  return {
    async standing(facts) {
      return standingOf((await find(facts)).state, facts);
    },
    async touch(poll) {
      const entry = await find(poll.facts);
      return inTurn(entry, () => noteInChannel(entry, poll, (channel) => ({ ...channel, polledAt: poll.at })));
    },
    async plan(poll, make) {
      const entry = await find(poll.facts);
      return inTurn(entry, () =>
        hearsAllPolls ? planAlone(entry, poll, make) : planTogether({ records, entry }, poll, make),
      );
    },
    async noteLate(poll) {
      const entry = await find(poll.facts);
      return inTurn(entry, () => noteInChannel(entry, poll, (channel) => ({ ...channel, isLate: true })));
    },
    async note(poll) {
      const entry = await find(poll.facts);
      return inTurn(entry, () => (hearsAllPolls ? noteAlone(entry, poll) : noteTogether(records, entry, poll)));
    },
    async flush() {
      for (const [nodeId, reading] of held) {
        const entry = await reading;
        if (entry.changes !== entry.writtenChanges) await inTurn(entry, () => write(records, entry, slack));
        if (entry.state && !isRemembered(entry.state)) held.delete(nodeId);
      }
    },
    polling: async () => (await Promise.all(held.values())).flatMap(({ state }) => state?.facts ?? []),
    async all() {
      const states = new Map<string, ProxyState>();
      for await (const { id, record } of listAll<ProxyState>(records, PROXIES)) states.set(id, record);
      for (const reading of held.values()) {
        const { id, state, endpointPolls } = await reading;
        const stored = hearsAllPolls ? undefined : states.get(id);
        if (state) states.set(id, stored ? mergeStates(stored, state, endpointPolls) : state);
      }
      return [...states.values()].filter(isRemembered).map((state) => livingState(state, slack));
    },
  };
}

function noteInChannel(entry: HeldProxy, poll: PollingProxy, noted: (channel: Channel) => Channel): void {
  const known = standingOf(entry.state, poll.facts);
  const channel = known.channels[poll.channel];
  if (channel) change(entry, poll, { ...known, channels: { ...known.channels, [poll.channel]: noted(channel) } });
}

/** Whether the poll says or is told anything but that the proxy still has what it was known to have. */
function isNews({ state }: HeldProxy, { facts, channel, carried, answered: versionInfo }: NotedPoll): boolean {
  const known = standingOf(state, facts).channels[channel];
  return known?.acked !== carried || known.sent !== carried || versionInfo !== carried;
}

/**
 * After taking over what other processes heard since: what one has sent shows in a poll that another one hears, and only
 * against that can it be read as taken or rejected. Polls without news go on without a read (DLV-1).
 */
async function noteTogether(records: Pick<Records, 'get'>, entry: HeldProxy, poll: NotedPoll): Promise<NotedChange> {
  try {
    if (isNews(entry, poll)) await refresh(records, entry);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error; // what this process knows has to do (DLV-8)
  }
  return noteAlone(entry, poll);
}

function noteAlone(entry: HeldProxy, poll: NotedPoll): NotedChange {
  const { carried, answered: versionInfo, at, facts, channel, rejection } = poll;
  const known = standingOf(entry.state, facts);
  const before = known.channels[channel];
  const heardPoll = { carried, at, refresh: facts.refresh, isLateEchoTrue: true, refusal: rejection?.reason };
  const after = heard(before, heardPoll);
  const isNewlyRejected = rejection !== undefined && after.rejected !== before?.rejected;
  const seen = isNewlyRejected ? { ...after, suspects: rejection.suspects } : after;
  const channels = { ...known.channels, [channel]: answered(seen, versionInfo, at) };
  return change(entry, poll, { ...known, channels });
}

async function planAlone<Answer>(
  entry: HeldProxy,
  poll: PollingProxy,
  make: MakePlan<Answer>,
): Promise<Planned<Answer>> {
  const { standing, answer } = await make(standingOf(entry.state, poll.facts));
  return { outcome: 'planned', answer, change: change(entry, poll, standing) };
}

type MakePlan<Answer> = (standing: Standing) => Promise<Plan<Answer>>;

/** Answers of one proxy that several processes give in one moment; more than these are asked to come again. */
const MAX_PLAN_ATTEMPTS = 6;

interface SharedEntry {
  readonly records: Records;
  readonly entry: HeldProxy;
}

async function planTogether<Answer>(
  { records, entry }: SharedEntry,
  poll: PollingProxy,
  make: MakePlan<Answer>,
): Promise<Planned<Answer>> {
  try {
    for (let attempt = 0; attempt < MAX_PLAN_ATTEMPTS; attempt += 1) {
      await refresh(records, entry);
      const { standing, mustBeKnown, answer } = await make(standingOf(entry.state, poll.facts));
      if (!mustBeKnown) return { outcome: 'planned', answer, change: change(entry, poll, standing) };
      const etag = await writeOnce(records, entry, nextState(entry.state, poll, standing));
      if (etag === undefined) continue;
      const noted = change(entry, poll, standing);
      noteWritten(entry, { etag, changes: entry.changes, at: poll.at });
      return { outcome: 'planned', answer, change: noted };
    }
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error; // a poll that cannot be agreed on is answered without changing anything
  }
  return { outcome: 'not-agreed' };
}
