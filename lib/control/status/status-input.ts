import type { DurationMs } from '../../base/brand.ts';
import type { Offer } from '../../delivery/decide.ts';
import { discoveryTypes } from '../../delivery/discovery-types.ts';
import { subscriptionsOf } from '../../delivery/subscriptions.ts';
import type { XdsType } from '../../envoy/envoy-resource.ts';
import { ALL_XDS_TYPES } from '../../envoy/xds-types.ts';
import type { Clock } from '../../ports/clock.ts';
import type { VersionInfo } from '../../snapshot/version-info.ts';
import type { BuildOutcome } from '../build/build-outcome.ts';
import { offerFor } from '../polls/offer.ts';
import type { ProxyState } from '../polls/proxy-state.ts';
import { namesPolled, type StatusInput, wantsAll } from './proxy-status.ts';
import type { Head, ServedHeads } from '../build/served-heads.ts';
import { type StateVersions, stateVersions } from '../polls/state-versions.ts';
import type { StoredSnapshots } from '../build/stored-snapshots.ts';

export interface StatusInputPorts {
  readonly clock: Pick<Clock, 'now'>;
  readonly heads: Pick<ServedHeads, 'look'>;
  readonly snapshots: StoredSnapshots;
  /** How old what is known of a proxy's last poll may be (DLV-6); 0 where this process hears every poll. */
  readonly slack: DurationMs;
}

/** Reads what the status of a proxy is told from: its view's head, and of the snapshot what the proxy polls for. */
export type ReadStatusInput = (state: ProxyState, build: BuildOutcome | undefined) => Promise<StatusInput>;

export function statusReader({ clock, heads, snapshots, slack }: StatusInputPorts): ReadStatusInput {
  const versions = stateVersions(snapshots);
  return async (state, build) => {
    const head = (await heads.look(state.viewKey)).stored?.record;
    const offers = head ? await offersFor(snapshots, head, state) : {};
    const wholeVersions = head ? await wholeVersionsFor(versions, head, state) : {};
    const hasFailed = build?.failures.some(({ viewKey }) => viewKey === state.viewKey) ?? false;
    const builtRevision = Math.max(head?.revision ?? 0, head && !hasFailed ? (build?.revision ?? 0) : 0);
    return { state, head, offers, wholeVersions, builtRevision, now: clock.now(), slack };
  };
}

/** What a snapshot has of everything that the proxy polls for. */
async function offersFor(
  snapshots: StoredSnapshots,
  { manifest }: Head,
  state: ProxyState,
): Promise<Partial<Record<XdsType, Offer>>> {
  const offers = ALL_XDS_TYPES.map(async (type) => {
    const names = namesPolled(type, state);
    return [type, await offerFor(snapshots, manifest, { type, names })] as const;
  });
  return Object.fromEntries(await Promise.all(offers));
}

async function wholeVersionsFor(
  versions: StateVersions,
  { manifest }: Head,
  state: ProxyState,
): Promise<Partial<Record<XdsType, VersionInfo>>> {
  const wanted = discoveryTypes.flatMap((type) =>
    type.xdsType !== undefined && wantsAll(type.xdsType, state) ? [{ type, xdsType: type.xdsType }] : [],
  );
  const found = wanted.map(async ({ type, xdsType }) => {
    const subscriptions = subscriptionsOf(type, ['*'], []);
    return [xdsType, await versions(manifest, { type, subscriptions })] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}
