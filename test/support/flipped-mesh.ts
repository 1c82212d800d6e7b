import type { SeededRandom } from './seeded-random.ts';

/** Where the live versions of a service listen on loopback: two instances of each. */
export interface LiveVersions {
  /** Of the service, on which the sidecar listens. */
  readonly port: number;
  readonly v1: readonly [number, number];
  readonly v2: readonly [number, number];
}

type Version = 'v1' | 'v2';

/**
 * One random mesh of many that all serve the same: which versions are routed to, under which names of subsets, with which
 * settings of their clusters, with which of their instances, by the service itself or by another one that has the same.
 * Whatever is routed to is there and has an instance.
 */
export function flippedMesh(random: SeededRandom, live: LiveVersions): string {
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)] as T;
  const hosts = ['reviews', ...(random.below(2) === 0 ? ['ratings'] : [])];
  const routed = pick<readonly Version[]>([['v1'], ['v2'], ['v1', 'v2']]);
  // A version that nothing leads to loses its instances half of the time, at the same moment as the routes to it.
  const present = (['v1', 'v2'] as const).filter((version) => routed.includes(version) || random.below(2) === 0);
  const instances = present.flatMap((version) => {
    const ports = live[version];
    const kept = pick([ports, [ports[0]], [ports[1]]]);
    return kept.map((port) => ({ version, port }));
  });
  const subsets = routed.map((version) => ({ version, name: `${version}-${random.below(3)}` }));
  const destination = pick(hosts);
  const weights =
    subsets.length === 1
      ? [100]
      : pick([
          [50, 50],
          [90, 10],
          [100, 0],
        ] as const);
  return [
    ...hosts.map((name) => serviceEntry({ name, port: name === 'reviews' ? live.port : live.port + 1, instances })),
    ...hosts.map((name) => destinationRule(name, subsets, 1 + random.below(5))),
    virtualService(
      subsets.map(({ name }, index) => ({ host: destination, subset: name, weight: weights[index] ?? 0 })),
      live.port,
    ),
  ].join('\n---\n');
}

interface Instance {
  readonly version: Version;
  readonly port: number;
}

interface Entry {
  readonly name: string;
  readonly port: number;
  readonly instances: readonly Instance[];
}

function serviceEntry({ name, port, instances }: Entry): string {
  return `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${name}, labels: { flip: 'yes' } }
spec:
  hosts: [${name}.default.svc.cluster.local]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ number: ${port}, name: http, protocol: HTTP }]
  endpoints:
${instances.map((instance) => `    - { address: 127.0.0.1, ports: { http: ${instance.port} }, labels: { version: ${instance.version} } }`).join('\n')}`;
}

function destinationRule(
  host: string,
  subsets: readonly { readonly name: string; readonly version: Version }[],
  seconds: number,
): string {
  return `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${host}, labels: { flip: 'yes' } }
spec:
  host: ${host}.default.svc.cluster.local
  trafficPolicy: { connectionPool: { tcp: { connectTimeout: ${seconds}s } } }
  subsets: [${subsets.map(({ name, version }) => `{ name: ${name}, labels: { version: ${version} } }`).join(', ')}]`;
}

interface Destination {
  readonly host: string;
  readonly subset: string;
  readonly weight: number;
}

function virtualService(destinations: readonly Destination[], port: number): string {
  return `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, labels: { flip: 'yes' } }
spec:
  hosts: [reviews.default.svc.cluster.local]
  http:
    - match: [{ port: ${port} }]
      route:
${destinations.map(({ host, subset, weight }) => `        - { destination: { host: ${host}.default.svc.cluster.local, subset: ${subset}${host === 'reviews' ? '' : `, port: { number: ${port + 1} }`} }, weight: ${weight} }`).join('\n')}`;
}
