import type { Labels } from '../../lib/base/labels.ts';
import type { Locality } from '../../lib/base/locality.ts';
import { balanceLocalities, totalWeight, type LabelledEndpoint } from '../../lib/compile/locality-balancing.ts';
import type { LocalityGroup, LocalityRule } from '../../lib/compile/locality-balancing.ts';
import { judge, type Case, type Verdict } from './case.ts';
import { at, listAt, numberAt, textAt, type Json } from './json.ts';

/** A recorded assignment and how the client balances it, against the priorities and weights that are given here. */
export function judgeLocalities({ body }: Case): Verdict {
  if (body['input'] === undefined) return { verdict: 'skipped', reason: 'it has no assignment' };
  const wrapped = listAt(body, 'wrappedEndpoints');
  const groups = wrapped.length > 0 ? wrapped.map(wrappedGroup) : listAt(body, 'input', 'endpoints').map(plainGroup);
  const balanced = balanceLocalities(groups, ruleOf(body), {
    locality: localityOf(body['locality']),
    selectedLabels: labelsOf(body['proxyLabels']),
    hasLabels: Object.keys(labelsOf(body['proxyLabels'])).length > 0,
  });
  const ours = balanced.map(({ locality, priority, weight, endpoints }) =>
    JSON.stringify([locality, priority, weight, endpoints.map(({ endpoint }) => endpoint.workload).sort()]),
  );
  const theirs = listAt(body, 'expected', 'endpoints').map((group) =>
    JSON.stringify([
      localityOf(at(group, 'locality')),
      numberAt(group, 'priority'),
      numberAt(group, 'loadBalancingWeight'),
      listAt(group, 'lbEndpoints').map(nameOf).sort(),
    ]),
  );
  const only = (all: readonly string[], others: readonly string[], where: string): string[] =>
    all.filter((each) => !others.includes(each)).map((each) => `only ${where}: ${each}`);
  return judge([
    ours.length === theirs.length ? undefined : `Istio ${theirs.length} groups, here ${ours.length}`,
    ...only(theirs, ours, 'in Istio'),
    ...only(ours, theirs, 'here'),
  ]);
}

function ruleOf(body: Case['body']): LocalityRule {
  const zoneAware = body['zoneAwareLbSetting'];
  const setting = zoneAware ?? body['localityLbSetting'];
  const failover = listAt(setting, 'failover').map((each) => ({ from: textAt(each, 'from'), to: textAt(each, 'to') }));
  const failoverPriority = listAt(setting, 'failoverPriority').map(String);
  if (zoneAware !== undefined) {
    const isOn = at(zoneAware, 'enabled') !== false;
    return { kind: 'zone-aware', setting: { isOn, minimumClusterSize: undefined, failover, failoverPriority } };
  }
  const distribute = listAt(setting, 'distribute').map((each) => ({
    from: textAt(each, 'from'),
    to: (at(each, 'to') ?? {}) as Readonly<Record<string, number>>,
  }));
  const failsOver = body['enableFailover'] === true;
  return { kind: 'locality', setting: { distribute, failover, failoverPriority }, failsOver };
}

const plainGroup = (group: Json): LocalityGroup => groupOf(group, () => ({}));

const wrappedGroup = (group: Json): LocalityGroup =>
  groupOf(at(group, 'localityLbEndpoints') ?? null, (index) =>
    labelsOf(at(listAt(group, 'istioEndpoints')[index], 'labels')),
  );

function groupOf(group: Json, labels: (index: number) => Labels): LocalityGroup {
  const endpoints = listAt(group, 'lbEndpoints').map((endpoint, index): LabelledEndpoint => {
    const weight = numberAt(endpoint, 'loadBalancingWeight');
    const workload = nameOf(endpoint); // the name alone tells endpoints apart; where they listen changes nothing here
    return {
      endpoint: { address: { type: 'pipe', path: '' }, health: 'unchecked', weight, workload, acceptsMeshTls: false },
      labels: labels(index),
      weight,
    };
  });
  const written = numberAt(group, 'loadBalancingWeight');
  return {
    locality: localityOf(at(group, 'locality')),
    priority: 0,
    weight: written > 0 ? written : totalWeight(endpoints),
    endpoints,
  };
}

const nameOf = (endpoint: Json): string => textAt(endpoint, 'endpoint', 'address', 'socketAddress', 'address');

const localityOf = (value: Json | undefined): Locality => ({
  region: textAt(value, 'region'),
  zone: textAt(value, 'zone'),
  subzone: textAt(value, 'subZone'),
});

const labelsOf = (value: Json | undefined): Labels => (value ?? {}) as Labels;
