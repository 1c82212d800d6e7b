import { ipAddressKey } from '../base/ip-address.ts';
import type { Issue, Noted } from '../base/issue.ts';
import { isHttp, type Protocol } from '../model/protocol.ts';
import { servesHttp, type GatewayServerSource, type GatewaySource } from '../world/gateways.ts';
import type { World } from '../world/world.ts';
import { gatewayPorts, type BoundPorts } from './gateway-ports.ts';
import type { GatewayListener, GatewayServer, MergedGateway } from './merged-gateway.ts';
import type { ViewFacts } from './proxy-view.ts';
import { tablesByGateway, type TablesOfGateway } from './gateway-route-tables.ts';
import { verifiedSecretsOf } from './verified-secrets.ts';

/** A server of a Gateway that selects the router, with the port and the address that the router binds for it. */
interface Candidate {
  readonly gateway: GatewaySource;
  readonly server: GatewayServerSource;
  readonly port: number;
  readonly address: string;
}

/** Servers that share a port, an address and a protocol (GW-6). */
interface Entry extends Pick<Candidate, 'port' | 'address'> {
  readonly protocol: Protocol;
  readonly isPlain: boolean;
  readonly members: Candidate[];
}

/** What has been merged so far. Lives only while one router's servers are merged. */
interface Merging {
  readonly entries: Entry[];
  /** `port address host` of every server with a TLS block (GW-9). */
  readonly tlsHosts: Set<string>;
  readonly httpsRouteNames: Set<string>;
  readonly issues: Issue[];
}

/** All that merging looks at. */
export type MergedWorld = Pick<World, 'gateways' | 'services' | 'routeTables'>;

/** GW-1 to GW-14: the servers of all Gateways that select this router, oldest Gateway first, merged by port and address. */
export function mergeGateways(world: MergedWorld, facts: ViewFacts): Noted<MergedGateway> {
  const merging: Merging = { entries: [], tlsHosts: new Set(), httpsRouteNames: new Set(), issues: [] };
  const boundPortsOf = gatewayPorts(world, facts);
  const verified = new Set<string>();
  for (const gateway of world.gateways) {
    const boundPorts = boundPortsOf(gateway);
    if (boundPorts !== undefined) for (const name of verifiedSecretsOf(gateway, facts)) verified.add(name);
    for (const candidate of boundPorts === undefined ? [] : candidates(gateway, boundPorts, facts)) {
      const reason = place(candidate, merging);
      if (reason !== undefined) merging.issues.push(rejected(candidate, reason));
    }
  }
  const tablesOf = tablesByGateway(world, facts);
  const listeners = merging.entries.map((entry) => listenerOf(entry, tablesOf));
  const verifiedSecrets = [...verified].sort();
  return { value: { listeners: listeners.sort(byPortAndBind), verifiedSecrets }, issues: merging.issues };
}

function candidates(gateway: GatewaySource, boundPorts: BoundPorts, facts: ViewFacts): readonly Candidate[] {
  return gateway.servers.flatMap((server) => {
    const address = server.bind === '' ? wildcardOf(facts) : server.bind;
    return boundPorts(server.port).map((port) => ({ gateway, server, port, address }));
  });
}

/** Puts a server where it belongs; answers why it cannot be served beside those that came before it, `undefined` if it can. */
function place(candidate: Candidate, merging: Merging): string | undefined {
  const { server, port, address } = candidate;
  if (server.tls.type !== 'undeclared') {
    const keys = server.hosts.map((host) => `${port} ${ipAddressKey(address)} ${host}`);
    const taken = keys.find((key) => merging.tlsHosts.has(key));
    if (taken !== undefined) return `an older server already serves ${taken.split(' ')[2]} with TLS settings`;
    keys.forEach((key) => merging.tlsHosts.add(key));
  }
  const beside = merging.entries.filter(
    (entry) => entry.port === port && ipAddressKey(entry.address) === ipAddressKey(address),
  );
  const plain = beside.find((entry) => entry.isPlain);
  if (plain !== undefined) return joinPlain(candidate, plain);
  return isPlain(server) ? openPlain(candidate, beside, merging) : joinTls(candidate, beside, merging);
}

