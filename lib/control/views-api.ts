import type { Labels } from '../base/labels.ts';
import { printTimestampMs } from '../base/timestamp.ts';
import type { XdsType } from '../envoy/envoy-resource.ts';
import { XDS_TYPES } from '../envoy/xds-types.ts';
import type { Records } from '../ports/records.ts';
import type { ProxyType } from '../view/proxy-facts.ts';
import type { ViewKey } from '../view/proxy-view.ts';
import { type BuildOutcome, newestBuild } from './build-outcome.ts';
import type { HttpHandler } from './discovery-api.ts';
import { jsonResponse } from './json-response.ts';
import type { ProxyState, ProxyStates } from './proxy-states.ts';
import type { ServedHeads } from './served-heads.ts';
import type { StoredSnapshots } from './stored-snapshots.ts';

/** One view that proxies polled within the last day, as `GET /v1/views` shows it. */
export interface ViewSummary {
  readonly key: ViewKey;
  readonly type: ProxyType;
  readonly namespace: string;
  /** Those that all of its proxies have; some of them are why these proxies share a view. */
  readonly labels: Labels;
  readonly proxies: number;
  /** The revision whose build gave the view the snapshot that it serves; 0 when none does. */
  readonly snapshotRevision: number;
  /** Absent while it serves no snapshot. */
  readonly publishedAt?: string;
  /** How many resources the served snapshot has, by the short name of the type: CDS, EDS, … */
  readonly resources: Readonly<Record<string, number>>;
  /** Why the newest build could not build it; it keeps the snapshot that it had (BLD-7). */
  readonly failure?: string;
}

export interface ViewsPorts {
  readonly records: Pick<Records, 'get'>;
  readonly heads: Pick<ServedHeads, 'look'>;
  readonly snapshots: Pick<StoredSnapshots, 'manifest'>;
  readonly states: Pick<ProxyStates, 'all'>;
}

/** `GET /v1/views`: what there is to serve, with how many proxies each view has. */
export function viewsApi(ports: ViewsPorts): HttpHandler {
  return async ({ method }) => {
    if (method !== 'GET') return jsonResponse(405, { code: 'METHOD_NOT_ALLOWED', message: 'use GET' });
    const [states, build] = await Promise.all([ports.states.all(), newestBuild(ports.records)]);
    const members = Map.groupBy(states, ({ viewKey }) => viewKey);
    const views = await Promise.all(
      [...members].map(([key, those]) => summaryOf(ports, { key, members: those, build })),
    );
    return jsonResponse(200, {
      revision: build?.revision ?? 0,
      buildFailed: build?.buildFailed ?? false,
      views: views.sort(byPlace),
    });
  };
}

interface ViewMembers {
  readonly key: ViewKey;
  /** At least one. */
  readonly members: readonly ProxyState[];
  readonly build: BuildOutcome | undefined;
}

async function summaryOf({ heads, snapshots }: ViewsPorts, { key, members, build }: ViewMembers): Promise<ViewSummary> {
  const head = (await heads.look(key)).stored?.record;
  const manifest = head && (await snapshots.manifest(head.manifest));
  const counts =
    manifest && Object.entries(manifest).map(([type, { size }]) => [XDS_TYPES[type as XdsType].short, size]);
  const failure = build?.failures.find(({ viewKey }) => viewKey === key)?.reason;
  const [first] = members;
  return {
    key,
    type: first?.facts.type ?? 'sidecar',
    namespace: first?.facts.namespace ?? '',
    labels: sharedLabels(members),
    proxies: members.length,
    snapshotRevision: head?.revision ?? 0,
    ...(head && { publishedAt: printTimestampMs(head.publishedAt) }),
    resources: Object.fromEntries(counts ?? []) as Readonly<Record<string, number>>,
    ...(failure !== undefined && { failure }),
  };
}

function sharedLabels(members: readonly ProxyState[]): Labels {
  const [first, ...others] = members.map(({ facts }) => facts.labels);
  return Object.fromEntries(
    Object.entries(first ?? {}).filter(([name, value]) => others.every((labels) => labels[name] === value)),
  );
}

/** The same order each time, whatever the store lists first. */
function byPlace(one: ViewSummary, other: ViewSummary): number {
  const [a, b] = [one, other].map(({ namespace, type, key }) => `${namespace} ${type} ${key}`);
  return (a ?? '') < (b ?? '') ? -1 : 1;
}
