import { ageOf } from '../../base/elapsed.ts';
import type { EpochMs } from '../../base/brand.ts';
import { conditionsIn } from '../../resources/conditions.ts';
import type { Kind } from '../../resources/kinds.ts';
import type { Resource } from '../../resources/resource.ts';
import { proxiesWord, statusWord } from '../status/status-word.ts';

/** One column of a kind's table. */
export interface PrinterColumn {
  readonly name: string;
  readonly description: string;
  /** Columns above 0 are shown only when someone asks for a wide table. */
  readonly priority: 0 | 1;
  readonly cell: (resource: Resource, now: EpochMs) => string;
}

/** The columns of a kind's table, between its name and its age: those that the kind has in Istio and Kubernetes, then ours. */
export function columnsOf(kind: Kind): readonly PrinterColumn[] {
  // A namespace makes nothing that a proxy could have.
  return [nameColumn, ...ownColumns[kind], ...(kind === 'Namespace' ? [] : stateColumns), ageColumn];
}

type Body = Readonly<Record<string, unknown>>;

const column = (
  name: string,
  description: string,
  { priority = 0, cell }: { readonly priority?: 0 | 1; readonly cell: (body: Body) => string },
): PrinterColumn => ({
  ...{ name, description, priority },
  // Members are looked up by name, whatever the kind.
  cell: ({ spec }) => cell(spec as Body),
});

/** As Istio's definitions print a member: texts as they are, lists as JSON, nothing where there is nothing. */
const member = (name: string, at: string, description: string): PrinterColumn =>
  column(name, description, {
    cell: ({ [at]: value }) => (value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)),
  });

/** What the Gateway API's definitions print of a status: whether a condition holds, as True, False or Unknown. */
const condition = (type: string, description: string): PrinterColumn => ({
  ...{ name: type, description, priority: 0 },
  cell: ({ status }) => conditionsIn(status).find((each) => each.type === type)?.status ?? '',
});

const addresses: PrinterColumn = {
  ...{ name: 'Address', description: 'Where clients find it', priority: 0 },
  cell: ({ status }) =>
    list(status?.['addresses'])
      .map(({ value }) => String(value))
      .join(','),
};

const parents: PrinterColumn = {
  ...{ name: 'Parents', description: 'The gateways and services that have these routes', priority: 1 },
  cell: ({ spec }) => {
    const { parentRefs } = spec as Body;
    return list(parentRefs)
      .map(({ namespace, name }) => [namespace, name].filter(Boolean).join('/'))
      .join(',');
  },
};

