import type { Labels } from '../../base/labels.ts';
import { printTimestampMs } from '../../base/timestamp.ts';
import { ALL_XDS_TYPES, XDS_TYPES } from '../../envoy/xds-types.ts';
import type { Records } from '../../ports/records.ts';
import type { ProxyType } from '../../view/proxy-facts.ts';
import type { Manifest } from '../../snapshot/manifest.ts';
import type { ViewFacts, ViewKey } from '../../view/proxy-view.ts';
import { type BuildOutcome, newestBuild } from '../build/build-outcome.ts';
import type { HttpHandler } from '../http/http-handler.ts';
import { jsonResponse } from '../http/json-response.ts';
import type { ProxyState } from '../polls/proxy-state.ts';
import type { ProxyStates } from '../polls/proxy-states.ts';
import type { ServedHeads } from '../build/served-heads.ts';
import type { StoredSnapshots } from '../build/stored-snapshots.ts';
import type { ViewRegistry } from '../views/view-registry.ts';
import type { View } from '../build/worlds.ts';

/** One view that is built for, as `GET /v1/views` shows it. */
export interface ViewSummary {
  readonly key: ViewKey;
  readonly type: ProxyType;
  readonly namespace: string;
  /** Those that all of its proxies have; the facts tell which of them are why these proxies share a view. */
  readonly labels: Labels;
  /** Everything that decides what the view is given. */
  readonly facts: ViewFacts;
  /** How many polled within the last day. */
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
  readonly registry: Pick<ViewRegistry, 'all'>;
  readonly heads: Pick<ServedHeads, 'look'>;
  readonly snapshots: Pick<StoredSnapshots, 'manifest'>;
  readonly states: Pick<ProxyStates, 'all'>;
}

/** `GET /v1/views`: what there is to serve, with how many proxies each view has. */
export function viewsApi(ports: ViewsPorts): HttpHandler {
  return async ({ method }) => {
    if (method !== 'GET') return jsonResponse(405, { code: 'METHOD_NOT_ALLOWED', message: 'use GET' });
    const [registered, states, build] = await Promise.all([
      ports.registry.all(),
      ports.states.all(),
      newestBuild(ports.records),
    ]);
    const members = Map.groupBy(states, ({ viewKey }) => viewKey);
    const views = await Promise.all(
      registered.map((view) => summaryOf(ports, { view, members: members.get(view.key) ?? [], build })),
    );
    return jsonResponse(200, {
      revision: build?.revision ?? 0,
      buildFailed: build?.buildFailed ?? false,
      views: views.sort(byPlace),
    });
  };
}

interface ViewSight {
  readonly view: View;
  readonly members: readonly ProxyState[];
  readonly build: BuildOutcome | undefined;
}

async function summaryOf({ heads, snapshots }: ViewsPorts, { view, members, build }: ViewSight): Promise<ViewSummary> {
  const { key, facts } = view;
  const head = (await heads.look(key)).stored?.record;
  const failure = build?.failures.find(({ viewKey }) => viewKey === key)?.reason;
  return {
    key,
    type: facts.type,
    namespace: facts.namespace,
    labels: members.length === 0 ? facts.selectedLabels : sharedLabels(members),
    facts,
    proxies: members.length,
    snapshotRevision: head?.revision ?? 0,
    ...(head && { publishedAt: printTimestampMs(head.publishedAt) }),
    resources: head ? resourceCounts(await snapshots.manifest(head.manifest)) : {},
    ...(failure !== undefined && { failure }),
  };
}

function resourceCounts(manifest: Manifest): Readonly<Record<string, number>> {
  return Object.fromEntries(ALL_XDS_TYPES.map((type) => [XDS_TYPES[type].short, manifest[type].size]));
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
