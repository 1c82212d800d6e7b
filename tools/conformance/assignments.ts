import { judge, type Case, type Rendered, type Verdict } from './case.ts';
import { at, listAt, numberAt, textAt, type Json } from './json.ts';

/** A recorded service with its endpoints and rule as documents that anybody could write. */
export function assignmentCase({ name, body }: Case): Json {
  const service = at(body, 'service');
  const namespace = textAt(service, 'Attributes', 'Namespace');
  const hostname = textAt(service, 'Hostname');
  const entry = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: 'recorded', namespace, labels: at(service, 'Attributes', 'Labels') ?? {} },
    spec: {
      hosts: [hostname],
      location: 'MESH_INTERNAL',
      resolution: 'STATIC',
      ports: listAt(service, 'Ports').map((port) => ({
        name: textAt(port, 'Name'),
        number: numberAt(port, 'Port'),
        protocol: textAt(port, 'Protocol'),
      })),
      endpoints: listAt(body, 'istioEndpoints').map(writtenEndpoint),
    },
  };
  const rule = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'recorded', namespace },
    spec: at(body, 'destinationRule') ?? {},
  };
  const documents = body['destinationRule'] === undefined ? [entry] : [entry, rule];
  const configs = documents.map((document) => JSON.stringify(document)).join('\n---\n');
  return { name, configs, proxy: { ...(body['proxy'] as object), ips: ['127.0.0.1'] } };
}

const writtenEndpoint = (endpoint: Json): Json => ({
  address: listAt(endpoint, 'Addresses')[0] ?? '',
  ports: { [textAt(endpoint, 'ServicePortName')]: numberAt(endpoint, 'EndpointPort') },
  labels: at(endpoint, 'Labels') ?? {},
  network: textAt(endpoint, 'Network'),
  locality: textAt(endpoint, 'Locality', 'Label'),
  weight: numberAt(endpoint, 'LbWeight'),
});

/** Where the cluster's traffic goes, in which shares. Names of workloads are left out: an endpoint of an entry has its own. */
export function judgeAssignment({ body }: Case, rendered: Rendered): Verdict {
  const name = textAt(body, 'clusterName');
  const ours = (rendered['endpoints'] ?? []).find((assignment) => textAt(assignment, 'clusterName') === name);
  if (ours === undefined) return judge([`${name}: missing`]);
  const [there, here] = [described(at(body, 'expected')), described(ours)];
  return judge([there === here ? undefined : `${name}: Istio ${there}, here ${here}`]);
}

const described = (assignment: Json | undefined): string =>
  JSON.stringify(
    listAt(assignment, 'endpoints').map((group) => [
      at(group, 'locality') ?? {},
      numberAt(group, 'priority'),
      numberAt(group, 'loadBalancingWeight'),
      listAt(group, 'lbEndpoints').map((endpoint) => [
        textAt(endpoint, 'endpoint', 'address', 'socketAddress', 'address'),
        numberAt(endpoint, 'endpoint', 'address', 'socketAddress', 'portValue'),
        numberAt(endpoint, 'loadBalancingWeight'),
        textAt(endpoint, 'healthStatus'),
      ]),
    ]),
  );
