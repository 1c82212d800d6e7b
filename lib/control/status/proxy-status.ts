import { type DurationMs, epochMs, type EpochMs } from '../../base/brand.ts';
import { printTimestampMs } from '../../base/timestamp.ts';
import { unreachable } from '../../base/unreachable.ts';
import { decide, missingNames, type Offer } from '../../delivery/decide.ts';
import { deltaChannelOf, isDeltaChannel } from '../../delivery/delta-channel.ts';
import { discoveryType } from '../../delivery/discovery-types.ts';
import { holdOf } from '../../delivery/order-polls.ts';
import { type Channel, statusOf, type SyncStatus, worstOf } from '../../delivery/read-acks.ts';
import type { XdsType } from '../../envoy/envoy-resource.ts';
import { ALL_XDS_TYPES, XDS_TYPES } from '../../envoy/xds-types.ts';
import type { VersionInfo } from '../../snapshot/version-info.ts';
import { parseIstioVersion, printIstioVersion } from '../../view/istio-version.ts';
import type { ProxyState } from '../polls/proxy-state.ts';
import type { Head } from '../build/served-heads.ts';

/** How one proxy stands, as `GET /v1/proxies` shows it (PX-18). */
export interface ProxyStatus {
  readonly id: string;
  readonly type: string;
  readonly namespace: string;
  readonly view: string;
  /** The release of Istio's proxy that it says it is; `latest` where it does not (PX-7). */
  readonly istioVersion: string;
  /** The worst of its types, those it never polled left aside. */
  readonly status: SyncStatus;
  /** The newest revision that the served snapshot is known to be right for: later ones changed nothing for this view. */
  readonly revision: number;
  /** The revision whose build gave this view the snapshot that it serves; 0 when none does. */
  readonly snapshotRevision: number;
  readonly firstPolledAt: string;
  readonly lastPolledAt: string;
  readonly refreshMs: number;
  /** How many loops it polls in: one for clusters, one for listeners, one for each name of the others (DLV-13). */
  readonly pollLoops: number;
  /** By the short name of the type: CDS, EDS, … */
  readonly types: Readonly<Record<string, TypeStatus>>;
}

export interface TypeStatus {
  readonly status: SyncStatus;
  readonly loops: number;
  /** Of the only loop, or of the one that stands worst. */
  readonly sent: string;
  readonly acked: string;
  readonly rejected?: string;
  /** Why it did not take that version, where it said so. */
  readonly reason?: string;
  /** Names of what the rejected version added or changed: one of them is what the proxy does not take. */
  readonly suspects?: readonly string[];
  /** Since when the longest waiting loop is not given what it would be, because the proxy has not shown the clusters for it. */
  readonly heldSince?: string;
  /** Whether some loop was given what it was not ready for, because it had waited for too long. */
  readonly forced?: true;
  /** The names that this loop asks for; absent for a whole set. */
  readonly name?: string;
}

/** What the status of a proxy is read from. */
export interface StatusInput {
  readonly state: ProxyState;
  readonly head: Head | undefined;
  /** What the head's snapshot has of what the proxy polls for, by type; empty where there is no head. */
  readonly offers: Readonly<Partial<Record<XdsType, Offer>>>;
  /** Versions of all that it has of the types of which the proxy wants all by deltas. */
  readonly wholeVersions: Readonly<Partial<Record<XdsType, VersionInfo>>>;
  /** The newest revision whose build this view went through; 0 when none did. */
  readonly builtRevision: number;
  readonly now: EpochMs;
  /** How old what is known of the proxy's last poll may be; 0 where this process hears every poll. */
  readonly slack: DurationMs;
}

