import { oldestFirst } from '../base/age.ts';
import type { HostName } from '../base/host-name.ts';
import type { Issue, Noted } from '../base/issue.ts';
import type { Labels } from '../base/labels.ts';
import { type Recall, recallList, recallNothing } from '../base/recall.ts';
import { isHttp, parseProtocol, type Protocol } from '../model/protocol.ts';
import { serviceKey, type ServiceKey } from '../model/service.ts';
import type { ServerTls } from '../model/server-tls.ts';
import type { ServerSpec } from '../resources/gateway.ts';
import { keyOf, type Resource, type ResourceKey } from '../resources/resource.ts';
import type { MadeGateway } from './gateway-api/gateway-documents.ts';
import { readServerTls } from './server-tls.ts';

/** One Gateway document, defaults filled in. Which proxies it selects and how its servers merge is decided in the view. */
export interface GatewaySource {
  readonly source: ResourceKey;
  readonly name: string;
  readonly namespace: string;
  readonly createdAt: string;
  /** `undefined` selects every router (GW-1). */
  readonly selector: Labels | undefined;
  /** Only routers of this namespace are selected; `undefined` for those of all. */
  readonly routersIn: string | undefined;
  /**
   * Services whose own instances are the routers meant, whatever the selector says (GW-2); `undefined` where the selector
   * decides. Written by the front end that makes Gateways of other documents; one with `routersIn` means those as well whom the
   * selector selects.
   */
  readonly attachedServices: readonly ServiceKey[] | undefined;
  /** Of the routers that it is written for (GW-16); the service account is empty where any will do. */
  readonly routerNamespace: string;
  readonly serviceAccount: string;
  /** Whether each secret that it names was found to be granted to it, whatever its namespace, when it was made (GA-24). */
  readonly hasGrantedSecrets: boolean;
  /** In the order written. */
  readonly servers: readonly GatewayServerSource[];
}

export interface GatewayServerSource {
  /** Where the document has it: `spec.servers[0]`. */
  readonly path: string;
  /** Under which the server is counted, if its TLS ends at the router and is HTTP inside; empty for none. */
  readonly name: string;
  /** The number written; which port a router binds for it is decided in the view (GW-4). */
  readonly port: number;
  readonly portName: string;
  readonly protocol: Protocol;
  /** Empty for the wildcard address. */
  readonly bind: string;
  /** Normalised by GW-5: `namespace/host`, or `host` where tables of any namespace may bind. */
  readonly hosts: readonly HostName[];
  readonly tls: ServerTls;
  readonly redirectsToHttps: boolean;
}

/** Oldest first (G-2). A server without a port is left out (GW-12); its Gateway stays. */
export function readGateways(
  resources: readonly Resource[],
  made: readonly MadeGateway[] = [],
  recall: Recall = recallNothing,
): Noted<readonly GatewaySource[]> {
  const written = resources.flatMap((resource) =>
    resource.kind === 'Gateway'
      ? [recall.value(`gateway ${keyOf(resource)}`, [resource], () => readGateway(resource))]
      : [],
  );
  const ofOthers = made.map((each) =>
    recall.value(`made ${keyOf(each.document)}`, [each], () => readGateway(each.document, each)),
  );
  const read = [...written, ...ofOthers];
  const gateways = read.map(({ value }) => value).sort(oldestFirst);
  return { value: recallList(recall, 'gateways', gateways), issues: read.flatMap(({ issues }) => issues) };
}

function readGateway(
  resource: Resource<'Gateway'>,
  made?: Pick<MadeGateway, 'origin' | 'routersIn'>,
): Noted<GatewaySource> {
  const { name, namespace, creationTimestamp } = resource.metadata;
  const servers = (resource.spec.servers ?? []).map((server, index) => {
    const read = readServer(server, index, namespace);
    return read && made ? { ...read, path: made.origin.path } : read;
  });
  const missing = servers.flatMap((server, index) => (server === undefined ? [portMissing(resource, index)] : []));
  return {
    value: {
      source: made?.origin.resource ?? keyOf(resource),
      name,
      namespace,
      createdAt: creationTimestamp ?? '',
      selector: resource.spec.selector,
      routersIn: made?.routersIn,
      attachedServices: attachedServices(resource),
      routerNamespace: resource.metadata.annotations?.[PARENT_NAMESPACE_ANNOTATION] ?? namespace,
      serviceAccount: resource.metadata.annotations?.[SERVICE_ACCOUNT_ANNOTATION] ?? '',
      hasGrantedSecrets: made !== undefined,
      servers: servers.filter((server) => server !== undefined),
    },
    issues: missing,
  };
}

/** Istio's internal annotations on Gateways that it makes itself: host names by comma, and the namespace that they are in. */
const SERVICES_ANNOTATION = 'internal.istio.io/gateway-service';
const PARENT_NAMESPACE_ANNOTATION = 'internal.istio.io/parent-namespace';
/** As whom the routers run that Gateways made for them are for. */
const SERVICE_ACCOUNT_ANNOTATION = 'internal.istio.io/service-account-name';

function attachedServices({ metadata }: Resource<'Gateway'>): readonly ServiceKey[] | undefined {
  const hosts = metadata.annotations?.[SERVICES_ANNOTATION];
  const namespace = metadata.annotations?.[PARENT_NAMESPACE_ANNOTATION] ?? metadata.namespace;
  return hosts?.split(',').map((host) => serviceKey(namespace, host.toLowerCase()));
}

function readServer(server: ServerSpec, index: number, namespace: string): GatewayServerSource | undefined {
  if (server.port === undefined) return undefined;
  return {
    path: `spec.servers[${index}]`,
    name: server.name ?? '',
    port: server.port.number ?? 0,
    portName: server.port.name ?? '',
    protocol: parseProtocol(server.port.protocol),
    bind: server.bind ?? '',
    hosts: normalHosts(server.hosts ?? [], namespace),
    tls: readServerTls(server.tls),
    redirectsToHttps: server.tls?.httpsRedirect ?? false,
  };
}

/** GW-5. `*` followed by `/*` opens the server to every host of every namespace, whatever else is listed. */
function normalHosts(hosts: readonly string[], namespace: string): readonly HostName[] {
  if (hosts.includes('*/*')) return ['*'];
  const normal = hosts.map((host) => {
    const [scope, name] = host.toLowerCase().split('/', 2);
    if (scope === undefined || name === undefined) return host.toLowerCase();
    if (scope === '*') return name;
    return `${scope === '.' ? namespace : scope}/${name}`;
  });
  return [...new Set(normal)];
}

/** Whether a server speaks HTTP to the router's filters: declared so, or HTTPS that ends at the router (GW-10). */
export const servesHttp = ({ protocol, tls }: GatewayServerSource): boolean =>
  isHttp(protocol) || (protocol === 'https' && tls.type === 'terminated');

function portMissing(resource: Resource<'Gateway'>, index: number): Issue {
  return {
    severity: 'error',
    code: 'GATEWAY_SERVER_REJECTED',
    resource: keyOf(resource),
    path: `spec.servers[${index}].port`,
    message: 'the server has no port and is left out: name a port number and a protocol',
  };
}
