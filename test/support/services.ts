import type { Endpoint, Service, ServiceKey } from '../../lib/model/service.ts';
import { buildWorld } from '../../lib/world/world.ts';
import { unadmittedResourcesOf } from './documents.ts';

/** What documents say of services; endpoints by `namespace/host`. */
export const servicesOf = (
  text: string,
): { services: readonly Service[]; endpoints: (key: string) => readonly Endpoint[] } => {
  const { value } = buildWorld(unadmittedResourcesOf(text));
  return { services: value.services, endpoints: (key) => value.endpoints.get(key as ServiceKey) ?? [] };
};

/** Documents, `metadata` and `spec` in YAML's flow style. */
export const entry = (spec: string, metadata = '{ name: a }'): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: ${metadata}
spec: ${spec}
`;

export const workload = (name: string, spec: string, metadata = ''): string => `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: ${name}, ${metadata} }
spec: ${spec}
`;

export const service = (spec: string, metadata = '{ name: web }'): string => `
apiVersion: v1
kind: Service
metadata: ${metadata}
spec: ${spec}
`;

export const mesh = (meshConfig: string): string => `
apiVersion: pilotless.dev/v1
kind: Mesh
metadata: { name: default }
spec: { meshConfig: ${meshConfig} }
`;

export const namespaceWith = (metadata: string): string => `
apiVersion: v1
kind: Namespace
metadata: { name: default, ${metadata} }
`;
