import { at, listAt, numberAt, textAt, type Json } from './json.ts';

/** Services as Istio has them in memory, with an instance for every port, as documents. */
export function fixtureServices(fixture: Json, domainSuffix: string): readonly Json[] {
  const instances = Map.groupBy(listAt(fixture, 'memInstances'), (each) => textAt(each, 'service', 'hostname'));
  return listAt(fixture, 'memServices').flatMap((service) => {
    const hostname = textAt(service, 'hostname');
    const targets = new Map(
      (instances.get(hostname) ?? []).map((each) => [
        numberAt(each, 'servicePort', 'port'),
        numberAt(each, 'endpoint', 'EndpointPort'),
      ]),
    );
    const ports = listAt(service, 'ports').map((each) => ({
      name: textAt(each, 'name'),
      port: numberAt(each, 'port'),
      protocol: textAt(each, 'protocol'),
    }));
    const namespace = textAt(service, 'Attributes', 'Namespace');
    const known: Known = { hostname, namespace, ports, targets };
    if (!hostname.endsWith(`.svc.${domainSuffix}`)) return [serviceEntry(known)];
    const addresses = at(service, 'Attributes', 'ClusterExternalAddresses', 'Addresses', 'Kubernetes') ?? [];
    return serviceWithSlice(known, addresses);
  });
}

interface Known {
  readonly hostname: string;
  readonly namespace: string;
  readonly ports: readonly { readonly name: string; readonly port: number; readonly protocol: string }[];
  /** By port of the service; absent where no instance serves it. */
  readonly targets: ReadonlyMap<number, number>;
}

/** Of an address for documentation: nothing is ever sent there. */
const ADDRESS = '192.0.2.1';

function serviceWithSlice({ hostname, namespace, ports, targets }: Known, externalIPs: Json): readonly Json[] {
  const [name = ''] = hostname.split('.');
  const metadata = { name, namespace };
  return [
    {
      ...{ apiVersion: 'v1', kind: 'Service', metadata },
      spec: { ports: ports.map(({ name: port, port: number }) => ({ name: port, port: number })), externalIPs },
    },
    {
      ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' },
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': name } },
      endpoints: targets.size > 0 ? [{ addresses: [ADDRESS] }] : [],
      ports: ports.map((each) => ({ name: each.name, port: targets.get(each.port) || each.port })),
    },
  ];
}

function serviceEntry({ hostname, namespace, ports, targets }: Known): Json {
  return {
    ...{ apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', metadata: { name: hostname, namespace } },
    spec: {
      hosts: [hostname],
      resolution: 'STATIC',
      ports: ports.map(({ name, port, protocol }) => ({
        name,
        protocol,
        number: port,
        targetPort: targets.get(port) || port,
      })),
      endpoints: [{ address: ADDRESS }],
    },
  };
}
