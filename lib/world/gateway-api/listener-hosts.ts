import type { ListenerSpec } from '../../resources/gateway-api/listener-spec.ts';
import { picks, type NamespaceLabels } from './namespace-labels.ts';

/**
 * GA-4: which hosts of a listener may be routed from which namespaces, as the servers of Istio's Gateways say it. Where no
 * namespace is meant the listener is there all the same, and nobody can route to it.
 */
export function listenerHosts(
  { hostname, allowedRoutes }: ListenerSpec,
  own: string,
  namespaces: NamespaceLabels,
): readonly string[] {
  const host = hostname || '*';
  const meant = namespacesOf(allowedRoutes, own, namespaces);
  return meant.length === 0 ? [`~/${host}`] : meant.map((namespace) => `${namespace}/${host}`);
}

function namespacesOf(
  allowed: ListenerSpec['allowedRoutes'],
  own: string,
  namespaces: NamespaceLabels,
): readonly string[] {
  const { from = 'Same', selector } = allowed?.namespaces ?? {};
  switch (from) {
    case 'Same':
      return [own];
    case 'All':
      return ['*'];
    case 'None':
      return [];
    case 'Selector':
      if (selector === undefined) return ['*'];
      return [...namespaces].flatMap(([name, labels]) => (picks(selector, labels) ? [name] : []));
  }
}
