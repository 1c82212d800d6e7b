import type { ProxyView } from '../view/proxy-view.ts';
import type { Explained } from './explain-call.ts';
import type { Explanation, Reason, Step } from './explanation.ts';
import { unusedGateways } from './lost-gateways.ts';
import { tablesIn, unusedTables } from './lost-tables.ts';
import { isAbout } from './named-issues.ts';

/** Which objects decide what a proxy is given at all, and which do not reach it, and why. */
export function explainView(explained: Explained): Explanation {
  const { view, ir, issues } = explained;
  const { listeners, routes, clusters } = ir;
  const step: Step = {
    part: 'scope',
    name: '',
    decision: `${listeners.length} listeners, ${routes.length} route configurations and ${clusters.length} clusters`,
    decidedBy: usedBy(view),
    lost: [...(view.gateway === undefined ? [] : unusedGateways(explained)), ...unusedTables(explained)],
    passedOver: [],
  };
  return { steps: [step], issues: issues.filter(isAbout([step])) };
}

function usedBy(view: ProxyView): readonly Reason[] {
  const { instances, gateway, services } = view;
  const policies = services.flatMap(({ policy, service }) =>
    (policy?.from ?? []).map((resource) => ({ resource, reason: `it applies to calls of ${service.hostname}` })),
  );
  const all = [
    ...instances.map(({ service, targetPort }) => ({
      resource: service.source,
      reason: `the proxy serves it at port ${targetPort}`,
    })),
    ...(gateway?.listeners ?? []).flatMap(({ port, servers }) =>
      servers.map((server) => ({ resource: server.gateway, reason: `${server.path} is served at port ${port}` })),
    ),
    ...tablesIn(view).map(({ source, hosts }) => ({ resource: source, reason: `it routes ${hosts.join(', ')}` })),
    ...policies,
  ];
  return [...new Map(all.map((reason) => [`${reason.resource} ${reason.reason}`, reason])).values()];
}
