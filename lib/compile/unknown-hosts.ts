import { unreachable } from '../base/unreachable.ts';
import { LOOK_UP_CLUSTER } from '../ir/cluster-name.ts';
import type { FilterChainIr } from '../ir/listener.ts';
import type { RouteIr, VirtualHostIr } from '../ir/route-configuration.ts';
import type { OutboundPolicy } from '../model/sidecar.ts';
import type { ListenerView } from './listener-view.ts';
import { ANY_CONNECTION, httpManager, PLAIN_CHAIN, PLAIN_HTTP } from './filter-chains.ts';
import { MAX_DIRECT_BODY } from './direct-body.ts';
import { plainForward, plainRoute } from './service-routes.ts';
import { unknownDestination } from './unknown-destination.ts';

const LOOK_UP = 'allow_any_dynamic_dns';

/** RD-14: what happens with requests for hosts that are not in the view. */
export function unknownHosts(policy: OutboundPolicy): VirtualHostIr {
  switch (policy.mode) {
    case 'allow-any':
      return anyHost(plainRoute('allow_any', '', plainForward(unknownDestination(policy))));
    case 'look-up':
      return anyHost(plainRoute(LOOK_UP, '', plainForward(LOOK_UP_CLUSTER)));
    case 'registry-only':
      return anyHost({
        ...plainRoute('block_all', '', plainForward('')),
        action: { type: 'direct-response', status: 502, body: undefined },
      });
    default:
      return unreachable(policy.mode);
  }
}

const anyHost = (route: RouteIr): VirtualHostIr => ({
  name: route.name,
  domains: ['*'],
  routes: [route],
  requiresTls: false,
  countsAttempts: true,
});

/** LS-1, RD-14: HTTP on a port that no service has goes to the host that the request names; `undefined` where nothing is looked up. */
export function unknownHttpChain(view: ListenerView): FilterChainIr | undefined {
  const { outboundPolicy } = view.scope;
  if (outboundPolicy.mode !== 'look-up') return undefined;
  const virtualHosts = [unknownHosts(outboundPolicy)];
  const manager = httpManager(view, {
    listenerClass: 'sidecar-outbound',
    statPrefix: `outbound_virtualOutbound_${LOOK_UP}`,
    routes: {
      by: 'value',
      value: { name: LOOK_UP, virtualHosts, ignoresPort: true, maxDirectBody: MAX_DIRECT_BODY },
    },
  });
  return {
    ...PLAIN_CHAIN,
    name: 'virtualOutbound-catchall-tcp-http',
    match: { ...ANY_CONNECTION, applicationProtocols: PLAIN_HTTP },
    filters: [manager],
  };
}
