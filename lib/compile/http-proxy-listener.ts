import { durationMs } from '../base/brand.ts';
import type { ListenerIr } from '../ir/listener.ts';
import type { ListenerView } from './listener-view.ts';
import { httpManager, TIMED_CHAIN } from './filter-chains.ts';
import { listenerName, loopbackAddresses } from './listener-addresses.ts';
import { HTTP_PROXY_ROUTES } from './route-name.ts';

/** The port on which applications may use the proxy as their forward proxy; 0 for none. The node's wish wins. */
export const httpProxyPort = ({ facts, mesh }: ListenerView): number => facts.httpProxyPort ?? mesh.httpProxyPort;

/** LS-18: `http_proxy=127.0.0.1:<port>` is all that an application needs where nothing is redirected. */
export function httpProxyListener(view: ListenerView): ListenerIr | undefined {
  const port = httpProxyPort(view);
  if (port === 0) return undefined;
  const addresses = loopbackAddresses(view.facts);
  const name = listenerName(addresses[0], port);
  const manager = httpManager(view, {
    listenerClass: 'sidecar-outbound',
    statPrefix: `outbound_${name}`,
    routes: { by: 'name', name: HTTP_PROXY_ROUTES },
    acceptsAbsoluteUrls: true,
  });
  return {
    name,
    addresses,
    port,
    direction: 'outbound',
    bindsPort: true,
    usesOriginalDestination: false,
    isTransparent: false,
    balancesWorkers: view.facts.balancesOutbound,
    inspectors: [],
    inspectionTimeout: durationMs(0),
    continuesUninspected: true,
    bufferLimit: undefined,
    chains: [{ ...TIMED_CHAIN, filters: [manager] }],
    defaultChain: undefined,
  };
}
