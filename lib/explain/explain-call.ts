import type { Issue } from '../base/issue.ts';
import type { ClusterIr } from '../ir/cluster.ts';
import { parseClusterName } from '../ir/cluster-name.ts';
import type { EndpointGroup } from '../ir/endpoints.ts';
import type { ProxyIr } from '../ir/proxy-ir.ts';
import type { VisibleService } from '../view/proxy-view.ts';
import { outcomeOf } from './call-outcome.ts';
import { connectionSteps } from './connection-steps.ts';
import type { Explanation, Step } from './explanation.ts';
import { followCall, type Journey } from './follow-call.ts';
import { lostPolicies } from './lost-policies.ts';
import { lostServices } from './lost-services.ts';
import { isAbout } from './named-issues.ts';
import type { Call, Request } from './request.ts';
import { routeSteps } from './route-steps.ts';
import type { Sight } from './sight.ts';

/** What is known of one proxy: what it may see, what was decided from that, and what was noticed on the way. */
export interface Explained extends Sight {
  readonly ir: ProxyIr;
  readonly issues: readonly Issue[];
}

/** Which objects decide what becomes of a request at one proxy, step by step, and why others do not. */
export function explainCall(explained: Explained, call: Call, request: Request): Explanation {
  const { ir, issues } = explained;
  const journey = followCall(ir, call, request);
  const outcome = outcomeOf(ir, journey);
  const steps = [
    ...connectionSteps(explained, journey),
    ...routeSteps(explained, journey),
    ...targetsOf(journey).map((cluster) => clusterStep(explained, cluster, journey)),
  ];
  return { steps, outcome, issues: issues.filter(isAbout(steps)) };
}

/** The clusters that the request, or a share of such requests, goes to. */
function targetsOf({ tcp, route }: Journey): readonly string[] {
  const target = tcp?.target ?? (route?.action.type === 'forward' ? route.action.target : undefined);
  if (target === undefined) return [];
  return target.type === 'cluster' ? [target.cluster] : target.clusters.map(({ cluster }) => cluster);
}

function clusterStep(explained: Explained, name: string, { request }: Journey): Step {
  const { ir, view } = explained;
  const cluster = ir.clusters.find((each) => each.name === name);
  const { hostname, subset } = parseClusterName(name);
  const visible = view.services.find(({ service }) => service.hostname === hostname);
  const lost = lostServices(explained, hostname === '' ? request.host : hostname);
  return {
    part: 'cluster',
    name,
    decision: cluster === undefined ? whyMissing(visible, subset) : endpointsOf(ir, cluster),
    decidedBy: visible === undefined ? [] : decidersOf(visible, subset),
    lost: visible === undefined ? lost : [...lost, ...lostPolicies(explained, visible.service, visible.policy)],
    passedOver: [],
  };
}

function decidersOf({ service, policy }: VisibleService, subset: string): Step['decidedBy'] {
  const isSubset = subset !== '' && policy?.subsets.some(({ name }) => name === subset) === true;
  return [
    { resource: service.source, reason: `it is the service ${service.hostname}` },
    ...(policy?.from ?? []).map((resource) => ({
      resource,
      reason: isSubset ? `its policy applies, with subset ${subset}` : 'its policy applies',
    })),
  ];
}

function whyMissing(visible: VisibleService | undefined, subset: string): string {
  if (visible === undefined) return 'no service of this host is visible to the proxy: requests fail with 503';
  const has = visible.policy?.subsets.some(({ name }) => name === subset) === true;
  return subset !== '' && !has
    ? `no DestinationRule that applies defines subset ${subset}: requests fail with 503`
    : 'the service has no such port: requests fail with 503';
}

function endpointsOf({ endpoints }: ProxyIr, { name, discovery }: ClusterIr): string {
  switch (discovery.type) {
    case 'eds':
      return counted(endpoints.find((each) => each.name === name)?.groups ?? []);
    case 'dns':
    case 'static':
      return counted(discovery.groups);
    case 'dynamic-dns':
      return 'it connects to what the name of the request resolves to';
    case 'original-destination':
      return 'it connects to where the connection was going';
  }
}

function counted(groups: readonly EndpointGroup[]): string {
  const all = groups.flatMap(({ endpoints }) => endpoints);
  const well = all.filter(({ health }) => health === 'unchecked' || health === 'healthy').length;
  if (all.length === 0) return 'it has no endpoints: requests fail with 503';
  const ill = well === all.length ? '' : `, ${well} of them ready`;
  return `it has ${all.length} ${all.length === 1 ? 'endpoint' : 'endpoints'}${ill}`;
}