export function proxyStatus(input: StatusInput): ProxyStatus {
  const { state, head } = input;
  const types = ALL_XDS_TYPES.map((type) => [XDS_TYPES[type].short, typeStatus(type, input)] as const);
  const polled = types.map(([, { status }]) => status).filter((status) => status !== 'NOT_SENT');
  return {
    id: state.facts.id,
    type: state.facts.type,
    namespace: state.facts.namespace,
    view: state.viewKey,
    istioVersion: printIstioVersion(parseIstioVersion(state.facts.istioVersion)),
    status: polled.length === 0 ? 'NOT_SENT' : worstOf(polled),
    revision: input.builtRevision,
    snapshotRevision: head?.revision ?? 0,
    firstPolledAt: printTimestampMs(state.firstPolledAt),
    lastPolledAt: printTimestampMs(state.lastPolledAt),
    refreshMs: state.facts.refresh,
    pollLoops: pollLoops(state),
    types: Object.fromEntries(types),
  };
}

/** How one poll loop of a proxy stands. */
export interface LoopStatus {
  readonly type: XdsType;
  /** What it asks for; empty where it is told of every resource of the type. */
  readonly names: readonly string[];
  readonly status: SyncStatus;
  /** Names of what a version that it did not take added or changed. */
  readonly suspects: readonly string[];
  /** Since when it stands so, as far as that can be told from what it was sent. */
  readonly since: EpochMs;
  /** When it was sent what it has, if it took that: all that had been built by then is in it. */
  readonly tookAt: EpochMs | undefined;
}

export function loopStatuses(input: StatusInput): readonly LoopStatus[] {
  return ALL_XDS_TYPES.flatMap((type) =>
    allLoopsOf(type, input).map(({ key, name, status, channel }) => ({
      type,
      names: namesIn(name),
      status,
      suspects: channel.suspects ?? [],
      since: sinceOf(status, channel, input),
      tookAt: tookAt(key, channel, input),
    })),
  );
}

/** Clocks of processes differ by less than what polls are behind by; whom order holds back was not sent the newest that there was. */
function tookAt(key: string, { acked, sent, sentAt }: Channel, { state, slack }: StatusInput): EpochMs | undefined {
  const hasTaken = acked === sent && holdOf(state.trail, key).heldSince === undefined;
  return hasTaken ? epochMs(sentAt - slack) : undefined;
}

/** A proxy takes a version when it is sent to it, and shows it with its next poll; it is behind from the publication of a newer one on. */
function sinceOf(status: SyncStatus, { sentAt }: Channel, { state, head }: StatusInput): EpochMs {
  switch (status) {
    case 'SYNCED':
    case 'REJECTED':
      return sentAt;
    case 'STALE':
      return epochMs(Math.max(sentAt, head?.publishedAt ?? sentAt));
    case 'NOT_SENT':
      return state.firstPolledAt;
    case 'DISCONNECTED':
      return state.lastPolledAt;
    default:
      return unreachable(status);
  }
}

const allLoopsOf = (type: XdsType, input: StatusInput): readonly Loop[] => [
  ...loopsOf(type, input),
  ...deltaLoopsOf(type, input),
];

function typeStatus(type: XdsType, input: StatusInput): TypeStatus {
  const loops = allLoopsOf(type, input);
  const worst = worstOf(loops.map(({ status }) => status));
  const shown = loops.find(({ status }) => status === worst);
  if (!shown) return { status: 'NOT_SENT', loops: 0, sent: '', acked: '' };
  const { sent, acked, rejected, reason, suspects = [] } = shown.channel;
  return {
    status: worst,
    loops: loops.length,
    sent,
    acked,
    ...(rejected === undefined ? {} : { rejected, ...(reason && { reason }), suspects }),
    ...holdIn(loops, input),
    ...(shown.name === '' ? {} : { name: shown.name }),
  };
}

function holdIn(loops: readonly Loop[], { state }: StatusInput): Pick<TypeStatus, 'heldSince' | 'forced'> {
  const holds = loops.map(({ key }) => holdOf(state.trail, key));
  const since = holds.flatMap(({ heldSince }) => heldSince ?? []);
  return {
    ...(since.length > 0 ? { heldSince: printTimestampMs(epochMs(Math.min(...since))) } : {}),
    ...(holds.some(({ isForced }) => isForced) ? { forced: true } : {}),
  };
}