const ownColumns: Readonly<Record<Kind, readonly PrinterColumn[]>> = {
  AuthorizationPolicy: [member('Action', 'action', 'What becomes of the requests that it is about')],
  ConfigMap: [
    column('Data', 'How many values it has', {
      cell: ({ data, binaryData }) => String(Object.keys({ ...(data as object), ...(binaryData as object) }).length),
    }),
  ],
  BackendTLSPolicy: [],
  DestinationRule: [member('Host', 'host', 'The service that the rule is about')],
  EndpointSlice: [
    member('AddressType', 'addressType', 'What the addresses are'),
    column('Ports', 'Where the instances listen', { cell: (body) => shortList(numbersIn(body, 'ports', 'port')) }),
    column('Endpoints', 'Addresses of the instances', {
      cell: (body) => shortList(list(body['endpoints']).flatMap((each) => list(each['addresses']).map(String))),
    }),
  ],
  GRPCRoute: [member('Hostnames', 'hostnames', 'The hosts whose calls are routed'), parents],
  Gateway: [],
  HTTPRoute: [member('Hostnames', 'hostnames', 'The hosts whose requests are routed'), parents],
  'Gateway.gateway.networking.k8s.io': [
    member('Class', 'gatewayClassName', 'The class of gateways that it is of'),
    addresses,
    condition('Programmed', 'Whether a proxy serves it'),
  ],
  GatewayClass: [
    member('Controller', 'controllerName', 'Who carries out gateways of the class'),
    condition('Accepted', 'Whether this service does'),
    { ...member('Description', 'description', 'What the class is for'), priority: 1 },
  ],
  KeySet: [
    member('Issuer', 'issuer', 'Whose keys they are'),
    member('Jwks-Uri', 'jwksUri', 'Where they are published, if a document says it'),
  ],
  ListenerSet: [
    condition('Accepted', 'Whether its listeners are added'),
    condition('Programmed', 'Whether a proxy serves them'),
  ],
  ReferenceGrant: [],
  Mesh: [],
  Namespace: [{ name: 'Status', description: 'Whether it can be used', priority: 0, cell: () => 'Active' }],
  PeerAuthentication: [
    column('Mode', 'What connections are taken', {
      cell: ({ mtls }) => words((mtls as Body | undefined)?.['mode'], ''),
    }),
  ],
  RequestAuthentication: [
    column('Issuers', 'Whose tokens are checked', {
      cell: ({ jwtRules }) => shortList(list(jwtRules).map(({ issuer, jwksUri }) => words(issuer ?? jwksUri, ''))),
    }),
  ],
  Secret: [
    member('Type', 'type', 'What the values are for'),
    column('Data', 'How many values it has', { cell: ({ sealed }) => String(Object.keys(sealed ?? {}).length) }),
  ],
  WorkloadIdentityBinding: [
    member('Service-Account', 'serviceAccount', 'As which those run that are meant'),
    column('Principals', 'Who is meant', {
      cell: ({ match }) => shortList(list(match).map(({ principal, issuer }) => words(principal, words(issuer, '')))),
    }),
  ],
  SecretGrant: [member('Service-Accounts', 'serviceAccounts', 'Whose proxies may have the secrets of the namespace')],
  Service: [
    column('Type', 'What sort of service it is', { cell: ({ type }) => words(type, 'ClusterIP') }),
    column('Cluster-IP', 'Its virtual address', { cell: ({ clusterIP }) => words(clusterIP, '<none>') }),
    column('External-IP', 'The name that it stands for, or further addresses', {
      cell: ({ externalName, externalIPs }) =>
        words(externalName, shortList((externalIPs as readonly string[] | undefined) ?? [])),
    }),
    column('Port(s)', 'Its ports', { cell: ({ ports }) => list(ports).map(servicePort).join(',') || '<none>' }),
    column('Selector', 'Labels of its instances', { priority: 1, cell: ({ selector }) => labels(selector) }),
  ],
  Sidecar: [],
  ServiceEntry: [
    member('Hosts', 'hosts', 'The names of the service'),
    member('Location', 'location', 'Whether its instances belong to the mesh'),
    member('Resolution', 'resolution', 'How proxies find the instances'),
  ],
  TCPRoute: [],
  TLSRoute: [member('Hostnames', 'hostnames', 'The server names whose connections are routed')],
  VirtualService: [
    member('Gateways', 'gateways', 'The gateways that have these routes'),
    member('Hosts', 'hosts', 'The hosts whose requests are routed'),
  ],
  WorkloadEntry: [member('Address', 'address', 'Where the instance is')],
};

const nameColumn: PrinterColumn = {
  ...{ name: 'Name', description: 'Name within the namespace', priority: 0 },
  cell: ({ metadata }) => metadata.name,
};

const stateColumns: readonly PrinterColumn[] = [
  {
    ...{ name: 'Status', description: 'The first thing that keeps it from being in effect', priority: 0 },
    cell: ({ status }) => statusWord(conditionsIn(status)),
  },
  {
    ...{ name: 'Proxies', description: 'How many of the proxies that depend on it have it', priority: 0 },
    cell: ({ status }) => proxiesWord(conditionsIn(status)),
  },
];

const ageColumn: PrinterColumn = {
  ...{ name: 'Age', description: 'Time since it came into being', priority: 0 },
  cell: ({ metadata }, now) => ageOf(metadata.creationTimestamp, now),
};

const list = (value: unknown): readonly Body[] => (Array.isArray(value) ? (value as readonly Body[]) : []);
const words = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise;
const numbersIn = (body: Body, members: string, at: string): readonly string[] =>
  list(body[members]).map((each) => String(each[at]));

const servicePort = ({ port, nodePort, protocol }: Body): string =>
  `${String(port)}${typeof nodePort === 'number' ? `:${nodePort}` : ''}/${words(protocol, 'TCP')}`;

const labels = (value: unknown): string =>
  Object.entries((value ?? {}) as Body)
    .map(([key, each]) => `${key}=${String(each)}`)
    .join(',') || '<none>';

/** The first three, and how many more there are, as kubectl shortens its lists. */
function shortList(items: readonly string[]): string {
  if (items.length === 0) return '<none>';
  const more = items.length - 3;
  return [...items.slice(0, 3), ...(more > 0 ? [`+ ${more} more...`] : [])].join(',').replace(/,(?=\+ )/, ' ');
}