/** GW-7: where plain text is served, only HTTP goes with HTTP. */
function joinPlain(candidate: Candidate, entry: Entry): string | undefined {
  const { protocol } = candidate.server;
  if (!isHttp(protocol) || !isHttp(entry.protocol)) {
    return `an older server already serves ${entry.protocol} there, which cannot share a port with ${protocol}`;
  }
  entry.members.push(candidate);
  return undefined;
}

/** GW-8; GW-10: TLS that is declared by the protocol alone cannot stand beside servers that say what their TLS is. */
function openPlain(candidate: Candidate, beside: readonly Entry[], merging: Merging): string | undefined {
  const { protocol } = candidate.server;
  if ((protocol === 'https' || protocol === 'tls') && beside.length > 0)
    return `protocol ${protocol} needs TLS settings`;
  merging.entries.push(openEntry(candidate));
  return undefined;
}

/** GW-9, GW-10: servers with TLS share a port; they are told apart by the name that the client asks for. */
function joinTls(candidate: Candidate, beside: readonly Entry[], merging: Merging): string | undefined {
  const { server } = candidate;
  if (servesHttp(server)) {
    const routeName = httpsRouteName(candidate);
    if (merging.httpsRouteNames.has(routeName))
      return `port name ${server.portName} is already used by another HTTPS server`;
    merging.httpsRouteNames.add(routeName);
  }
  const entry = beside.find(({ protocol }) => protocol === server.protocol);
  if (entry === undefined) merging.entries.push(openEntry(candidate));
  else entry.members.push(candidate);
  return undefined;
}

const isPlain = ({ tls, protocol }: GatewayServerSource): boolean => tls.type === 'undeclared' || isHttp(protocol);

const openEntry = (candidate: Candidate): Entry => ({
  port: candidate.port,
  address: candidate.address,
  protocol: candidate.server.protocol,
  isPlain: isPlain(candidate.server),
  members: [candidate],
});

function listenerOf({ port, protocol, members }: Entry, tablesOf: TablesOfGateway): GatewayListener {
  const bind = members[0]?.server.bind ?? '';
  const servers = members.map((member) => serverOf(member, tablesOf));
  if (!isHttp(protocol)) return { type: 'by-server', port, bind, servers };
  const routeName = bind === '' ? `http.${port}` : `http.${port}.${bind}`; // GW-13
  return { type: 'plain-http', port, bind, servers, servesGrpcWeb: protocol === 'grpc-web', routeName };
}

/** GW-13 */
function httpsRouteName({ gateway, server }: Candidate): string {
  const parts = ['https', server.port, server.portName, gateway.name, gateway.namespace];
  return (server.bind === '' ? parts : [...parts, server.bind]).join('.');
}

function serverOf(candidate: Candidate, tablesOf: TablesOfGateway): GatewayServer {
  const { gateway, server } = candidate;
  const gatewayName = `${gateway.namespace}/${gateway.name}`;
  return {
    gateway: gateway.source,
    path: server.path,
    name: server.name,
    gatewayName,
    namespace: gateway.namespace,
    port: server.port,
    portName: server.portName,
    protocol: server.protocol,
    hosts: server.hosts,
    tls: server.tls,
    httpsRouteName: !isHttp(server.protocol) && servesHttp(server) ? httpsRouteName(candidate) : '',
    redirectsToHttps: server.redirectsToHttps,
    routeTables: tablesOf(gatewayName),
  };
}

/** GW-11: the server is left out, the other servers of its Gateway stay. */
function rejected({ gateway, server, port, address }: Candidate, reason: string): Issue {
  return {
    severity: 'error',
    code: 'GATEWAY_SERVER_REJECTED',
    resource: gateway.source,
    path: server.path,
    message: `the server is not served on ${address}:${port}: ${reason}`,
  };
}

const wildcardOf = ({ ipFamily }: ViewFacts): string => (ipFamily === 'v6' ? '::' : '0.0.0.0');

function byPortAndBind(a: GatewayListener, b: GatewayListener): number {
  return a.port - b.port || (a.bind < b.bind ? -1 : a.bind > b.bind ? 1 : 0);
}