interface Loop {
  readonly key: string;
  readonly name: string;
  readonly channel: Channel;
  readonly status: SyncStatus;
}

function loopsOf(type: XdsType, input: StatusInput): readonly Loop[] {
  const { state, offers, now, slack } = input;
  const { lastPolledAt, facts } = state;
  return channelsOf(type, state).map(({ key, name, channel }) => {
    const current = isLingering(type, input) ? undefined : currentVersion(type, name, offers[type]);
    return {
      key,
      name,
      channel,
      status: statusOf({ channel, current, lastPolledAt, refresh: facts.refresh, slack, now }),
    };
  });
}

/** Whether a proxy is to have clusters of earlier snapshots beside the newest: connections that drain may still need them. */
function isLingering(type: XdsType, { state: { trail }, head }: StatusInput): boolean {
  return (
    type === 'clusters' &&
    trail !== undefined &&
    trail.steps.length > 1 &&
    trail.steps.at(-1)?.manifest === head?.manifest
  );
}

/** A client that polls for deltas has one loop for all types. */
function pollLoops({ channels }: ProxyState): number {
  const keys = Object.keys(channels);
  const ofDeltas = keys.filter(isDeltaChannel).length;
  return keys.length - ofDeltas + Math.min(ofDeltas, 1);
}

interface NamedChannel {
  readonly key: string;
  /** The names that the loop asks for; empty for a whole set. */
  readonly name: string;
  readonly channel: Channel;
}

function channelsOf(type: XdsType, { channels }: ProxyState): readonly NamedChannel[] {
  const { path } = XDS_TYPES[type];
  return Object.entries(channels)
    .filter(([key]) => key === path || key.startsWith(`${path}/`))
    .map(([key, channel]) => ({ key, name: key.slice(path.length + 1), channel }));
}

/** The loops of clients that poll for deltas: what they would be sent is known where they want all that there is. */
function deltaLoopsOf(type: XdsType, { state, wholeVersions, now, slack }: StatusInput): readonly Loop[] {
  const { lastPolledAt, facts } = state;
  const discovery = discoveryType(XDS_TYPES[type].path);
  return Object.entries(state.channels).flatMap(([key, channel]) => {
    const wants = discovery && deltaChannelOf(discovery, key);
    if (wants === undefined) return [];
    const current = wants === 'all' ? wholeVersions[type] : undefined;
    const status = statusOf({ channel, current, lastPolledAt, refresh: facts.refresh, slack, now });
    return [{ key, name: '', channel, status }];
  });
}

/** Whether the proxy wants all that there is of the type by deltas. */
export function wantsAll(type: XdsType, { channels }: ProxyState): boolean {
  const discovery = discoveryType(XDS_TYPES[type].path);
  return discovery !== undefined && Object.keys(channels).some((key) => deltaChannelOf(discovery, key) === 'all');
}

/** Every name of the type that some loop of the proxy asks for: what its status must be told of a snapshot. */
export function namesPolled(type: XdsType, state: ProxyState): readonly string[] {
  return channelsOf(type, state).flatMap(({ name }) => namesIn(name));
}

const namesIn = (name: string): readonly string[] => (name === '' ? [] : name.split(','));

/** What the loop would be sent now; unknown for a name that the snapshot does not have. */
function currentVersion(xdsType: XdsType, name: string, offer: Offer | undefined): string | undefined {
  const type = discoveryType(XDS_TYPES[xdsType].path);
  if (!offer || !type) return undefined;
  const asked = { type, versionInfo: '', names: namesIn(name) };
  return missingNames(asked, offer).length > 0 ? undefined : decide(asked, offer).versionInfo;
}
