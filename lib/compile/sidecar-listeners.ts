import type { Noted } from '../base/issue.ts';
import type { ListenerIr } from '../ir/listener.ts';
import type { ListenerView } from './listener-view.ts';
import { httpProxyListener } from './http-proxy-listener.ts';
import { inboundListeners } from './inbound-listener.ts';
import { outboundListeners } from './outbound-listeners.ts';
import { virtualOutboundListener } from './virtual-outbound-listener.ts';

/**
 * What a sidecar listens on. Where connections are redirected, two listeners take them all; where they are not (LS-2), the
 * application connects to the services' ports on loopback, and nothing stands before it: it owns its ports itself (LS-24).
 * A mesh whose `proxyListenPort` is 0 wants no listeners of any sidecar, and other proxies have none of these.
 */
export function compileSidecarListeners(view: ListenerView): Noted<readonly ListenerIr[]> {
  if (view.facts.type !== 'sidecar' || view.mesh.outboundPort === 0) return { value: [], issues: [] };
  const outbound = outboundListeners(view);
  const forwardProxy = httpProxyListener(view);
  const listeners = forwardProxy === undefined ? outbound.value : [...outbound.value, forwardProxy];
  const redirected = view.facts.interception === 'none' ? [] : [virtualOutboundListener(view)];
  const inbound = inboundListeners(view);
  return {
    value: [...listeners, ...redirected, ...inbound.value],
    issues: [...outbound.issues, ...inbound.issues],
  };
}
