import type { Issue } from '../../base/issue.ts';

/** The gauges of problems that a build found, under Istio's names (PM-3, PCTX-11). */
export const PROBLEM_GAUGES = {
  endpoint_no_pod: 'Endpoints without an instance behind them.',
  pilot_no_ip: 'Proxies that serve no service.',
  pilot_endpoint_not_ready: 'Endpoints that are not ready.',
  pilot_conflict_outbound_listener_tcp_over_current_tcp: 'Services that lose a port to an older one.',
  pilot_conflict_inbound_listener: 'Own ports that an older service has with another protocol.',
  pilot_duplicate_envoy_clusters: 'Clusters of one name.',
  pilot_dns_cluster_without_endpoints: 'DNS clusters without an address to look up.',
  pilot_eds_no_instances: 'Clusters without any instance.',
  pilot_vservice_dup_domain: 'Virtual hosts that lost a domain to another one.',
  pilot_destrule_subsets: 'Hosts with a subset that is defined twice.',
} as const;

export type ProblemGauge = keyof typeof PROBLEM_GAUGES;

/** One problem: which view's proxies have it, and what it is. */
export interface PushProblem {
  /** A view's key stands for its proxies; empty for all of them. */
  readonly proxy?: string;
  readonly message?: string;
}

/** By gauge and by what is concerned; a problem that is found again takes the place of the one before (PM-1). */
export type PushStatus = Readonly<Partial<Record<ProblemGauge, Readonly<Record<string, PushProblem>>>>>;

/** Problems that one view has, or the world for all views. */
export interface FoundProblems {
  readonly view: string;
  readonly issues: readonly Issue[];
}

export function pushStatus(found: readonly FoundProblems[]): PushStatus {
  const status = new Map<ProblemGauge, Map<string, PushProblem>>();
  for (const { view, issues } of found) {
    for (const issue of issues) {
      const gauge = GAUGES[issue.code];
      if (gauge === undefined) continue;
      const problems = status.get(gauge) ?? new Map<string, PushProblem>();
      problems.set(keyOf(gauge, issue, view), { ...(view !== '' && { proxy: view }), message: issue.message });
      status.set(gauge, problems);
    }
  }
  return Object.fromEntries([...status].map(([gauge, problems]) => [gauge, Object.fromEntries(problems)]));
}

const GAUGES: Readonly<Record<string, ProblemGauge>> = {
  LISTENER_CONFLICT: 'pilot_conflict_outbound_listener_tcp_over_current_tcp',
  INBOUND_CONFLICT: 'pilot_conflict_inbound_listener',
  DNS_CLUSTER_WITHOUT_ENDPOINTS: 'pilot_dns_cluster_without_endpoints',
  CLUSTER_WITHOUT_ENDPOINTS: 'pilot_eds_no_instances',
  DUPLICATE_DOMAIN: 'pilot_vservice_dup_domain',
  DUPLICATE_SUBSET: 'pilot_destrule_subsets',
};

/** PM-5: what a problem is told apart by: a cluster, a virtual host, a host; for inbound ports whoever has them. */
const keyOf = (gauge: ProblemGauge, { subject, resource = '', path }: Issue, view: string): string =>
  gauge === 'pilot_conflict_inbound_listener' ? view : (subject ?? `${resource} ${path}`.trim());

/** PM-2: the status as a text that people read; `{}` where nothing was built yet. */
export const printPushStatus = (status: PushStatus | undefined): string => JSON.stringify(status ?? {}, undefined, 4);
