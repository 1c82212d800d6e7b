import type { Service } from '../model/service.ts';

/** What a port is called that a Sidecar names and no service of the workload has: `<sidecar>.<namespace>`, as Istio's statistics do. */
export function sidecarService(
  name: string,
  namespace: string,
): Pick<Service, 'hostname' | 'name' | 'namespace' | 'registry'> {
  return { hostname: `${name}.${namespace}`, name, namespace, registry: 'external' };
}
