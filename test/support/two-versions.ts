export interface TwoVersions {
  /** Of the service, on which the sidecar listens. */
  readonly port: number;
  /** Where the versions listen on loopback. */
  readonly v1: number;
  readonly v2: number;
  /** In percent; the rest goes to v1. */
  readonly weightOfV2: number;
}

/** One service with two versions, reached through the sidecar's listener for its port. */
export function twoVersions({ port, v1, v2, weightOfV2 }: TwoVersions): string {
  return `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: reviews }
spec:
  hosts: [reviews.default.svc.cluster.local]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ number: ${port}, name: http, protocol: HTTP }]
  endpoints:
    - { address: 127.0.0.1, ports: { http: ${v1} }, labels: { version: v1 } }
    - { address: 127.0.0.1, ports: { http: ${v2} }, labels: { version: v2 } }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews }
spec:
  host: reviews.default.svc.cluster.local
  subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews }
spec:
  hosts: [reviews.default.svc.cluster.local]
  http:
    - route:
        - { destination: { host: reviews.default.svc.cluster.local, subset: v1 }, weight: ${100 - weightOfV2} }
        - { destination: { host: reviews.default.svc.cluster.local, subset: v2 }, weight: ${weightOfV2} }
`;
}
